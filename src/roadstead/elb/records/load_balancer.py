"""ClassicLoadBalancer with its listeners and health check, and the instances it leads to."""

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
    """Source: botocore:elb#HealthCheck"""

    target: str = "TCP:80"
    """`HTTP:80/path`, `HTTPS:443/path`, `TCP:80` or `SSL:443`."""
    interval_seconds: int = 30
    timeout_seconds: int = 5
    unhealthy_threshold: int = 2
    healthy_threshold: int = 10


class ClassicLoadBalancer(Record, frozen=True, kw_only=True):
    """`arn` is `…:loadbalancer/<name>`."""

    name: str = ""
    scope: str = ""
    scheme: str = "internet-facing"
    dns_name: str = ""
    vpc_id: str = ""
    subnets: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    """The zone of each of the subnets; a load balancer is in a zone once."""
    addresses: tuple[tuple[str, str], ...] = ()
    """(network interface id, address), one a subnet."""
    security_groups: tuple[str, ...] = ()
    listeners: tuple[ClassicListener, ...] = ()
    """By port."""
    health_check: ClassicHealthCheck = ClassicHealthCheck()
    is_draining_enabled: bool = False
    draining_seconds: int = 300
    idle_seconds: int = 60
    is_cross_zone: bool = False
    desync_mitigation: str = "defensive"
    created_at: datetime | None = None
    tags: dict[str, str] = {}


CLASSIC_LOAD_BALANCERS = Table("classic_load_balancers", ClassicLoadBalancer)

CLASSIC_BY_SCOPE = Index(
    "classic_by_scope", CLASSIC_LOAD_BALANCERS, lambda each: (each.scope,), lambda each: each.name
)

CLASSIC_BY_CERTIFICATE = Index(
    "classic_by_certificate",
    CLASSIC_LOAD_BALANCERS,
    lambda each: dict.fromkeys(
        listener.ssl_certificate_id for listener in each.listeners if listener.ssl_certificate_id
    ),
)
"""Key: certificate ARN."""
