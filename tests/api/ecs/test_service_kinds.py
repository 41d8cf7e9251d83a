"""Services of other scheduling strategies and deployment controllers, as boto3 sees them."""

from typing import Any

import pytest
from services import refusal_of, register_web, the_service

EXTERNAL = {"type": "EXTERNAL"}
CODE_DEPLOY = {"type": "CODE_DEPLOY"}


@pytest.fixture
def web(ecs: Any, cluster: str) -> str:
    return register_web(ecs)


def create(ecs: Any, **parameters: Any) -> Any:
    given = {"serviceName": "web", "taskDefinition": "web", "desiredCount": 1, **parameters}
    given = {name: value for name, value in given.items() if value is not None}
    return ecs.create_service(**given)["service"]


def daemon(ecs: Any, **parameters: Any) -> Any:
    return create(ecs, **{"desiredCount": None, "schedulingStrategy": "DAEMON", **parameters})


def external(ecs: Any, **parameters: Any) -> Any:
    return create(ecs, **{"taskDefinition": None, "deploymentController": EXTERNAL, **parameters})


def update(ecs: Any, **parameters: Any) -> Any:
    return ecs.update_service(**{"service": "web", **parameters})["service"]


def test_a_daemon_service_stops_before_it_starts(ecs: Any, web: str) -> None:
    service = daemon(ecs)
    assert service["schedulingStrategy"] == "DAEMON"
    assert service["desiredCount"] == 0
    assert service["availabilityZoneRebalancing"] == "DISABLED"
    configuration = service["deploymentConfiguration"]
    assert configuration["minimumHealthyPercent"] == 0
    assert configuration["maximumPercent"] == 100


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (
            {"desiredCount": 1},
            "The daemon scheduling strategy does not support a desired count for services. Remove "
            "the desired count value and try again",
        ),
        ({"desiredCount": 0}, "does not support a desired count"),
        (
            {"placementStrategy": [{"type": "random"}]},
            "The daemon scheduling strategy does not support placement strategies. Remove the "
            "placement strategy and try again",
        ),
        ({"launchType": "FARGATE"}, "does not support the launch type FARGATE"),
        ({"deploymentController": CODE_DEPLOY}, "the deployment controller CODE_DEPLOY"),
        ({"deploymentController": EXTERNAL}, "the deployment controller EXTERNAL"),
        ({"volumeConfigurations": [{"name": "v"}]}, "does not support volume configurations"),
        (
            {"deploymentConfiguration": {"maximumPercent": 150}},
            "does not support values above 100 for maximum percent",
        ),
        ({"availabilityZoneRebalancing": "ENABLED"}, "Availability Zone rebalancing"),
    ],
)
def test_daemon_rejects(ecs: Any, web: str, parameters: dict[str, Any], said: str) -> None:
    code, message = refusal_of(daemon, ecs, **parameters)
    assert code == "InvalidParameterException"
    assert said in message


def test_desired_count_with_daemon(ecs: Any, web: str) -> None:
    daemon(ecs)
    assert refusal_of(update, ecs, desiredCount=2) == (
        "InvalidParameterException",
        "The daemon scheduling strategy does not support a desired count for services. Remove the "
        "desired count value and try again",
    )
    code, message = refusal_of(update, ecs, placementStrategy=[])
    assert code == "InvalidParameterException"
    assert "does not support placement strategies" in message


def test_a_daemon_service_is_deleted_without_force(ecs: Any, web: str) -> None:
    daemon(ecs)
    assert ecs.delete_service(service="web")["service"]["status"] == "INACTIVE"


def test_daemon_services_are_listed_by_their_strategy(ecs: Any, web: str) -> None:
    arn = daemon(ecs)["serviceArn"]
    create(ecs, serviceName="replica")
    assert ecs.list_services(schedulingStrategy="DAEMON")["serviceArns"] == [arn]


def test_an_external_service_waits_for_its_task_sets(ecs: Any, web: str) -> None:
    service = external(
        ecs,
        desiredCount=3,
        placementStrategy=[{"type": "random"}],
        placementConstraints=[{"type": "distinctInstance"}],
        healthCheckGracePeriodSeconds=5,
        enableECSManagedTags=True,
        propagateTags="SERVICE",
        deploymentConfiguration={"maximumPercent": 200, "minimumHealthyPercent": 100},
    )
    assert service["deploymentController"] == EXTERNAL
    assert (service["desiredCount"], service["deployments"], service["taskSets"]) == (3, [], [])
    assert "taskDefinition" not in service
    assert the_service(ecs) == service


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"taskDefinition": "web"}, "TaskDefinition must be blank."),
        ({"taskDefinition": ""}, "Family should not be null or empty."),
        ({"launchType": "EC2"}, "LaunchType must be blank."),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
            "NetworkConfiguration must be blank.",
        ),
        ({"loadBalancers": [{"targetGroupArn": "arn"}]}, "LoadBalancers must be blank."),
        ({"serviceRegistries": [{"registryArn": "arn"}]}, "ServiceRegistries must be blank."),
        ({"platformVersion": "LATEST"}, "PlatformVersion must be blank."),
        ({"desiredCount": None}, "desiredCount is required"),
        ({"schedulingStrategy": "DAEMON"}, "does not support a desired count"),
        (
            {"deploymentConfiguration": {"maximumPercent": 150}},
            "maximumPercent cannot be chosen with the deployment controller EXTERNAL: it is 200.",
        ),
        (
            {
                "deploymentConfiguration": {
                    "deploymentCircuitBreaker": {"enable": True, "rollback": False}
                }
            },
            "deploymentCircuitBreaker cannot be enabled with the deployment controller EXTERNAL",
        ),
        (
            {"deploymentConfiguration": {"strategy": "CANARY"}},
            "A deployment strategy and lifecycle hooks",
        ),
        ({"availabilityZoneRebalancing": "ENABLED"}, "Availability Zone rebalancing"),
    ],
)
def test_external_create_accepts_only_service_level_fields(
    ecs: Any, web: str, parameters: dict[str, Any], said: str
) -> None:
    code, message = refusal_of(external, ecs, **parameters)
    assert code == "InvalidParameterException"
    assert said in message


@pytest.mark.parametrize(
    "parameters",
    [
        {"taskDefinition": "web"},
        {"forceNewDeployment": True},
        {"platformVersion": "LATEST"},
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
        {"loadBalancers": [{"targetGroupArn": "arn"}]},
        {"deploymentConfiguration": {"minimumHealthyPercent": 50}},
    ],
)
def test_external_update_limited(ecs: Any, web: str, parameters: dict[str, Any]) -> None:
    external(ecs)
    assert refusal_of(update, ecs, **parameters)[0] == "InvalidParameterException"
    updated = update(
        ecs,
        desiredCount=2,
        placementStrategy=[{"type": "binpack", "field": "cpu"}],
        healthCheckGracePeriodSeconds=7,
        enableECSManagedTags=True,
        propagateTags="TASK_DEFINITION",
    )
    assert (updated["desiredCount"], updated["deployments"]) == (2, [])
    assert updated["placementStrategy"] == [{"type": "binpack", "field": "cpu"}]


def test_an_external_service_without_task_sets_is_deleted_like_others(ecs: Any, web: str) -> None:
    external(ecs, desiredCount=1)
    code, message = refusal_of(ecs.delete_service, service="web")
    assert (code, message) == (
        "InvalidParameterException",
        "The service cannot be stopped while it is scaled above 0.",
    )
    update(ecs, desiredCount=0)
    assert ecs.delete_service(service="web")["service"]["status"] == "INACTIVE"


def test_code_deploy_requires_two_target_groups(ecs: Any, web: str) -> None:
    """They are CodeDeploy's; ECS is given the first of them as the only load balancer."""
    balancer = {"targetGroupArn": "arn", "containerName": "app", "containerPort": 80}
    for given in ([], [balancer, balancer]):
        code, message = refusal_of(
            create, ecs, deploymentController=CODE_DEPLOY, loadBalancers=given
        )
        assert code == "InvalidParameterException"
        assert "needs exactly one load balancer" in message
    code, message = refusal_of(
        create, ecs, deploymentController=CODE_DEPLOY, loadBalancers=[balancer]
    )
    assert code == "UnsupportedFeatureException"
    assert "which needs AWS CodeDeploy" in message


def test_placement_is_kept_shown_replaced_and_removed(ecs: Any, web: str) -> None:
    constraint = {"type": "memberOf", "expression": "attribute:ecs.os-type == linux"}
    service = create(
        ecs,
        placementConstraints=[constraint],
        placementStrategy=[{"type": "spread", "field": "host"}],
    )
    assert service["placementConstraints"] == [constraint]
    assert service["placementStrategy"] == [{"type": "spread", "field": "instanceId"}]
    deployments = [each["id"] for each in service["deployments"]]
    updated = update(ecs, placementStrategy=[{"type": "spread", "field": "instanceId"}])
    assert updated["placementConstraints"] == [constraint]
    updated = update(ecs, placementConstraints=[], placementStrategy=[])
    assert (updated["placementConstraints"], updated["placementStrategy"]) == ([], [])
    assert [each["id"] for each in updated["deployments"]] == deployments


@pytest.mark.parametrize(
    "parameters",
    [
        {"placementConstraints": [{"type": "memberOf", "expression": "attribute:x =="}]},
        {"placementConstraints": [{"type": "distinctInstance"}] * 11},
        {"placementStrategy": [{"type": "binpack", "field": "disk"}]},
        {"placementStrategy": [{"type": "random"}] * 6},
    ],
)
def test_placement_that_is_not_valid_is_refused(
    ecs: Any, web: str, parameters: dict[str, Any]
) -> None:
    assert refusal_of(create, ecs, **parameters)[0] == "InvalidParameterException"
    create(ecs)
    assert refusal_of(update, ecs, **parameters)[0] == "InvalidParameterException"


def test_cannot_change_name_cluster_scheduling_strategy(ecs: Any, web: str) -> None:
    """UpdateService has no member for them; the controller stays as well."""
    members = ecs.meta.service_model.operation_model("UpdateService").input_shape.members
    assert not {"serviceName", "schedulingStrategy"} & members.keys()
    create(ecs)
    assert update(ecs, deploymentController={"type": "ECS"})["serviceName"] == "web"
    code, message = refusal_of(update, ecs, deploymentController=EXTERNAL)
    assert code == "UnsupportedFeatureException"
    assert "Changing the deployment controller from ECS to EXTERNAL" in message
