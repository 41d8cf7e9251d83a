"""DescribeTasks."""

from typing import Any

import pytest
from registered import register
from reports import described, running, stopped

from given import a_call
from refusals import refused
from roadstead.ecs.transitions.container_instances import agent_disconnected

pytestmark = pytest.mark.usefixtures("cluster")


@pytest.fixture
def tasks(ecs: Any, register_instances: Any) -> list[str]:
    register_instances()
    register(ecs)
    return [task["taskArn"] for task in ecs.run_task(taskDefinition="web", count=3)["tasks"]]


def test_ids_and_arns_are_told_and_unknown_ones_are_failures(ecs: Any, tasks: list[str]) -> None:
    one, two, _ = tasks
    unknown = "0" * 32
    answer = ecs.describe_tasks(tasks=[one, two.rpartition("/")[2], unknown])
    assert [task["taskArn"] for task in answer["tasks"]] == [one, two]
    arn = f"arn:aws:ecs:us-east-1:123456789012:task/default/{unknown}"
    assert answer["failures"] == [{"arn": arn, "reason": "MISSING"}]


def test_what_the_agent_reports_is_shown(ecs: Any, tasks: list[str]) -> None:
    binding = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32768, "protocol": "tcp"}
    running(ecs, tasks[0], networkBindings=[binding], imageDigest="sha256:a6")
    task = described(ecs, tasks[0])
    assert (task["lastStatus"], task["version"]) == ("RUNNING", 2)
    (container,) = task["containers"]
    assert container["runtimeId"] == "a21b4b25"
    assert container["networkBindings"] == [binding]
    assert container["imageDigest"] == "sha256:a6"
    assert task["startedAt"] >= task["createdAt"]


def test_CI_33_a_task_is_as_connected_as_its_instances_agent(
    ecs: Any, server: Any, tasks: list[str]
) -> None:
    task = described(ecs, tasks[0])
    assert task["connectivity"] == "CONNECTED"
    instance = task["containerInstanceArn"]
    server.update(lambda tx: agent_disconnected(tx, a_call(), instance, 1))
    assert described(ecs, tasks[0])["connectivity"] == "DISCONNECTED"


def test_tags_are_shown_when_asked_for(ecs: Any, tasks: list[str]) -> None:
    tag = {"key": "a", "value": "b"}
    ecs.tag_resource(resourceArn=tasks[0], tags=[tag])
    assert described(ecs, tasks[0])["tags"] == []
    assert described(ecs, tasks[0], include=["TAGS"])["tags"] == [tag]


def test_TK_08_a_stopped_task_is_there_for_an_hour(ecs: Any, server: Any, tasks: list[str]) -> None:
    stopped(ecs, tasks[0])
    server.advance(3590)
    assert described(ecs, tasks[0])["lastStatus"] == "STOPPED"
    server.advance(20)
    answer = ecs.describe_tasks(tasks=[tasks[0]])
    assert answer["failures"] == [{"arn": tasks[0], "reason": "MISSING"}]


def test_the_waiters_of_botocore_see_tasks_run_and_stop(ecs: Any, tasks: list[str]) -> None:
    for task in tasks:
        running(ecs, task)
    ecs.get_waiter("tasks_running").wait(tasks=tasks)
    for task in tasks:
        stopped(ecs, task)
    ecs.get_waiter("tasks_stopped").wait(tasks=tasks)


def test_TK_62_none_too_many_and_malformed_ones_are_refused(ecs: Any) -> None:
    assert refused(ecs.describe_tasks, tasks=[]) == (
        "InvalidParameterException",
        "Tasks cannot be empty.",
    )
    many = [f"{number:032x}" for number in range(101)]
    assert refused(ecs.describe_tasks, tasks=many)[0] == "InvalidParameterException"
    for malformed in ("a task", "arn:aws:ecs:us-east-1:123456789012:service/default/web"):
        assert refused(ecs.describe_tasks, tasks=[malformed])[0] == "InvalidParameterException"
    code, _ = refused(ecs.describe_tasks, tasks=["0" * 32], include=["MOOD"])
    assert code == "InvalidParameterException"


def test_an_unknown_cluster_is_refused(ecs: Any) -> None:
    assert refused(ecs.describe_tasks, cluster="none", tasks=["0" * 32])[0] == (
        "ClusterNotFoundException"
    )
