"""CreateService, as boto3 sees it."""

from typing import Any

import pytest
from services import refusal_of, register_web, the_service


@pytest.fixture
def web(ecs: Any, cluster: str) -> str:
    return register_web(ecs)


def create(ecs: Any, **parameters: Any) -> Any:
    parameters = {
        "serviceName": "web",
        "taskDefinition": "web",
        "desiredCount": 1,
        **parameters,
    }
    given = {name: value for name, value in parameters.items() if value is not None}
    return ecs.create_service(**given)["service"]


def test_create_returns_primary_deployment(ecs: Any, web: str) -> None:
    service = create(ecs, desiredCount=2)
    (deployment,) = service["deployments"]
    assert deployment["id"].startswith("ecs-svc/")
    assert len(deployment["id"]) == len("ecs-svc/") + 19
    assert (deployment["status"], deployment["rolloutState"]) == ("PRIMARY", "IN_PROGRESS")
    assert deployment["rolloutStateReason"] == f"ECS deployment {deployment['id']} in progress."
    assert (deployment["desiredCount"], deployment["runningCount"]) == (2, 0)
    assert service["status"] == "ACTIVE"
    assert service["taskDefinition"] == web
    assert service["serviceArn"].endswith(":service/default/web")
    assert service["deploymentConfiguration"]["maximumPercent"] == 200
    assert service["deploymentConfiguration"]["minimumHealthyPercent"] == 100
    assert (service["launchType"], service["schedulingStrategy"]) == ("EC2", "REPLICA")
    assert service["propagateTags"] == "NONE"
    assert service["events"] == []


def test_tasks_are_started_on_the_clusters_instances(
    ecs: Any, server: Any, web: str, register_instances: Any
) -> None:
    register_instances(2)
    create(ecs, desiredCount=3)
    server.settle()
    service = the_service(ecs)
    assert (service["pendingCount"], service["runningCount"]) == (3, 0)
    assert len(ecs.list_tasks(serviceName="web")["taskArns"]) == 3
    assert service["events"][0]["message"].startswith("(service web) has started 3 tasks: (task ")


def test_create_does_not_fail_for_capacity(ecs: Any, server: Any, web: str) -> None:
    create(ecs)
    server.settle()
    (event,) = the_service(ecs)["events"]
    assert "Reason: No Container Instances were found in your cluster." in event["message"]


def test_create_identical_is_idempotent(ecs: Any, web: str) -> None:
    first = create(ecs, clientToken="a")
    assert create(ecs, clientToken="b", tags=[])["deployments"] == first["deployments"]


def test_create_identical_is_idempotent_by_its_client_token(ecs: Any, web: str) -> None:
    first = create(ecs, clientToken="once")
    again = create(ecs, clientToken="once", desiredCount=5)
    assert (again["serviceArn"], again["desiredCount"]) == (first["serviceArn"], 1)
    code, message = refusal_of(create, ecs, clientToken="twice", desiredCount=5)
    assert (code, message) == (
        "InvalidParameterException",
        "Creation of service was not idempotent.",
    )


def test_create_duplicate_name_different_params(ecs: Any, web: str) -> None:
    create(ecs)
    assert refusal_of(create, ecs, desiredCount=2) == (
        "InvalidParameterException",
        "Creation of service was not idempotent.",
    )


def test_create_over_inactive_name_ok(ecs: Any, server: Any, web: str) -> None:
    first = create(ecs)
    server.settle()
    ecs.delete_service(service="web", force=True)
    server.settle()
    second = create(ecs, desiredCount=2)
    assert second["status"] == "ACTIVE"
    assert second["events"] == []
    assert second["createdAt"] > first["createdAt"]
    assert [each["id"] for each in second["deployments"]] != [
        each["id"] for each in first["deployments"]
    ]


def test_tags_and_flags_are_shown(ecs: Any, web: str) -> None:
    service = create(
        ecs,
        tags=[{"key": "team", "value": "web"}],
        propagateTags="SERVICE",
        enableECSManagedTags=True,
        healthCheckGracePeriodSeconds=30,
    )
    assert service["tags"] == [{"key": "team", "value": "web"}]
    assert (service["propagateTags"], service["enableECSManagedTags"]) == ("SERVICE", True)
    assert service["healthCheckGracePeriodSeconds"] == 30


def test_unknown_task_definition(ecs: Any, web: str) -> None:
    expected = ("ClientException", "TaskDefinition not found.")
    assert refusal_of(create, ecs, taskDefinition="nobody") == expected
    assert refusal_of(create, ecs, taskDefinition="web:7") == expected


def test_TD_11_an_inactive_revision_is_refused(ecs: Any, web: str) -> None:
    ecs.deregister_task_definition(taskDefinition=web)
    assert refusal_of(create, ecs, taskDefinition="web:1") == (
        "ClientException",
        "TaskDefinition is inactive",
    )
    assert refusal_of(create, ecs) == ("ClientException", "TaskDefinition not found.")


def test_an_unknown_cluster_is_refused(ecs: Any, web: str) -> None:
    code, _ = refusal_of(create, ecs, cluster="nowhere")
    assert code == "ClusterNotFoundException"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"serviceName": "a b"}, "Invalid service name 'a b'."),
        ({"serviceName": "x" * 256}, "Invalid service name"),
        ({"taskDefinition": None}, "TaskDefinition cannot be empty."),
        ({"desiredCount": None}, "desiredCount is required"),
        ({"desiredCount": -1}, "desiredCount must be between 0 and 5000, not -1."),
        ({"desiredCount": 5001}, "desiredCount must be between 0 and 5000, not 5001."),
        ({"healthCheckGracePeriodSeconds": -1}, "healthCheckGracePeriodSeconds must be between"),
        ({"launchType": "MOON"}, "launchType should be one of [EC2, FARGATE,"),
        ({"schedulingStrategy": "CRON"}, "schedulingStrategy should be one of [REPLICA, DAEMON]"),
        ({"propagateTags": "ALL"}, "propagateTags should be one of [TASK_DEFINITION, SERVICE,"),
        ({"deploymentController": {"type": "ME"}}, "deploymentController.type should be one of"),
        ({"platformVersion": "1.4.0"}, "The platform version must be null when specifying an EC2"),
        ({"role": "ecsServiceRole"}, "A role may only be given for a service with one load"),
        ({"clientToken": "x" * 37}, "clientToken has up to 36"),
        ({"clientToken": "a b"}, "clientToken has up to 36"),
        ({"tags": [{"key": "aws:x", "value": ""}]}, "Tag key 'aws:x' is reserved"),
        (
            {"deploymentConfiguration": {"minimumHealthyPercent": 101}},
            "minimumHealthyPercent must be between 0 and 100, not 101.",
        ),
        (
            {"deploymentConfiguration": {"maximumPercent": 99}},
            "maximumPercent must be at least 100, not 99.",
        ),
        (
            {"deploymentConfiguration": {"maximumPercent": 100}},
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
            "deployments.",
        ),
        (
            {"deploymentConfiguration": {"strategy": "YOLO"}},
            "deploymentConfiguration.strategy should be one of [ROLLING,",
        ),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
            "Network Configuration is not valid for the given networkMode of this task definition.",
        ),
        (
            {
                "launchType": "EC2",
                "capacityProviderStrategy": [{"capacityProvider": "c", "weight": 1}],
            },
            "Specify either Launch Type or Capacity Provider Strategy, but not both.",
        ),
        ({"cluster": "arn:aws:ecs:eu-west-1:123456789012:cluster/default"}, "Invalid identifier"),
    ],
)
def test_a_parameter_that_is_not_valid_is_refused(
    ecs: Any, web: str, parameters: dict[str, Any], said: str
) -> None:
    code, message = refusal_of(create, ecs, **parameters)
    assert code == "InvalidParameterException"
    assert said in message


@pytest.mark.parametrize(
    ("parameters", "what"),
    [
        ({"launchType": "FARGATE"}, "The launch type FARGATE"),
        ({"serviceConnectConfiguration": {"enabled": True}}, "Service Connect"),
        ({"enableExecuteCommand": True}, "ECS Exec"),
        ({"capacityProviderStrategy": [{"capacityProvider": "c"}]}, "Capacity providers"),
        ({"volumeConfigurations": [{"name": "v"}]}, "Volume configurations"),
        (
            {
                "deploymentConfiguration": {
                    "alarms": {"alarmNames": ["a"], "enable": True, "rollback": False}
                }
            },
            "Deployment alarms",
        ),
    ],
)
def test_what_is_not_implemented_yet_is_refused_by_name(
    ecs: Any, web: str, parameters: dict[str, Any], what: str
) -> None:
    code, message = refusal_of(create, ecs, **parameters)
    assert code == "UnsupportedFeatureException"
    assert what in message


def test_what_is_given_but_empty_or_switched_off_is_accepted(ecs: Any, web: str) -> None:
    service = create(
        ecs,
        loadBalancers=[],
        placementStrategy=[],
        serviceConnectConfiguration={"enabled": False},
        deploymentController={"type": "ECS"},
        availabilityZoneRebalancing="DISABLED",
        deploymentConfiguration={
            "strategy": "ROLLING",
            "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        },
    )
    assert service["deploymentConfiguration"]["strategy"] == "ROLLING"


def test_a_definition_of_mode_awsvpc_needs_a_network_configuration(ecs: Any, web: str) -> None:
    ecs.register_task_definition(
        family="vpc",
        networkMode="awsvpc",
        containerDefinitions=[{"name": "app", "image": "busybox", "memory": 64}],
    )
    assert refusal_of(create, ecs, taskDefinition="vpc") == (
        "InvalidParameterException",
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    )
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    code, message = refusal_of(create, ecs, taskDefinition="vpc", networkConfiguration=network)
    assert code == "InvalidParameterException"
    assert message.endswith("does not exist (ErrorCode: InvalidSubnetID.NotFound)")


def test_a_refused_request_changes_nothing(ecs: Any, web: str) -> None:
    refusal_of(create, ecs, desiredCount=-1)
    assert ecs.list_services()["serviceArns"] == []
