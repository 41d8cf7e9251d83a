"""UpdateService, as boto3 sees it."""

from typing import Any

import pytest
from services import agents_work, refusal_of, register_web, the_service


@pytest.fixture
def service(ecs: Any, cluster: str) -> dict[str, Any]:
    """A service `web` of web:1 that wants no tasks."""
    register_web(ecs)
    answer = ecs.create_service(serviceName="web", taskDefinition="web", desiredCount=0)
    return dict(answer["service"])


def update(ecs: Any, **parameters: Any) -> Any:
    return ecs.update_service(**{"service": "web", **parameters})["service"]


def deployments(service: dict[str, Any]) -> list[str]:
    return [each["id"] for each in service["deployments"]]


def test_another_revision_starts_a_deployment(
    ecs: Any, server: Any, service: dict[str, Any]
) -> None:
    server.settle()
    newer = register_web(ecs)
    updated = update(ecs, taskDefinition="web")
    assert updated["taskDefinition"] == newer
    assert [each["status"] for each in updated["deployments"]] == ["PRIMARY", "ACTIVE"]
    assert updated["deployments"][0]["taskDefinition"] == newer
    assert updated["deployments"][0]["rolloutState"] == "IN_PROGRESS"


def test_the_same_revision_starts_none(ecs: Any, service: dict[str, Any]) -> None:
    assert deployments(update(ecs, taskDefinition="web:1")) == deployments(service)


def test_a_forced_deployment_is_one(ecs: Any, service: dict[str, Any]) -> None:
    assert deployments(update(ecs, forceNewDeployment=True))[1:] == deployments(service)


def test_the_desired_count_changes_the_primary_deployment_and_starts_none(
    ecs: Any, service: dict[str, Any]
) -> None:
    updated = update(ecs, desiredCount=3)
    assert deployments(updated) == deployments(service)
    assert (updated["desiredCount"], updated["deployments"][0]["desiredCount"]) == (3, 3)


def test_omitted_member_unchanged(ecs: Any, service: dict[str, Any]) -> None:
    update(
        ecs,
        desiredCount=2,
        healthCheckGracePeriodSeconds=9,
        enableECSManagedTags=True,
        propagateTags="SERVICE",
        deploymentConfiguration={"minimumHealthyPercent": 50},
    )
    updated = update(ecs, deploymentConfiguration={"maximumPercent": 150})
    assert updated["desiredCount"] == 2
    assert updated["healthCheckGracePeriodSeconds"] == 9
    assert updated["enableECSManagedTags"] is True
    assert updated["propagateTags"] == "SERVICE"
    assert updated["deploymentConfiguration"]["minimumHealthyPercent"] == 50
    assert updated["deploymentConfiguration"]["maximumPercent"] == 150
    assert deployments(updated) == deployments(service)


def test_a_rollout_replaces_the_tasks_and_leaves_one_deployment(
    ecs: Any, server: Any, service: dict[str, Any], register_instances: Any
) -> None:
    register_instances(2)
    arn = service["serviceArn"]
    update(ecs, desiredCount=2)
    server.settle()
    agents_work(server, arn)
    server.advance(41)
    newer = register_web(ecs)
    update(ecs, taskDefinition="web")
    server.settle()
    agents_work(server, arn)
    assert the_service(ecs)["runningCount"] == 4
    server.advance(41)
    agents_work(server, arn)
    updated = the_service(ecs)
    (deployment,) = updated["deployments"]
    assert (deployment["taskDefinition"], deployment["rolloutState"]) == (newer, "COMPLETED")
    assert (updated["runningCount"], deployment["runningCount"]) == (2, 2)
    assert updated["events"][0]["message"] == "(service web) has reached a steady state."


def test_update_unknown(ecs: Any, cluster: str) -> None:
    expected = ("ServiceNotFoundException", "Service not found.")
    assert refusal_of(update, ecs) == expected


def test_update_unknown_or_deleted(ecs: Any, server: Any, service: dict[str, Any]) -> None:
    ecs.delete_service(service="web", force=True)
    expected = ("ServiceNotActiveException", "Service was not ACTIVE.")
    assert refusal_of(update, ecs, desiredCount=1) == expected


def test_TD_11_naming_an_inactive_revision_is_refused(ecs: Any, service: dict[str, Any]) -> None:
    ecs.deregister_task_definition(taskDefinition="web:1")
    expected = ("ClientException", "TaskDefinition is inactive")
    assert refusal_of(update, ecs, taskDefinition="web:1") == expected
    assert refusal_of(update, ecs, taskDefinition="web:2") == (
        "ClientException",
        "TaskDefinition not found.",
    )


def test_TD_13_a_forced_deployment_of_an_inactive_revision_is_accepted(
    ecs: Any, service: dict[str, Any]
) -> None:
    ecs.deregister_task_definition(taskDefinition="web:1")
    assert len(deployments(update(ecs, forceNewDeployment=True, desiredCount=1))) == 2


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"desiredCount": -1}, "desiredCount must be between 0 and 5000, not -1."),
        ({"healthCheckGracePeriodSeconds": -5}, "healthCheckGracePeriodSeconds must be between"),
        ({"propagateTags": "ALL"}, "propagateTags should be one of"),
        ({"platformVersion": "LATEST"}, "The platform version must be null"),
        ({"service": "a b"}, "Invalid identifier"),
        (
            {"service": "arn:aws:ecs:us-east-1:123456789012:service/other/web"},
            "Identifier is for cluster other. Your cluster is default",
        ),
        (
            {"deploymentConfiguration": {"maximumPercent": 100}},
            "Both maximumPercent and minimumHealthyPercent cannot be 100",
        ),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
            "Network Configuration is not valid",
        ),
    ],
)
def test_a_parameter_that_is_not_valid_is_refused(
    ecs: Any, service: dict[str, Any], parameters: dict[str, Any], said: str
) -> None:
    code, message = refusal_of(update, ecs, **parameters)
    assert code == "InvalidParameterException"
    assert said in message


@pytest.mark.parametrize(
    "parameters",
    [
        {"deploymentController": {"type": "CODE_DEPLOY"}},
        {"capacityProviderStrategy": [{"capacityProvider": "c"}]},
    ],
)
def test_what_is_not_implemented_yet_is_refused(
    ecs: Any, service: dict[str, Any], parameters: dict[str, Any]
) -> None:
    code, _ = refusal_of(update, ecs, **parameters)
    assert code == "UnsupportedFeatureException"


def test_an_unknown_cluster_is_refused(ecs: Any, cluster: str) -> None:
    assert refusal_of(update, ecs, cluster="nowhere")[0] == "ClusterNotFoundException"
