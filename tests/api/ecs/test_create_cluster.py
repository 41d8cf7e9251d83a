"""CreateCluster."""

from typing import Any

import pytest

from refusals import refused

ARN = "arn:aws:ecs:us-east-1:123456789012:cluster"


def test_CL_02_the_answer_shows_the_new_cluster_whole(ecs: Any) -> None:
    answer = ecs.create_cluster(clusterName="shop", tags=[{"key": "team", "value": "web"}])
    assert answer["cluster"] == {
        "clusterArn": f"{ARN}/shop",
        "clusterName": "shop",
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": 0,
        "pendingTasksCount": 0,
        "activeServicesCount": 0,
        "statistics": [],
        "tags": [{"key": "team", "value": "web"}],
        "settings": [{"name": "containerInsights", "value": "disabled"}],
        "capacityProviders": [],
        "defaultCapacityProviderStrategy": [],
    }


def test_CL_07_a_cluster_without_name_is_default(ecs: Any) -> None:
    assert ecs.create_cluster()["cluster"]["clusterArn"] == f"{ARN}/default"


def test_CL_08_creating_an_active_name_again_returns_the_cluster_as_it_is(ecs: Any) -> None:
    first = ecs.create_cluster(clusterName="shop")["cluster"]
    again = ecs.create_cluster(
        clusterName="shop",
        settings=[{"name": "containerInsights", "value": "enabled"}],
        tags=[{"key": "a", "value": "b"}],
    )["cluster"]
    assert again == first
    assert ecs.list_clusters()["clusterArns"] == [f"{ARN}/shop"]


def test_CL_09_a_deleted_name_comes_back_with_its_arn_and_nothing_else(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    ecs.tag_resource(resourceArn=f"{ARN}/default", tags=[{"key": "a", "value": "b"}])
    (instance,) = register_instances()
    ecs.deregister_container_instance(containerInstance=instance)
    ecs.delete_cluster(cluster=cluster)
    created = ecs.create_cluster(clusterName=cluster)["cluster"]
    assert (created["clusterArn"], created["status"]) == (f"{ARN}/default", "ACTIVE")
    assert created["tags"] == []
    answer = ecs.describe_container_instances(containerInstances=[instance])
    assert answer["containerInstances"] == []


def test_CL_32_the_account_setting_decides_about_insights_of_new_clusters(ecs: Any) -> None:
    ecs.create_cluster(clusterName="before")
    ecs.put_account_setting_default(name="containerInsights", value="enhanced")
    created = ecs.create_cluster(clusterName="after")["cluster"]
    assert created["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    own = [{"name": "containerInsights", "value": "disabled"}]
    assert ecs.create_cluster(clusterName="own", settings=own)["cluster"]["settings"] == own
    (before,) = ecs.describe_clusters(clusters=["before"], include=["SETTINGS"])["clusters"]
    assert before["settings"] == [{"name": "containerInsights", "value": "disabled"}]


def test_a_configuration_is_shown_again(ecs: Any) -> None:
    configuration = {
        "executeCommandConfiguration": {
            "logging": "OVERRIDE",
            "logConfiguration": {"cloudWatchLogGroupName": "exec"},
        }
    }
    created = ecs.create_cluster(clusterName="shop", configuration=configuration)["cluster"]
    assert created["configuration"] == configuration


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"clusterName": "my cluster"}, "InvalidParameterException"),
        ({"clusterName": "a" * 256}, "InvalidParameterException"),
        (
            {"settings": [{"name": "containerInsights", "value": "on"}]},
            "InvalidParameterException",
        ),
        (
            {"configuration": {"executeCommandConfiguration": {"logging": "OVERRIDE"}}},
            "InvalidParameterException",
        ),
        ({"tags": [{"key": "aws:x", "value": ""}]}, "InvalidParameterException"),
        ({"capacityProviders": ["FARGATE"]}, "UnsupportedFeatureException"),
        ({"serviceConnectDefaults": {"namespace": "shop"}}, "UnsupportedFeatureException"),
    ],
)
def test_what_cannot_be_created_is_refused_and_leaves_nothing(
    ecs: Any, parameters: dict[str, Any], code: str
) -> None:
    assert refused(ecs.create_cluster, **parameters)[0] == code
    assert ecs.list_clusters()["clusterArns"] == []
