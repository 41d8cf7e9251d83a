"""Container instances join, lose and find their agents, drain, and leave for good.

Invariant: an INACTIVE instance stays so, whatever its agent sends.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from roadstead.agent_protocol.refusals import RefusalType
from roadstead.aws.arns import last_part
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    INSTANCES_BY_EC2_ID,
    ContainerInstance,
)
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS
from roadstead.ecs.rules.interface_limits import (
    TRUNK_ATTRIBUTE,
    tasks_by_interfaces,
    tasks_by_trunk,
)
from roadstead.ecs.rules.registration import Registration
from roadstead.ecs.rules.stop_codes import (
    DEREGISTERED_REASON,
    TERMINATION_NOTICE,
    host_reason,
    lost_reason,
)
from roadstead.ecs.transitions.task_interfaces import host_is_gone
from roadstead.ecs.transitions.tasks import orphan_task
from roadstead.state.plans import Call
from roadstead.state.view import Tx

HostState = Literal["running", "stopped", "terminated"]
HEALTH_WRITTEN_SECONDS = 300
"""Checks come every half minute; one that says the same again is written only so often."""


class InstanceRefused(Exception):
    """An agent's connection is refused: `kind` and `text` are what its session tells it."""

    def __init__(self, kind: RefusalType, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind: RefusalType = kind
        self.text = text


def register_instance(
    tx: Tx, call: Call, cluster: Cluster, registration: Registration, tags: Mapping[str, str]
) -> ContainerInstance:
    """A machine joins the cluster: ACTIVE at once, connected when its agent's channel opens."""
    instance = ContainerInstance(
        arn=call.arn("ecs", f"container-instance/{cluster.name}/{call.ids.hex32()}"),
        cluster_arn=cluster.arn,
        custom_attributes=registration.custom_attributes,
        registered_at=call.now,
        tags=dict(tags),
    )
    return tx.put(CONTAINER_INSTANCES, _registered(instance, registration))


def reregister_instance(
    tx: Tx, instance: ContainerInstance, registration: Registration
) -> ContainerInstance:
    """Its agent restarted: resources and the agent's attributes are new, all else is kept.

    Custom attributes and tags count at the first registration only.
    """
    assert instance.status != "INACTIVE", "a deregistered instance does not come back"
    return tx.put(CONTAINER_INSTANCES, _registered(instance, registration))


def set_status(
    tx: Tx, instance: ContainerInstance, status: str, since: datetime | None = None
) -> ContainerInstance:
    """Move between ACTIVE and DRAINING; its tasks are the services' business."""
    assert {instance.status, status} <= {"ACTIVE", "DRAINING"}
    since = since if status == "DRAINING" else None
    changed = msgspec.structs.replace(instance, status=status, draining_since=since)
    return tx.put(CONTAINER_INSTANCES, changed)


def deregister_instance(
    tx: Tx,
    call: Call,
    instance: ContainerInstance,
    *,
    reason: str = DEREGISTERED_REASON,
    stop_code: str = "",
) -> ContainerInstance:
    """The instance is INACTIVE at once and for ever; its live tasks become orphans.

    Nothing is sent to the agent: its containers run on, unknown to ECS. Tags and attributes go.
    """
    for task in tx.find(LIVE_TASKS_BY_INSTANCE, instance.arn):
        orphan_task(tx, call, task, reason=reason, stop_code=stop_code)
    return tx.put(
        CONTAINER_INSTANCES,
        msgspec.structs.replace(
            instance,
            status="INACTIVE",
            agent_connected=False,
            deregistered_at=call.now,
            attributes={},
            custom_attributes={},
            tags={},
        ),
    )


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
    instance = tx.get(CONTAINER_INSTANCES, container_instance_arn)
    if instance is None or instance.status == "INACTIVE":
        identity = last_part(container_instance_arn)
        raise InstanceRefused(
            "InactiveInstanceException", f"Container instance {identity} is inactive."
        )
    return tx.put(
        CONTAINER_INSTANCES,
        msgspec.structs.replace(
            instance,
            agent_connected=True,
            connections=instance.connections + 1,
            connected_at=instance.connected_at if instance.agent_connected else call.now,
            agent_version=agent_version or instance.agent_version,
            agent_hash=agent_hash or instance.agent_hash,
            docker_version=docker_version or instance.docker_version,
        ),
    )


def agent_disconnected(
    tx: Tx, call: Call, container_instance_arn: str, connections: int
) -> ContainerInstance | None:
    """Connection number `connections` has been gone for as long as counts as disconnected.

    Nothing happens when a newer connection is open, or the instance is gone.
    """
    instance = tx.get(CONTAINER_INSTANCES, container_instance_arn)
    if instance is None or not instance.agent_connected or instance.connections != connections:
        return None
    return _disconnected(tx, call, instance)


def instance_state_changed(
    tx: Tx, call: Call, ec2_instance_id: str, state: HostState
) -> list[ContainerInstance]:
    """The host was started, stopped or terminated; returns the instances that it changed.

    terminated with a connected agent: deregistered, tasks STOPPED. terminated while disconnected:
    stays ACTIVE until deregistered by hand. stopped: agentConnected false, tasks STOPPED.
    running: nothing, until the agent connects.
    """
    if state == "terminated":
        host_is_gone(tx, call, ec2_instance_id)
    changed = []
    for instance in tx.find(INSTANCES_BY_EC2_ID, f"{call.scope}/{ec2_instance_id}"):
        if instance.status == "INACTIVE" or state == "running":
            continue
        reason = host_reason(ec2_instance_id, state)
        if state == "stopped":
            for task in tx.find(LIVE_TASKS_BY_INSTANCE, instance.arn):
                orphan_task(tx, call, task, reason=reason, stop_code=TERMINATION_NOTICE)
            changed.append(_disconnected(tx, call, instance))
        elif instance.agent_connected:
            changed.append(
                deregister_instance(tx, call, instance, reason=reason, stop_code=TERMINATION_NOTICE)
            )
    return changed


def await_agents_anew(tx: Tx, now: datetime) -> None:
    """The control plane was gone: until now no disconnected agent could make itself heard."""
    for instance in list(tx.all(CONTAINER_INSTANCES)):
        if not instance.agent_connected and instance.status != "INACTIVE":
            tx.put(CONTAINER_INSTANCES, msgspec.structs.replace(instance, awaited_since=now))


def give_up_tasks(
    tx: Tx, call: Call, instance: ContainerInstance, task_arns: Iterable[str], seconds: int
) -> None:
    """Record tasks of a host that was not heard for so long as STOPPED: others take their place.

    An agent that returns after all learns from its manifest that they are to end.
    """
    assert not instance.agent_connected, f"the agent of {instance.arn} is there"
    reason = lost_reason(instance.ec2_instance_id, seconds)
    for arn in task_arns:
        task = tx.must(TASKS, arn)
        orphan_task(tx, call, task, reason=reason, stop_code=TERMINATION_NOTICE)


def report_health(
    tx: Tx, call: Call, container_instance_arn: str, statuses: Iterable[Mapping[str, Any]]
) -> ContainerInstance | None:
    """Keep what telemetry told of the instance's health.

    statuses: members of InstanceHealthCheckResult, times as datetimes, `type` in an agent's
        spelling (ContainerRuntime) or the API's (CONTAINER_RUNTIME); unknown types are left out.
    None, and nothing changes, when the instance is not there or INACTIVE.
    """
    instance = tx.get(CONTAINER_INSTANCES, container_instance_arn)
    if instance is None or instance.status == "INACTIVE":
        return None
    health = dict(instance.health)
    for status in statuses:
        kind = _HEALTH_TYPES.get(status["type"].replace("_", "").upper())
        if kind is None or status.get("status") not in _HEALTH_STATUSES:
            continue
        news = {key: value for key, value in status.items() if key != "type" and value}
        news.setdefault("lastUpdated", call.now)
        if _is_news(health.get(kind), news):
            health[kind] = news
    if health == instance.health:
        return instance
    return tx.put(CONTAINER_INSTANCES, msgspec.structs.replace(instance, health=health))


_HEALTH_TYPES = {
    name.replace("_", ""): name
    for name in ("CONTAINER_RUNTIME", "ACCELERATED_COMPUTE", "DAEMON", "AGENT_CONNECTIVITY")
}
_HEALTH_STATUSES = frozenset({"OK", "IMPAIRED", "INSUFFICIENT_DATA", "INITIALIZING"})


def _is_news(known: Mapping[str, Any] | None, news: Mapping[str, Any]) -> bool:
    if known is None or any(known.get(key) != news.get(key) for key in ("status", "statusReason")):
        return True
    before, now = known.get("lastUpdated"), news.get("lastUpdated")
    if before is None or now is None:
        return before is not now
    return bool(now - before >= timedelta(seconds=HEALTH_WRITTEN_SECONDS))


def _disconnected(tx: Tx, call: Call, instance: ContainerInstance) -> ContainerInstance:
    if not instance.agent_connected:
        return instance
    return tx.put(
        CONTAINER_INSTANCES,
        msgspec.structs.replace(instance, agent_connected=False, disconnected_at=call.now),
    )


def _registered(instance: ContainerInstance, registration: Registration) -> ContainerInstance:
    host = registration.host
    instance_type = host.instance_type or instance.instance_type
    # Trunks come with the first registration, and stay for as long as the instance does.
    trunk_id = registration.trunk_id or instance.attributes.get(TRUNK_ATTRIBUTE) or ""
    on_trunk = tasks_by_trunk(instance_type) if trunk_id else None
    trunk: dict[str, str | None] = {} if on_trunk is None else {TRUNK_ATTRIBUTE: trunk_id}
    return msgspec.structs.replace(
        instance,
        ec2_instance_id=host.ec2_instance_id or instance.ec2_instance_id,
        instance_type=instance_type,
        task_interfaces_max=on_trunk or tasks_by_interfaces(instance_type),
        availability_zone=registration.availability_zone,
        private_ip_address=host.private_ip_address or instance.private_ip_address,
        external=registration.external,
        attributes={**registration.attributes, **trunk},
        cpu_units=registration.resources.cpu_units,
        memory_mib=registration.resources.memory_mib,
        reserved_ports=registration.resources.ports,
        reserved_ports_udp=registration.resources.ports_udp,
        resources=registration.resources.document,
        platform_devices=registration.platform_devices,
        agent_version=registration.agent_version or instance.agent_version,
        agent_hash=registration.agent_hash or instance.agent_hash,
        docker_version=registration.docker_version or instance.docker_version,
    )
