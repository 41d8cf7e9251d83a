"""What usually helps, by how a task ended."""

from typing import Any

import pytest

from given import a_container, a_task
from roadstead.control.stop_advice import stop_advice


@pytest.mark.parametrize(
    ("fields", "container", "about"),
    [
        ({"stop_code": "TaskFailedToStart"}, {"reason": "CannotPullContainerError: x"}, "image"),
        ({"stop_code": "EssentialContainerExited"}, {"exit_code": 137}, "SIGKILL"),
        ({"stop_code": "EssentialContainerExited"}, {"exit_code": 127}, "not in the image"),
        ({"stop_code": "EssentialContainerExited"}, {"exit_code": 3}, "exit code 3"),
        ({"stop_code": "EssentialContainerExited"}, {"exit_code": 0}, "a job rather than a server"),
        ({"stop_code": "UserInitiated"}, {"exit_code": 143}, "StopTask"),
        ({"stop_code": "ServiceSchedulerInitiated"}, {}, "did not want it any more"),
        (
            {
                "stop_code": "ServiceSchedulerInitiated",
                "stopped_reason": "Task failed container health checks",
            },
            {},
            "run its command by hand",
        ),
        ({"stop_code": "TerminationNotice"}, {}, "stopped or terminated"),
        (
            {
                "stop_code": "TerminationNotice",
                "stopped_reason": "Host EC2 (instance i-1) was not heard for 10 seconds.",
            },
            {},
            "the machine may still run it",
        ),
        (
            {"stopped_reason": "Container instance deregistration forced by user"},
            {},
            "may still run on the machine",
        ),
        ({"stop_code": "EssentialContainerExited"}, {}, "logs"),
    ],
)
def test_the_first_advice_fits_the_end(
    fields: dict[str, Any], container: dict[str, Any], about: str
) -> None:
    task = a_task(last_status="STOPPED", containers=(a_container(**container),), **fields)
    assert about in stop_advice(task)[0]


def test_who_stopped_it_is_told_only_when_nothing_says_why() -> None:
    unhealthy = a_task(
        last_status="STOPPED",
        stop_code="ServiceSchedulerInitiated",
        stopped_reason="Task failed container health checks",
    )
    assert len(stop_advice(unhealthy)) == 1
