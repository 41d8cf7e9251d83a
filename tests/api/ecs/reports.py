"""What API tests let an agent report."""

from typing import Any


def running(ecs: Any, task: str, container: str = "app", **news: Any) -> None:
    """The task runs."""
    ecs.submit_task_state_change(
        task=task,
        status="RUNNING",
        containers=[
            {"containerName": container, "status": "RUNNING", "runtimeId": "a21b4b25", **news}
        ],
    )


def stopped(ecs: Any, task: str, container: str = "app", exit_code: int = 0) -> None:
    """The task has stopped."""
    ecs.submit_task_state_change(
        task=task,
        status="STOPPED",
        containers=[
            {"containerName": container, "status": "STOPPED", "exitCode": exit_code},
        ],
    )


def described(ecs: Any, task: str, **include: Any) -> dict[str, Any]:
    """The task as DescribeTasks shows it."""
    (shown,) = ecs.describe_tasks(tasks=[task], **include)["tasks"]
    found: dict[str, Any] = shown
    return found
