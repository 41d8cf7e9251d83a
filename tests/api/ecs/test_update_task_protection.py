"""UpdateTaskProtection and GetTaskProtection, as boto3 sees them."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from services import agents_work, refusal_of, register_web, the_service

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.state.view import Tx


@pytest.fixture
def tasks(ecs: Any, server: Any, cluster: str, register_instances: Any) -> list[str]:
    """Three RUNNING tasks of a service `web` that wants three."""
    register_instances(2)
    register_web(ecs)
    answer = ecs.create_service(serviceName="web", taskDefinition="web", desiredCount=3)
    server.settle()
    agents_work(server, answer["service"]["serviceArn"])
    server.advance(41)
    return list(ecs.list_tasks(serviceName="web")["taskArns"])


def protect(ecs: Any, *tasks: str, enabled: bool = True, **parameters: Any) -> dict[str, Any]:
    return dict(
        ecs.update_task_protection(
            cluster="default", tasks=list(tasks), protectionEnabled=enabled, **parameters
        )
    )


def protection(ecs: Any, *tasks: str) -> dict[str, Any]:
    return dict(ecs.get_task_protection(cluster="default", tasks=list(tasks)))


def test_a_task_is_protected_for_two_hours_unless_said_otherwise(
    ecs: Any, server: Any, tasks: list[str]
) -> None:
    now = server.clock.now()
    answer = protect(ecs, tasks[0], tasks[1].rpartition("/")[2])
    assert answer["failures"] == []
    assert [each["taskArn"] for each in answer["protectedTasks"]] == tasks[:2]
    for each in answer["protectedTasks"]:
        assert each["protectionEnabled"] is True
        assert abs(each["expirationDate"] - now - timedelta(minutes=120)) < timedelta(seconds=10)
    assert protection(ecs, *tasks[:2])["protectedTasks"] == answer["protectedTasks"]
    assert protection(ecs, tasks[2])["protectedTasks"] == [
        {"taskArn": tasks[2], "protectionEnabled": False}
    ]


def test_each_call_starts_the_time_anew(ecs: Any, tasks: list[str]) -> None:
    (first,) = protect(ecs, tasks[0], expiresInMinutes=10)["protectedTasks"]
    (second,) = protect(ecs, tasks[0], expiresInMinutes=2880)["protectedTasks"]
    assert second["expirationDate"] - first["expirationDate"] > timedelta(minutes=2869)


def test_protection_is_taken_away(ecs: Any, tasks: list[str]) -> None:
    protect(ecs, tasks[0])
    expected = [{"taskArn": tasks[0], "protectionEnabled": False}]
    assert protect(ecs, tasks[0], enabled=False)["protectedTasks"] == expected
    assert protection(ecs, tasks[0])["protectedTasks"] == expected


def test_expires_by_itself(ecs: Any, server: Any, tasks: list[str]) -> None:
    protect(ecs, tasks[0], expiresInMinutes=1)
    server.advance(59)
    assert protection(ecs, tasks[0])["protectedTasks"][0]["protectionEnabled"] is True
    server.advance(2)
    assert protection(ecs, tasks[0])["protectedTasks"] == [
        {"taskArn": tasks[0], "protectionEnabled": False}
    ]


def test_standalone_task(ecs: Any, tasks: list[str]) -> None:
    alone = ecs.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    nobody = f"{alone[:-4]}ffff"
    answer = protect(ecs, alone, nobody)
    assert answer["protectedTasks"] == []
    assert [(each["arn"], each["reason"]) for each in answer["failures"]] == [
        (alone, "TASK_NOT_VALID"),
        (nobody, "MISSING"),
    ]
    assert protection(ecs, alone, nobody)["failures"] == answer["failures"]


def test_a_task_that_was_asked_to_stop_cannot_be_protected(ecs: Any, tasks: list[str]) -> None:
    ecs.stop_task(task=tasks[0])
    (failure,) = protect(ecs, tasks[0])["failures"]
    assert (failure["arn"], failure["reason"]) == (tasks[0], "TASK_NOT_VALID")


def test_protects_from_service_scale_in_and_deployments_only(
    ecs: Any, server: Any, tasks: list[str]
) -> None:
    protect(ecs, tasks[1])
    ecs.update_service(service="web", desiredCount=1)
    server.settle()
    assert ecs.list_tasks(serviceName="web")["taskArns"] == [tasks[1]]
    ecs.stop_task(task=tasks[1])
    server.settle()
    assert tasks[1] not in ecs.list_tasks(serviceName="web")["taskArns"]


def test_deployment_waits_for_protected_old_tasks(ecs: Any, server: Any, tasks: list[str]) -> None:
    arn = the_service(ecs)["serviceArn"]
    protect(ecs, *tasks, expiresInMinutes=30)
    register_web(ecs)
    ecs.update_service(service="web", taskDefinition="web")
    server.settle()
    agents_work(server, arn)
    server.advance(60)
    agents_work(server, arn)
    assert [each["runningCount"] for each in the_service(ecs)["deployments"]] == [3, 3]
    newer = sorted(set(ecs.list_tasks(serviceName="web")["taskArns"]) - set(tasks))
    (failure,) = protect(ecs, newer[0])["failures"]
    assert (failure["arn"], failure["reason"]) == (newer[0], "DEPLOYMENT_BLOCKED")
    assert protect(ecs, tasks[0], expiresInMinutes=30)["failures"] == []  # it goes on being it
    protect(ecs, tasks[1], enabled=False)
    assert protect(ecs, newer[0])["failures"] == []
    protect(ecs, *tasks, newer[0], enabled=False)
    server.settle()
    agents_work(server, arn)
    server.advance(60)
    agents_work(server, arn)
    (deployment,) = the_service(ecs)["deployments"]
    assert (deployment["runningCount"], deployment["rolloutState"]) == (3, "COMPLETED")


@pytest.mark.parametrize("minutes", [0, -1, 2881])
def test_minutes_out_of_bounds_are_refused(ecs: Any, tasks: list[str], minutes: int) -> None:
    assert refusal_of(protect, ecs, tasks[0], expiresInMinutes=minutes) == (
        "InvalidParameterException",
        f"expiresInMinutes must be between 1 and 2880, not {minutes}.",
    )


def test_no_task_too_many_and_nonsense_are_refused(ecs: Any, cluster: str) -> None:
    assert refusal_of(protect, ecs) == ("InvalidParameterException", "Tasks cannot be empty.")
    assert refusal_of(protection, ecs) == ("InvalidParameterException", "Tasks cannot be empty.")
    ids = [f"{number:032x}" for number in range(101)]
    assert refusal_of(protect, ecs, *ids[:11])[0] == "InvalidParameterException"
    assert refusal_of(protection, ecs, *ids)[0] == "InvalidParameterException"
    assert len(protection(ecs, *ids[:100])["failures"]) == 100
    assert refusal_of(protect, ecs, "a b")[0] == "InvalidParameterException"
    unknown = refusal_of(ecs.get_task_protection, cluster="nowhere", tasks=ids[:1])
    assert unknown[0] == "ClusterNotFoundException"


def test_an_agent_speaks_for_the_tasks_of_its_own_machine_only(
    ecs: Any, server: Any, tasks: list[str]
) -> None:
    agent = server.client(key=server.INSTANCE)
    for call in (protect, protection):
        code, message = refusal_of(call, agent, tasks[0])
        assert (code, server.INSTANCE.arn in message) == ("AccessDeniedException", True)
    assert protection(ecs, tasks[0])["protectedTasks"][0]["protectionEnabled"] is False
    (described,) = ecs.describe_tasks(tasks=[tasks[0]])["tasks"]

    def moves_in(tx: Tx) -> None:
        instance = tx.must(CONTAINER_INSTANCES, described["containerInstanceArn"])
        own = server.INSTANCE.arn.rpartition("/")[2]
        tx.put(CONTAINER_INSTANCES, msgspec.structs.replace(instance, ec2_instance_id=own))

    server.update(moves_in)
    assert protect(agent, tasks[0])["failures"] == []
    assert protection(agent, tasks[0])["protectedTasks"][0]["protectionEnabled"] is True
