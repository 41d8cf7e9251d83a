"""TargetGroup, and Target: one place in it where requests may go."""

from datetime import datetime
from typing import Any

import msgspec

from roadstead.state.records import Index, Record, Table


class HealthCheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Defaults are those of an application load balancer's HTTP group."""

    enabled: bool = True
    protocol: str = "HTTP"
    port: str = "traffic-port"
    path: str = "/"
    interval_seconds: int = 30
    timeout_seconds: int = 5
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    matcher: dict[str, str] = {}
    """HttpCode or GrpcCode."""


class TargetGroup(Record, frozen=True, kw_only=True):
    """`arn` is `…:targetgroup/<name>/<16 hex>`."""

    name: str = ""
    scope: str = ""
    protocol: str = "HTTP"
    """HTTP, HTTPS; TCP, UDP, TCP_UDP, TLS."""
    protocol_version: str = "HTTP1"
    """HTTP1, HTTP2 or GRPC, of HTTP and HTTPS."""
    port: int = 0
    vpc_id: str = ""
    target_type: str = "instance"
    """instance or ip."""
    ip_address_type: str = "ipv4"
    health_check: HealthCheck = HealthCheck()
    attributes: dict[str, str] = {}
    """Those that were set; what is not here has its default (`rules/attributes`)."""
    created_at: datetime | None = None
    tags: dict[str, str] = {}


class Target(Record, frozen=True, kw_only=True):
    """`arn` is `<target group ARN>|<id>|<port>`, made by `target_arn`.

    `status`: initial (no result yet), healthy, unhealthy, draining; or unused for a target that
    nothing can be sent to (`unreachable`). Its moves are a table, `MOVES` in
    `elbv2/rules/target_health.py`. DescribeTargetHealth shows this, but `unused` for every target
    of a group that no listener leads to.
    """

    target_group_arn: str = ""
    id: str = ""
    """An EC2 instance id, or an address."""
    port: int = 0
    address: str = ""
    """Where requests go: of an instance, its primary interface's address; empty if it has none."""
    zone: str = ""
    status: str = "initial"
    reason: str = "Elb.RegistrationInProgress"
    description: str = ""
    is_unhealthy: bool = False
    """Of a draining target: it also fails its health checks (unhealthy.draining)."""
    registered_at: datetime | None = None
    healthy_at: datetime | None = None
    """When it first became healthy: slow start counts from here."""
    draining_until: datetime | None = None


TARGET_GROUPS = Table("target_groups", TargetGroup)
TARGETS = Table("targets", Target)

TARGET_GROUPS_BY_SCOPE = Index(
    "target_groups_by_scope", TARGET_GROUPS, lambda each: (each.scope,), lambda each: each.name
)
TARGET_GROUPS_BY_NAME = Index(
    "target_groups_by_name", TARGET_GROUPS, lambda each: (f"{each.scope}/{each.name}",)
)
TARGETS_BY_GROUP = Index("targets_by_group", TARGETS, lambda each: (each.target_group_arn,))
TARGETS_BY_ID = Index("targets_by_id", TARGETS, lambda each: (each.id,))
"""Key: EC2 instance id, or address: wherever it is registered."""
DRAINING_TARGETS = Index(
    "draining_targets", TARGETS, lambda each: ("all",) if each.status == "draining" else ()
)
"""Key: `all`."""
TARGETS_BY_ADDRESS = Index(
    "targets_by_address", TARGETS, lambda each: (each.address,) if each.address else ()
)
"""Key: address. Who asks whether anything still drains at an interface looks here."""


def target_arn(target_group_arn: str, target_id: str, port: int) -> str:
    return f"{target_group_arn}|{target_id}|{port}"


def attribute(group: TargetGroup, name: str, default: Any) -> Any:
    """An attribute's text, or `default` where it was not set."""
    return group.attributes.get(name, default)
