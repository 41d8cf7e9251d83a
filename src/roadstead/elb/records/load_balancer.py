"""ClassicLoadBalancer with its listeners, health check and registered instances."""

from datetime import datetime

import msgspec

from roadstead.state.records import Index, Record, Table


class ClassicListener(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    protocol: str
    """HTTP, HTTPS, TCP or SSL; as is `instance_protocol`."""
    load_balancer_port: int
    instance_protocol: str
    instance_port: int
    ssl_certificate_id: str = ""
    policy_names: tuple[str, ...] = ()


class ClassicHealthCheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    target: str = "TCP:80"
    """`HTTP:80/path`, `HTTPS:443/path`, `TCP:80` or `SSL:443`."""
    interval_seconds: int = 30
    timeout_seconds: int = 5
    unhealthy_threshold: int = 2
    healthy_threshold: int = 10


class ClassicInstance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An EC2 instance that is registered, or drains."""

    instance_id: str
    address: str = ""
    state: str = "OutOfService"
    """InService, OutOfService or Unknown."""
    reason_code: str = "ELB"
    """ELB, Instance or N/A."""
    description: str = "Instance registration is still in progress."
    registered_at: datetime | None = None
    draining_until: datetime | None = None
    """Set once it is deregistered while connection draining is on; it is gone at that time."""


class ClassicLoadBalancer(Record, frozen=True, kw_only=True):
    """`arn` is `…:loadbalancer/<name>`."""

    name: str = ""
    scope: str = ""
    scheme: str = "internet-facing"
    dns_name: str = ""
    vpc_id: str = ""
    subnets: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    """(network interface id, address), one a subnet."""
    security_groups: tuple[str, ...] = ()
    listeners: tuple[ClassicListener, ...] = ()
    health_check: ClassicHealthCheck = ClassicHealthCheck()
    instances: tuple[ClassicInstance, ...] = ()
    is_draining_enabled: bool = False
    draining_seconds: int = 300
    idle_seconds: int = 60
    is_cross_zone: bool = False
    created_at: datetime | None = None
    tags: dict[str, str] = {}


CLASSIC_LOAD_BALANCERS = Table("classic_load_balancers", ClassicLoadBalancer)

CLASSIC_BY_SCOPE = Index(
    "classic_by_scope", CLASSIC_LOAD_BALANCERS, lambda each: (each.scope,), lambda each: each.name
)
