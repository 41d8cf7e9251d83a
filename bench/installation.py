"""All of Roadstead on this machine: `roadstead up` with a few instances, and the image in place."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench.ecs_client import EcsClient
from bench.programs import Failed, free_port, run, uninterrupted, wait_until
from roadstead.aws.sigv4 import Credentials

IMAGE = "bench/app:latest"
MEMORY_MIB = 64
CPU_UNITS = 100
"""Fifty such tasks fit on three t3.medium; the peers give the same shares."""
COMMAND = ["sh", "-c", 'trap "exit 0" TERM; sleep 600 & wait']
"""Ends at once on SIGTERM, so that stopping is not a matter of waiting for a timeout."""
POLL_SECONDS = 0.003
POLL_MANY_SECONDS = 0.02
"""Fifty tasks take the server a millisecond or two to describe: asked less often."""


class Installation:
    """A Roadstead that is up."""

    def __init__(self, folder: Path, port: int, credentials: Credentials) -> None:
        self.folder = folder
        self.credentials = credentials
        self.ecs = EcsClient(port, credentials)

    def register(self) -> None:
        """The family `app`: one container of the image, in bridge mode."""
        self.ecs.call(
            "RegisterTaskDefinition",
            family="app",
            networkMode="bridge",
            containerDefinitions=[
                {
                    "name": "app",
                    "image": IMAGE,
                    "cpu": CPU_UNITS,
                    "memory": MEMORY_MIB,
                    "essential": True,
                    "command": COMMAND,
                }
            ],
        )

    def instances(self) -> list[str]:
        """ARNs of the container instances."""
        arns: list[str] = self.ecs.call("ListContainerInstances")["containerInstanceArns"]
        return arns

    def describe(self, task_arns: Sequence[str]) -> list[dict[str, Any]]:
        """The tasks, as DescribeTasks shows them."""
        tasks: list[dict[str, Any]] = self.ecs.call("DescribeTasks", tasks=list(task_arns))["tasks"]
        return tasks

    def wait_for_status(self, task_arns: Sequence[str], status: str) -> None:
        """Return once DescribeTasks shows all of them in that status. Raises: Failed"""
        every_seconds = POLL_SECONDS if len(task_arns) == 1 else POLL_MANY_SECONDS

        def all_there() -> bool:
            tasks = self.describe(task_arns)
            stopped = [each for each in tasks if each["lastStatus"] == "STOPPED"]
            if stopped and status != "STOPPED":
                raise Failed(f"a task stopped: {stopped[0].get('stoppedReason')}")
            return all(each["lastStatus"] == status for each in tasks)

        wait_until(all_there, f"tasks are {status}", every_seconds=every_seconds)

    def running(self, service: str) -> list[dict[str, Any]]:
        """The service's tasks that are RUNNING and meant to."""
        arns = self.ecs.call("ListTasks", serviceName=service)["taskArns"]
        tasks = self.describe(arns) if arns else []
        return [each for each in tasks if each["lastStatus"] == "RUNNING"]

    def stop_all(self) -> None:
        """Stop every task that is left, and wait until it has."""
        arns = self.ecs.call("ListTasks")["taskArns"]
        for arn in arns:
            self.ecs.call("StopTask", task=arn)
        if arns:
            self.wait_for_status(arns, "STOPPED")

    def wait_until_all_stopped(self) -> None:
        """Stop what is left, and wait until no task is ending any more."""
        self.stop_all()

        def is_none_left() -> bool:
            arns = self.ecs.call("ListTasks", desiredStatus="STOPPED")["taskArns"]
            return all(each["lastStatus"] == "STOPPED" for each in self.describe(arns[-100:]))

        wait_until(is_none_left, "all tasks have stopped")


@contextmanager
def installation(
    folder: Path,
    layout: Path,
    *,
    instances: int = 3,
    healthy_after_seconds: int | None = None,
    words: Sequence[str] = (),
) -> Iterator[Installation]:
    """A Roadstead with the image of the OCI layout; no trace of it is left afterwards.

    words: more of `roadstead up`.
    """
    port = free_port()
    words = [*words, "--detach", "--instances", str(instances), "--port", str(port)]
    if healthy_after_seconds is not None:
        words += ["--healthy-after", str(healthy_after_seconds)]
    try:
        with uninterrupted():
            _roadstead("up", folder, *words)
        _roadstead("image import", folder, str(layout), "--name", IMAGE)
        key = _root_key(folder)
        there = Installation(folder, port, key)
        there.register()
        yield there
    finally:
        if folder.exists():
            _roadstead("down", folder, "--purge")


def _roadstead(command: str, folder: Path, *words: str) -> str:
    return run(
        [*(sys.executable, "-m", "roadstead"), *command.split(), "--data-dir", str(folder), *words]
    )


def _root_key(folder: Path) -> Credentials:
    keys = msgspec.json.decode((folder / "keys.json").read_bytes())["keys"]
    root = next(key for key in keys if key["kind"] == "root")
    return Credentials(root["access_key_id"], root["secret_access_key"])
