"""What the tests of service operations share."""

from collections.abc import Callable
from typing import Any

import msgspec
from registered import register

from refusals import refused
from roadstead.ecs.records.task import LIVE_TASKS_BY_SERVICE, TASKS
from roadstead.state.view import Tx


def refusal_of(call: Callable[..., Any], *arguments: Any, **parameters: Any) -> tuple[str, str]:
    """Code and message of the error that the call gets."""
    return refused(lambda: call(*arguments, **parameters))


def the_service(ecs: Any, name: str = "web") -> dict[str, Any]:
    (service,) = ecs.describe_services(services=[name], include=["TAGS"])["services"]
    return dict(service)


def register_web(ecs: Any, family: str = "web") -> str:
    """The ARN of a new revision."""
    return str(register(ecs, family)["taskDefinitionArn"])


def agents_work(server: Any, service_arn: str) -> None:
    """Every PENDING task of the service gets RUNNING, every one asked to stop is STOPPED."""

    def work(tx: Tx) -> None:
        now = server.clock.now()
        for task in tx.find(LIVE_TASKS_BY_SERVICE, service_arn):
            if task.desired_status == "STOPPED":
                changed = msgspec.structs.replace(task, last_status="STOPPED", stopped_at=now)
                tx.put(TASKS, changed)
            elif task.last_status == "PENDING":
                tx.put(TASKS, msgspec.structs.replace(task, last_status="RUNNING", started_at=now))

    server.update(work)
    server.settle()
