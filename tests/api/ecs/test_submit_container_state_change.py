"""SubmitContainerStateChange, as old agents send it."""

from typing import Any

import pytest
from registered import register
from reports import described

from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")


def test_news_of_a_container_are_merged(ecs: Any, register_instances: Any) -> None:
    register_instances()
    register(ecs)
    task = ecs.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    news = {"cluster": "default", "task": task, "containerName": "app"}
    ecs.submit_container_state_change(**news, status="RUNNING", runtimeId="r")
    (container,) = described(ecs, task)["containers"]
    assert (container["lastStatus"], container["runtimeId"]) == ("RUNNING", "r")
    ecs.submit_container_state_change(**news, status="STOPPED", exitCode=4)
    ended = described(ecs, task)
    assert ended["containers"][0]["exitCode"] == 4
    assert (ended["desiredStatus"], ended["stopCode"]) == ("STOPPED", "EssentialContainerExited")


def test_news_of_nothing_are_acknowledged(ecs: Any) -> None:
    answer = ecs.submit_container_state_change(task="0" * 32, containerName="app", status="STOPPED")
    assert answer["acknowledgment"]


def test_a_status_that_is_none_is_refused(ecs: Any) -> None:
    code, _ = refused(ecs.submit_container_state_change, task="0" * 32, status="DANCING")
    assert code == "InvalidParameterException"
    assert refused(ecs.submit_container_state_change)[0] == "InvalidParameterException"
