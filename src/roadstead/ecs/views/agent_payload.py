"""Tasks as agents are told of them: PayloadTask, and the manifest.

A task that should run goes whole; of one that should stop only its ARN and that.
"""

import msgspec

from roadstead.agent_protocol.messages.acs import TaskIdentity
from roadstead.agent_protocol.messages.payload import DesiredStatus, PayloadTask
from roadstead.ecs.records.task import Task
from roadstead.state.view import View


class WantedTask(msgspec.Struct, frozen=True):
    """What an agent should have been told of one task. Compare it with what it was told."""

    arn: str
    desired_status: DesiredStatus


def wanted_tasks(view: View, container_instance_arn: str) -> list[WantedTask]:
    """Every task of the instance that is not STOPPED, oldest first.

    Cheap; make payloads (`payload_task`) only of those the agent was not told yet.
    """
    raise NotImplementedError


def payload_task(view: View, task: Task) -> PayloadTask:
    """The task as its agent needs it."""
    raise NotImplementedError


def tasks_for_agent(view: View, container_instance_arn: str) -> list[PayloadTask]:
    """The payloads of all `wanted_tasks`, oldest first: agents start them in that order."""
    raise NotImplementedError


def manifest_for_agent(view: View, container_instance_arn: str) -> tuple[TaskIdentity, ...]:
    """The tasks that should run on the instance, for a TaskManifestMessage."""
    raise NotImplementedError


def stops_confirmed(
    view: View, container_instance_arn: str, candidates: tuple[TaskIdentity, ...]
) -> tuple[TaskIdentity, ...]:
    """Those of an agent's stop candidates that should really not run there."""
    raise NotImplementedError
