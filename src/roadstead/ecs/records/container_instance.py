"""ContainerInstance: a machine on which an agent runs tasks for one cluster.

What its tasks use of it is not stored here: it follows from the tasks (records/capacity.py).
A deregistered instance stays as INACTIVE for an hour and never comes back.
"""

from datetime import datetime
from typing import Any

from roadstead.ecs.records.scope import scope_of
from roadstead.state.records import Index, Record, Table


class ContainerInstance(Record, frozen=True, kw_only=True):
    cluster_arn: str = ""
    ec2_instance_id: str = ""
    status: str = "ACTIVE"
    """ACTIVE, DRAINING or INACTIVE; REGISTERING, REGISTRATION_FAILED and DEREGISTERING come with
    trunk interfaces."""
    status_reason: str = ""
    agent_connected: bool = False
    connections: int = 0
    """How often its agent has connected. Sequence numbers of a connection start at a multiple."""
    agent_version: str = ""
    agent_hash: str = ""
    docker_version: str = ""
    cpu_units: int = 0
    memory_mib: int = 0
    reserved_ports: tuple[int, ...] = ()
    reserved_ports_udp: tuple[int, ...] = ()
    task_interfaces_max: int = 0
    """As many awsvpc tasks can have an interface here at a time."""
    resources: tuple[dict[str, Any], ...] = ()
    """totalResources as registered: also what nothing here reads (GPU, NEURON_CORES)."""
    attributes: dict[str, str | None] = {}
    """Set by the service and by the agent."""
    custom_attributes: dict[str, str | None] = {}
    """Set by users, and by the agent's configuration at the first registration."""
    availability_zone: str = ""
    instance_type: str = ""
    private_ip_address: str = ""
    external: bool = False
    capacity_provider_name: str = ""
    platform_devices: tuple[dict[str, Any], ...] = ()
    registered_at: datetime | None = None
    deregistered_at: datetime | None = None
    draining_since: datetime | None = None
    """Of one that is DRAINING, and of one that was when it was deregistered."""
    connected_at: datetime | None = None
    disconnected_at: datetime | None = None
    awaited_since: datetime | None = None
    """Since when a control plane that was itself gone could have heard its agent again."""
    agent_update_status: str = ""
    health: dict[str, Any] = {}
    """Health check type → {status, statusReason, lastUpdated, lastStatusChange} as last heard."""
    tags: dict[str, str] = {}


CONTAINER_INSTANCES = Table("container_instances", ContainerInstance)


def _listed_under(instance: ContainerInstance) -> tuple[str, ...]:
    if instance.status == "INACTIVE":
        return ()
    return (instance.cluster_arn, f"{instance.cluster_arn}|{instance.status}")


LISTED_CONTAINER_INSTANCES = Index("listed_container_instances", CONTAINER_INSTANCES, _listed_under)
"""Key: cluster ARN, or `cluster ARN|status`. INACTIVE ones are under no key."""

INSTANCES_BY_CUSTOM_ATTRIBUTE = Index(
    "instances_by_custom_attribute",
    CONTAINER_INSTANCES,
    lambda instance: (
        tuple(f"{instance.cluster_arn}|{name}" for name in instance.custom_attributes)
        if instance.custom_attributes and instance.status != "INACTIVE"
        else ()
    ),
)
"""Key: `cluster ARN|name`. INACTIVE ones are under no key."""

INSTANCES_BY_EC2_ID = Index(
    "instances_by_ec2_id",
    CONTAINER_INSTANCES,
    lambda instance: (
        (f"{scope_of(instance.arn)}/{instance.ec2_instance_id}",)
        if instance.ec2_instance_id
        else ()
    ),
)
"""Key: `scope/i-…`. More than one when stale records were left."""
