"""StopTask."""

from typing import Any

import pytest
from registered import register
from reports import described, running, stopped

from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")


@pytest.fixture
def task(ecs: Any, register_instances: Any) -> str:
    """The ARN of a RUNNING task."""
    register_instances()
    register(ecs)
    arn: str = ecs.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    running(ecs, arn)
    return arn


def test_TK_42_the_task_is_desired_stopped_and_runs_until_its_agent_says_so(
    ecs: Any, task: str
) -> None:
    answer = ecs.stop_task(task=task.rpartition("/")[2], reason="enough")["task"]
    assert (answer["desiredStatus"], answer["lastStatus"]) == ("STOPPED", "RUNNING")
    assert (answer["stopCode"], answer["stoppedReason"]) == ("UserInitiated", "enough")
    assert "stoppedAt" not in answer
    stopped(ecs, task, exit_code=143)
    ended = described(ecs, task)
    assert (ended["lastStatus"], ended["stoppedReason"]) == ("STOPPED", "enough")
    assert ended["containers"][0]["exitCode"] == 143
    assert ended["stoppedAt"] >= ended["stoppingAt"] >= ended["startedAt"] >= ended["createdAt"]


def test_without_a_reason_the_user_is_named(ecs: Any, task: str) -> None:
    assert ecs.stop_task(task=task)["task"]["stoppedReason"] == "Task stopped by user"


def test_TK_43_stopping_twice_changes_nothing(ecs: Any, task: str) -> None:
    first = ecs.stop_task(task=task, reason="one")["task"]
    assert ecs.stop_task(task=task, reason="two")["task"] == first
    stopped(ecs, task)
    assert ecs.stop_task(task=task, reason="three")["task"]["stoppedReason"] == "one"


def test_TK_45_tags_are_deleted(ecs: Any, task: str) -> None:
    ecs.tag_resource(resourceArn=task, tags=[{"key": "a", "value": "b"}])
    ecs.stop_task(task=task)
    assert described(ecs, task, include=["TAGS"])["tags"] == []


def test_CI_01_its_resources_are_free_at_once(ecs: Any, task: str) -> None:
    def memory_left() -> int:
        (arn,) = ecs.list_container_instances()["containerInstanceArns"]
        (shown,) = ecs.describe_container_instances(containerInstances=[arn])["containerInstances"]
        left = {each["name"]: each["integerValue"] for each in shown["remainingResources"]}
        return int(left["MEMORY"])

    assert memory_left() == 4096 - 64
    ecs.stop_task(task=task)
    assert memory_left() == 4096


def test_TK_42_an_unknown_task_is_refused(ecs: Any, task: str) -> None:
    refusal = ("InvalidParameterException", "The referenced task was not found.")
    assert refused(ecs.stop_task, task="0" * 32) == refusal
    ecs.create_cluster(clusterName="other")
    assert refused(ecs.stop_task, cluster="other", task=task)[0] == "InvalidParameterException"
    assert refused(ecs.stop_task, cluster="none", task=task)[0] == "ClusterNotFoundException"
    assert refused(ecs.stop_task, task="not a task")[0] == "InvalidParameterException"


def test_a_reason_has_255_characters_at_most(ecs: Any, task: str) -> None:
    assert refused(ecs.stop_task, task=task, reason="r" * 256)[0] == "InvalidParameterException"
    assert described(ecs, task)["desiredStatus"] == "RUNNING"
