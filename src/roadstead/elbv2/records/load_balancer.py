"""LoadBalancer, Listener and Rule: where traffic comes in, and where it is led."""

from datetime import datetime
from typing import Any

import msgspec

from roadstead.state.records import Index, Record, Table


class LoadBalancerAddress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The load balancer in one of its subnets: one interface with one address."""

    subnet_id: str
    zone: str
    network_interface_id: str = ""
    address: str = ""


class LoadBalancer(Record, frozen=True, kw_only=True):
    """`arn` is `…:loadbalancer/app/<name>/<16 hex>` (or `net/`)."""

    name: str = ""
    scope: str = ""
    type: str = "application"
    """application or network."""
    scheme: str = "internet-facing"
    state: str = "provisioning"
    """provisioning, then active."""
    dns_name: str = ""
    """`<name>-<digits>.<region>.elb.localhost`"""
    vpc_id: str = ""
    addresses: tuple[LoadBalancerAddress, ...] = ()
    security_groups: tuple[str, ...] = ()
    ip_address_type: str = "ipv4"
    attributes: dict[str, str] = {}
    """Those that were set; what is not here has its default."""
    created_at: datetime | None = None
    tags: dict[str, str] = {}


class Listener(Record, frozen=True, kw_only=True):
    """`arn` is `…:listener/app/<name>/<load balancer's 16 hex>/<16 hex>`."""

    load_balancer_arn: str = ""
    port: int = 0
    protocol: str = "HTTP"
    """HTTP, HTTPS; TCP, UDP, TCP_UDP, TLS."""
    certificates: tuple[str, ...] = ()
    """ARNs; the first is the default."""
    ssl_policy: str = ""
    alpn_policy: tuple[str, ...] = ()
    attributes: dict[str, str] = {}
    tags: dict[str, str] = {}


class Rule(Record, frozen=True, kw_only=True):
    """`arn` is `…:listener-rule/app/<name>/<lb>/<listener>/<16 hex>`.

    The default rule of a listener is one of them: its `priority` is 0 here, "default" on the wire.
    """

    listener_arn: str = ""
    load_balancer_arn: str = ""
    priority: int = 0
    conditions: tuple[dict[str, Any], ...] = ()
    """As the API has them, checked: Field and its …Config (Values are moved into it)."""
    actions: tuple[dict[str, Any], ...] = ()
    """As the API has them, checked, in order. A forward has ForwardConfig {TargetGroups
    [{TargetGroupArn, Weight}], TargetGroupStickinessConfig}, also where TargetGroupArn was sent."""
    tags: dict[str, str] = {}


LOAD_BALANCERS = Table("load_balancers", LoadBalancer)
LISTENERS = Table("listeners", Listener)
RULES = Table("rules", Rule)

LOAD_BALANCERS_BY_SCOPE = Index(
    "load_balancers_by_scope", LOAD_BALANCERS, lambda each: (each.scope,), lambda each: each.name
)
LOAD_BALANCERS_BY_NAME = Index(
    "load_balancers_by_name", LOAD_BALANCERS, lambda each: (f"{each.scope}/{each.name}",)
)
LISTENERS_BY_CERTIFICATE = Index(
    "listeners_by_certificate", LISTENERS, lambda each: dict.fromkeys(each.certificates)
)
"""Key: certificate ARN. A certificate that listeners use is not deleted."""
LISTENERS_BY_LOAD_BALANCER = Index(
    "listeners_by_load_balancer",
    LISTENERS,
    lambda each: (each.load_balancer_arn,),
    lambda each: each.port,
)
RULES_BY_LISTENER = Index(
    "rules_by_listener", RULES, lambda each: (each.listener_arn,), lambda each: each.priority
)
"""Key: listener ARN. By priority, the default rule (0) first."""

RULES_BY_LOAD_BALANCER = Index(
    "rules_by_load_balancer", RULES, lambda each: (each.load_balancer_arn,)
)


def forwarded(rule: Rule) -> tuple[str, ...]:
    """The ARNs of the target groups that the rule leads to."""
    return tuple(
        each["TargetGroupArn"]
        for action in rule.actions
        if action["Type"] == "forward"
        for each in action["ForwardConfig"]["TargetGroups"]
    )


RULES_BY_TARGET_GROUP = Index("rules_by_target_group", RULES, forwarded)
"""Key: target group ARN. A group that no rule leads to is not in use."""
