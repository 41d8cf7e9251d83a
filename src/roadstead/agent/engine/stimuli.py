"""What can happen to an engine."""

import msgspec

from roadstead.agent.runtime.port import Executed, Exit, Found, Image, Started
from roadstead.agent_protocol.messages import acs


class PayloadReceived(msgspec.Struct, frozen=True):
    message: acs.PayloadMessage


class ManifestReceived(msgspec.Struct, frozen=True):
    message: acs.TaskManifestMessage


class StopsVerified(msgspec.Struct, frozen=True):
    message: acs.TaskStopVerificationAck


class RuntimeFound(msgspec.Struct, frozen=True):
    """What runs, after a restart of the agent. First stimulus of every engine."""

    found: tuple[Found, ...]


class Pulled(msgspec.Struct, frozen=True):
    container_id: str
    image: Image


class NetworkPrepared(msgspec.Struct, frozen=True):
    task_arn: str


class NetworkFailed(msgspec.Struct, frozen=True):
    """A task's network cannot be made, for an ECS error's name and a text."""

    task_arn: str
    name: str
    text: str


class NetworkReleased(msgspec.Struct, frozen=True):
    task_arn: str


class Created(msgspec.Struct, frozen=True):
    container_id: str


class ContainerStarted(msgspec.Struct, frozen=True):
    container_id: str
    started: Started


class StepFailed(msgspec.Struct, frozen=True):
    """A pull, create or start failed, for an ECS error's name and a text."""

    container_id: str
    name: str
    text: str


class Exited(msgspec.Struct, frozen=True):
    exit: Exit


class Checked(msgspec.Struct, frozen=True):
    """A health check has ended. `run`: which run of the container it looked at."""

    container_id: str
    run: int
    result: Executed


class Removed(msgspec.Struct, frozen=True):
    container_id: str


class RemoveFailed(msgspec.Struct, frozen=True):
    container_id: str
    text: str


class TaskRemoved(msgspec.Struct, frozen=True):
    task_arn: str


class ReportAccepted(msgspec.Struct, frozen=True):
    """The first report of a task's outbox has arrived, or can never arrive."""

    task_arn: str


class TimerFired(msgspec.Struct, frozen=True):
    key: str


Stimulus = (
    PayloadReceived
    | ManifestReceived
    | StopsVerified
    | RuntimeFound
    | Pulled
    | NetworkPrepared
    | NetworkFailed
    | NetworkReleased
    | Created
    | ContainerStarted
    | StepFailed
    | Exited
    | Checked
    | Removed
    | RemoveFailed
    | TaskRemoved
    | ReportAccepted
    | TimerFired
)
