"""What an engine asks of the program around it. `SaveTask` and `ForgetTask` come first."""

import msgspec

from roadstead.agent.engine.records import Report
from roadstead.agent.runtime.port import ContainerSpec, NetworkBinding, TaskNetwork
from roadstead.agent_protocol.messages import acs


class SaveTask(msgspec.Struct, frozen=True):
    """Keep this record before any later instruction is run."""

    task_arn: str
    record: bytes


class ForgetTask(msgspec.Struct, frozen=True):
    """Delete the record."""

    task_arn: str


class Pull(msgspec.Struct, frozen=True):
    container_id: str
    image: str


class PrepareNetwork(msgspec.Struct, frozen=True):
    """Make the task's network, then feed `NetworkPrepared` or `NetworkFailed`."""

    task_arn: str
    network: TaskNetwork


class ReleaseNetwork(msgspec.Struct, frozen=True):
    """Take the task's network away, then feed `NetworkReleased`."""

    task_arn: str


class Create(msgspec.Struct, frozen=True):
    spec: ContainerSpec


class Start(msgspec.Struct, frozen=True):
    container_id: str


class Signal(msgspec.Struct, frozen=True):
    container_id: str
    signal: str


class Remove(msgspec.Struct, frozen=True):
    container_id: str


class RemoveTask(msgspec.Struct, frozen=True):
    task_arn: str


class HoldPorts(msgspec.Struct, frozen=True):
    """Give these host ports to no other container, whatever becomes of this one."""

    container_id: str
    bindings: tuple[NetworkBinding, ...]


class FreePorts(msgspec.Struct, frozen=True):
    """What is held for this container may be given to others, once it is gone."""

    container_id: str


class Check(msgspec.Struct, frozen=True):
    """Run this in the container, then feed `Checked` with the same container and run."""

    container_id: str
    run: int
    command: tuple[str, ...]
    timeout_seconds: float


class PublishHealth(msgspec.Struct, frozen=True):
    """The health of one of this task's containers changed: tell it soon, if it can be told."""

    task_arn: str


class Submit(msgspec.Struct, frozen=True):
    """Report until it is accepted, then feed `ReportAccepted`."""

    report: Report


class Acknowledge(msgspec.Struct, frozen=True):
    """What this message asked is taken over, once the records above are safe on disk."""

    message: acs.ServerMessage


class NameStopCandidates(msgspec.Struct, frozen=True):
    """Tell the control plane what runs here beyond its manifest."""

    message: acs.TaskStopVerificationMessage


class SetTimer(msgspec.Struct, frozen=True):
    """Feed `TimerFired(key)` after so many seconds; a timer of the same key is replaced."""

    key: str
    seconds: float


class Tell(msgspec.Struct, frozen=True):
    """A line for the agent's log."""

    text: str


Instruction = (
    SaveTask
    | ForgetTask
    | Pull
    | PrepareNetwork
    | ReleaseNetwork
    | Create
    | Start
    | Signal
    | Remove
    | RemoveTask
    | HoldPorts
    | FreePorts
    | Check
    | PublishHealth
    | Submit
    | Acknowledge
    | NameStopCandidates
    | SetTimer
    | Tell
)
