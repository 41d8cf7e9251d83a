"""What starts a deployment of a service and what does not, as boto3 sees it."""

from typing import Any

import pytest
from services import agents_work, refusal_of, register_web, the_service

ZONES_FIRST = {"type": "spread", "field": "attribute:ecs.availability-zone"}


@pytest.fixture
def service(ecs: Any, server: Any, cluster: str, register_instances: Any) -> dict[str, Any]:
    """A service `web` of web:1 with two RUNNING tasks, steady."""
    register_instances(3)
    register_web(ecs)
    answer = ecs.create_service(
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        tags=[{"key": "team", "value": "web"}],
    )
    server.settle()
    agents_work(server, answer["service"]["serviceArn"])
    server.advance(41)
    return the_service(ecs)


def update(ecs: Any, **parameters: Any) -> dict[str, Any]:
    return dict(ecs.update_service(**{"service": "web", **parameters})["service"])


def deployments(service: dict[str, Any]) -> list[str]:
    return [each["id"] for each in service["deployments"]]


def test_create_with_zero_desired_ok(ecs: Any, server: Any, cluster: str) -> None:
    register_web(ecs)
    ecs.create_service(serviceName="web", taskDefinition="web", desiredCount=0)
    server.settle()
    service = the_service(ecs)
    (deployment,) = service["deployments"]
    assert deployment["rolloutState"] == "COMPLETED"
    assert [each["message"] for each in service["events"]] == [
        "(service web) has reached a steady state.",
        f"(service web) (deployment {deployment['id']}) deployment completed.",
    ]


def test_authorisation_uses_resolved_revision(ecs: Any, service: dict[str, Any]) -> None:
    """There is no IAM to ask; the family becomes its latest revision before anything else."""
    assert service["taskDefinition"].endswith(":task-definition/web:1")
    register_web(ecs)
    assert update(ecs, taskDefinition="web")["taskDefinition"].endswith("web:2")
    assert the_service(ecs)["deployments"][0]["taskDefinition"].endswith("web:2")


@pytest.mark.parametrize(
    "parameters",
    [
        {"taskDefinition": "web:1"},
        {"desiredCount": 3},
        {"deploymentConfiguration": {"minimumHealthyPercent": 50}},
        {"placementConstraints": [{"type": "distinctInstance"}]},
        {"placementStrategy": [ZONES_FIRST]},
        {"healthCheckGracePeriodSeconds": 30},
        {"enableECSManagedTags": True},
        {"propagateTags": "SERVICE"},
        {"availabilityZoneRebalancing": "DISABLED"},
        {"enableExecuteCommand": False},
        {"forceNewDeployment": False},
        {"loadBalancers": []},
        {"serviceRegistries": []},
        {"capacityProviderStrategy": []},
    ],
)
def test_a_change_that_tasks_are_not_made_of_starts_no_deployment(
    ecs: Any, service: dict[str, Any], parameters: dict[str, Any]
) -> None:
    assert deployments(update(ecs, **parameters)) == deployments(service)


def test_two_updates_in_a_row(ecs: Any, server: Any, service: dict[str, Any]) -> None:
    register_web(ecs)
    second = deployments(update(ecs, taskDefinition="web:2"))[0]
    server.settle()
    third = update(ecs, forceNewDeployment=True)
    assert [each["status"] for each in third["deployments"]] == ["PRIMARY", "ACTIVE", "ACTIVE"]
    assert deployments(third)[1:] == [second, *deployments(service)]
    assert third["deployments"][0]["failedTasks"] == 0
    for _ in range(4):
        server.settle()
        agents_work(server, service["serviceArn"])
        server.advance(41)
    (deployment,) = the_service(ecs)["deployments"]
    assert (deployment["id"], deployment["runningCount"]) == (deployments(third)[0], 2)


def test_update_during_deployment_stops_previous_service_deployment(
    ecs: Any, server: Any, service: dict[str, Any]
) -> None:
    former = update(ecs, forceNewDeployment=True)["currentServiceDeployment"]
    server.settle()
    newer = update(ecs, forceNewDeployment=True)["currentServiceDeployment"]
    server.settle()
    answer = ecs.describe_service_deployments(serviceDeploymentArns=[former, newer])
    assert {
        each["serviceDeploymentArn"]: each["status"] for each in answer["serviceDeployments"]
    } == {former: "STOPPED", newer: "IN_PROGRESS"}


def test_five_deployments_at_a_time_are_the_most(
    ecs: Any, server: Any, service: dict[str, Any]
) -> None:
    tasks = ecs.list_tasks(serviceName="web")["taskArns"]
    for number in range(4):
        ecs.update_task_protection(cluster="default", tasks=tasks[:1], protectionEnabled=True)
        update(ecs, forceNewDeployment=True, desiredCount=2 + number)
        server.settle()
        agents_work(server, service["serviceArn"])
        every = ecs.list_tasks(serviceName="web")["taskArns"]
        protectable = ecs.describe_tasks(tasks=every)["tasks"]
        newest = the_service(ecs)["deployments"][0]["id"]
        mine = [each["taskArn"] for each in protectable if each["startedBy"] == newest]
        ecs.update_task_protection(cluster="default", tasks=mine[:1], protectionEnabled=True)
    assert len(the_service(ecs)["deployments"]) == 5
    assert refusal_of(update, ecs, forceNewDeployment=True) == (
        "InvalidParameterException",
        "5 active deployments exist, unable to create new deployment.",
    )
    assert update(ecs, desiredCount=1)["desiredCount"] == 1


def test_propagated_and_managed_tags_are_those_of_the_moment(
    ecs: Any, server: Any, service: dict[str, Any]
) -> None:
    before = ecs.list_tasks(serviceName="web")["taskArns"]
    update(ecs, propagateTags="SERVICE", enableECSManagedTags=True, desiredCount=3)
    server.settle()
    (new,) = set(ecs.list_tasks(serviceName="web")["taskArns"]) - set(before)
    answer = ecs.describe_tasks(tasks=[new, before[0]], include=["TAGS"])["tasks"]
    tags = {each["taskArn"]: each["tags"] for each in answer}
    assert tags[before[0]] == []
    assert sorted(tags[new], key=lambda tag: str(tag["key"])) == [
        {"key": "aws:ecs:clusterName", "value": "default"},
        {"key": "aws:ecs:serviceName", "value": "web"},
        {"key": "team", "value": "web"},
    ]


def test_zones_are_rebalanced_unless_told_otherwise(ecs: Any, service: dict[str, Any]) -> None:
    assert service["availabilityZoneRebalancing"] == "ENABLED"
    code, message = refusal_of(update, ecs, placementStrategy=[{"type": "random"}])
    assert code == "InvalidParameterException"
    assert "Set availabilityZoneRebalancing to DISABLED, or change that." in message
    other = update(
        ecs, placementStrategy=[{"type": "random"}], availabilityZoneRebalancing="DISABLED"
    )
    assert other["availabilityZoneRebalancing"] == "DISABLED"
    assert update(ecs, placementStrategy=[])["availabilityZoneRebalancing"] == "DISABLED"
    assert update(ecs, availabilityZoneRebalancing="ENABLED")["availabilityZoneRebalancing"] == (
        "ENABLED"
    )


def test_a_new_service_that_cannot_be_rebalanced_is_not(ecs: Any, service: dict[str, Any]) -> None:
    given = {"serviceName": "random", "taskDefinition": "web", "desiredCount": 0}
    given |= {"placementStrategy": [{"type": "random"}]}
    code, _ = refusal_of(ecs.create_service, **given, availabilityZoneRebalancing="ENABLED")
    assert code == "InvalidParameterException"
    assert ecs.create_service(**given)["service"]["availabilityZoneRebalancing"] == "DISABLED"


def test_delete_stops_tasks_normally(ecs: Any, server: Any, service: dict[str, Any]) -> None:
    ecs.delete_service(service="web", force=True)
    server.settle()
    tasks = ecs.list_tasks(desiredStatus="STOPPED")["taskArns"]
    assert len(tasks) == 2
    (deployment,) = deployments(service)
    for task in ecs.describe_tasks(tasks=tasks)["tasks"]:
        assert (task["lastStatus"], task["desiredStatus"]) == ("RUNNING", "STOPPED")
        assert task["stopCode"] == "ServiceSchedulerInitiated"
        assert task["stoppedReason"] == f"Scaling activity initiated by (deployment {deployment})"


def test_currentServiceDeployment_and_currentServiceRevisions(
    ecs: Any, server: Any, service: dict[str, Any]
) -> None:
    (revision,) = service["currentServiceRevisions"]
    assert "currentServiceDeployment" not in service
    assert (revision["requestedTaskCount"], revision["runningTaskCount"]) == (2, 2)
    updated = update(ecs, forceNewDeployment=True)
    assert ":service-deployment/default/web/" in updated["currentServiceDeployment"]
    newer, older = updated["currentServiceRevisions"]
    assert (older["arn"], newer["requestedTaskCount"]) == (revision["arn"], 2)


def test_an_event_for_eventbridge_only_is_not_among_the_services(
    ecs: Any, server: Any, service: dict[str, Any]
) -> None:
    ecs.update_service(service="web", desiredCount=3)
    server.settle()
    newest, *older = the_service(ecs)["events"]
    assert newest["message"].startswith("(service web) has started 1 tasks: ")
    assert older == service["events"]
