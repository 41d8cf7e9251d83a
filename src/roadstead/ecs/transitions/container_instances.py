"""Container instances join, lose and find their agents, drain, and leave for good.

Invariant: an INACTIVE instance stays so, whatever its agent sends.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from roadstead.agent_protocol.refusals import RefusalType
from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.state.plans import Call
from roadstead.state.view import Tx

HostState = Literal["running", "stopped", "terminated"]


class InstanceRefused(Exception):
    """An agent's connection is refused: `kind` and `text` are what its session tells it."""

    def __init__(self, kind: RefusalType, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind: RefusalType = kind
        self.text = text


def agent_connected(
    tx: Tx,
    call: Call,
    container_instance_arn: str,
    *,
    agent_version: str,
    agent_hash: str,
    docker_version: str,
) -> ContainerInstance:
    """The agent's command channel is open. `connections` of the result numbers this connection.

    Raises: InstanceRefused when the instance is deregistered or unknown
    """
    raise NotImplementedError


def agent_disconnected(
    tx: Tx, call: Call, container_instance_arn: str, connections: int
) -> ContainerInstance | None:
    """Connection number `connections` has been gone for as long as counts as disconnected.

    Nothing happens when a newer connection is open, or the instance is gone.
    """
    raise NotImplementedError


def instance_state_changed(
    tx: Tx, call: Call, ec2_instance_id: str, state: HostState
) -> list[ContainerInstance]:
    """The host was started, stopped or terminated; returns the instances that it changed.

    terminated with a connected agent: deregistered, tasks STOPPED. terminated while disconnected:
    stays ACTIVE until deregistered by hand. stopped: agentConnected false, tasks STOPPED.
    running: nothing, until the agent connects.
    """
    raise NotImplementedError


def report_health(
    tx: Tx, call: Call, container_instance_arn: str, statuses: Iterable[Mapping[str, Any]]
) -> ContainerInstance | None:
    """Keep what telemetry told of the instance's health.

    Shape: InstanceHealthCheckResult, times as datetimes, for each of `statuses`. None, and nothing
    changes, when the instance is not there or INACTIVE.
    """
    raise NotImplementedError
