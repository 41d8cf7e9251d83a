"""What a service does when container instances leave: the main story, through the API."""

from collections import Counter
from typing import Any

import pytest
from services import agents_work, refusal_of, register_web, the_service


@pytest.fixture
def instances(register_instances: Any, cluster: str) -> list[str]:
    return list(register_instances(3))


@pytest.fixture
def service_arn(ecs: Any, server: Any, instances: list[str]) -> str:
    """A service `web` of three RUNNING tasks, steady, one on each instance."""
    register_web(ecs)
    answer = ecs.create_service(serviceName="web", taskDefinition="web", desiredCount=3)
    server.settle()
    arn: str = answer["service"]["serviceArn"]
    agents_work(server, arn)
    server.advance(41)
    return arn


def where_tasks_are(ecs: Any) -> Counter[str]:
    arns = ecs.list_tasks(serviceName="web")["taskArns"]
    return Counter(task["containerInstanceArn"] for task in ecs.describe_tasks(tasks=arns)["tasks"])


def test_a_services_tasks_are_spread_over_the_instances(
    ecs: Any, service_arn: str, instances: list[str]
) -> None:
    assert where_tasks_are(ecs) == Counter(instances)


def test_CI_60_an_instance_with_tasks_is_not_deregistered_without_force(
    ecs: Any, service_arn: str, instances: list[str]
) -> None:
    assert refusal_of(ecs.deregister_container_instance, containerInstance=instances[0]) == (
        "InvalidParameterException",
        "Found running tasks on the instance.",
    )
    assert where_tasks_are(ecs) == Counter(instances)


def test_service_replaces_orphans(
    ecs: Any, server: Any, service_arn: str, instances: list[str]
) -> None:
    ecs.deregister_container_instance(containerInstance=instances[0], force=True)
    server.settle()
    assert sorted(where_tasks_are(ecs)) == sorted(instances[1:])
    service = the_service(ecs)
    assert (service["runningCount"], service["pendingCount"]) == (2, 1)
    agents_work(server, service_arn)
    server.advance(41)
    service = the_service(ecs)
    assert (service["runningCount"], service["pendingCount"]) == (3, 0)
    assert service["events"][0]["message"] == "(service web) has reached a steady state."
    assert len(service["deployments"]) == 1


def test_CI_43_a_drained_instance_is_left_once_replacements_are_healthy(
    ecs: Any, server: Any, service_arn: str, instances: list[str]
) -> None:
    ecs.update_container_instances_state(containerInstances=instances[:1], status="DRAINING")
    server.settle()
    assert where_tasks_are(ecs)[instances[0]] == 1
    agents_work(server, service_arn)
    server.advance(41)
    agents_work(server, service_arn)
    assert where_tasks_are(ecs)[instances[0]] == 0
    assert the_service(ecs)["runningCount"] == 3
    (instance,) = ecs.describe_container_instances(containerInstances=instances[:1])[
        "containerInstances"
    ]
    assert (instance["status"], instance["runningTasksCount"]) == ("DRAINING", 0)
    ecs.deregister_container_instance(containerInstance=instances[0])


def test_TK_44_a_task_that_a_user_stops_is_replaced(
    ecs: Any, server: Any, service_arn: str
) -> None:
    before = set(ecs.list_tasks(serviceName="web")["taskArns"])
    stopped = sorted(before)[0]
    ecs.stop_task(task=stopped, reason="because")
    server.settle()
    after = set(ecs.list_tasks(serviceName="web")["taskArns"])
    assert before - after == {stopped}
    assert len(after) == 3


def test_TD_10_a_service_scales_on_a_revision_that_was_deregistered(
    ecs: Any, server: Any, service_arn: str
) -> None:
    ecs.deregister_task_definition(taskDefinition="web:1")
    ecs.update_service(service="web", desiredCount=5)
    server.settle()
    tasks = ecs.list_tasks(serviceName="web")["taskArns"]
    assert len(tasks) == 5
    definitions = {task["taskDefinitionArn"] for task in ecs.describe_tasks(tasks=tasks)["tasks"]}
    assert [arn.rpartition("/")[2] for arn in definitions] == ["web:1"]


def test_a_cluster_is_not_deleted_while_it_has_an_active_service(
    ecs: Any, service_arn: str
) -> None:
    code, _ = refusal_of(ecs.delete_cluster, cluster="default")
    assert code.startswith("ClusterContains")
