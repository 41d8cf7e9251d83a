"""The state as a machine that carries it needs it: its items, and which of them a change concerns.

Items belong to one account and region (`scope`): a host carries what is in its own. A change of one
record costs the items that are made of it, and no walk.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from roadstead.aws import domains
from roadstead.control import discovered_names
from roadstead.control.fabric_items import (
    AttachmentItem,
    InterfaceItem,
    NameItem,
    PermissionItem,
    SecurityGroupItem,
    SubnetItem,
    Value,
    VpcItem,
    ZoneItem,
)
from roadstead.ec2.records.network import (
    GROUPS_BY_SCOPE,
    INTERFACES_BY_SCOPE,
    LOAD_BALANCING,
    NETWORK_INTERFACES,
    SECURITY_GROUPS,
    SUBNETS,
    SUBNETS_BY_VPC,
    VPCS,
    VPCS_BY_SCOPE,
    NetworkInterface,
    SecurityGroup,
    Vpc,
    ec2_arn,
)
from roadstead.elb.records.load_balancer import (
    CLASSIC_BY_SCOPE,
    CLASSIC_LOAD_BALANCERS,
    ClassicLoadBalancer,
)
from roadstead.elbv2.records.load_balancer import (
    LOAD_BALANCERS,
    LOAD_BALANCERS_BY_SCOPE,
    LoadBalancer,
)
from roadstead.state.records import Change
from roadstead.state.view import View

LOAD_BALANCER_TTL_SECONDS = 60
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
(the DNS entry's time to live)"""
INTERFACE_TTL_SECONDS = 60
"""Source: observed: 2025, `dig ip-172-31-0-10.ec2.internal` on EC2"""


class Key(NamedTuple):
    """Which item: its kind, and its key among those of its kind."""

    kind: str
    key: str


def keys(view: View, scope: str) -> Iterator[Key]:
    """Every item of `scope`. A VPC and a group come before what lies in them."""
    for zone in _zones(scope):
        yield Key("zone", zone)
    for vpc in view.find(VPCS_BY_SCOPE, scope):
        yield Key("vpc", vpc.vpc_id)
    for group in view.find(GROUPS_BY_SCOPE, scope):
        yield Key("security-group", group.group_id)
    for eni in view.find(INTERFACES_BY_SCOPE, scope):
        yield Key("interface", eni.network_interface_id)
        yield Key("name", f"interface/{eni.network_interface_id}")
    for balancer in view.find(LOAD_BALANCERS_BY_SCOPE, scope):
        yield Key("name", f"elbv2/{balancer.arn}")
    for classic in view.find(CLASSIC_BY_SCOPE, scope):
        yield Key("name", f"elb/{classic.arn}")
    for kind, key in discovered_names.keys(view, scope):
        yield Key(kind, key)


def affected(scope: str, change: Change) -> Iterable[Key]:
    """The items of `scope` that may be others after this change."""
    record = change.after if change.after is not None else change.before
    if getattr(record, "scope", None) != scope:
        return ()
    if change.table is VPCS:
        return (Key("vpc", record.vpc_id),)
    if change.table is SUBNETS:
        return (Key("vpc", record.vpc_id),)
    if change.table is SECURITY_GROUPS:
        return (Key("security-group", record.group_id),)
    if change.table is NETWORK_INTERFACES:
        return _affected_by_interface(change, record)
    if change.table is LOAD_BALANCERS:
        return (Key("name", f"elbv2/{record.arn}"),)
    if change.table is CLASSIC_LOAD_BALANCERS:
        return (Key("name", f"elb/{record.arn}"),)
    return tuple(Key(kind, key) for kind, key in discovered_names.affected(change))


def value(view: View, scope: str, key: Key) -> Value | None:
    """The item as it is now; None when there is none (any more)."""
    if key.kind == "name":
        owner, _, rest = key.key.partition("/")
        return _NAMES[owner](view, scope, rest)
    return _VALUES[key.kind](view, scope, key.key)


def _affected_by_interface(change: Change, record: NetworkInterface) -> Iterable[Key]:
    eni_id = record.network_interface_id
    yield Key("interface", eni_id)
    if change.before is None or change.after is None or _named(change.before) != _named(record):
        yield Key("name", f"interface/{eni_id}")


def _named(eni: NetworkInterface) -> tuple[str, str]:
    return eni.private_dns_name, eni.private_ip_address


def _zones(scope: str) -> tuple[str, str]:
    """The domains that are Roadstead's own: load balancers', and that of private names."""
    return domains.LOAD_BALANCERS, domains.of_instances(scope.partition("/")[2])


def _zone(view: View, scope: str, key: str) -> ZoneItem | None:
    if key.startswith("namespace/"):
        return discovered_names.zone(view, key)
    return ZoneItem(name=key) if key in _zones(scope) else None


def _vpc(view: View, scope: str, vpc_id: str) -> VpcItem | None:
    vpc: Vpc | None = view.get(VPCS, ec2_arn(scope, "vpc", vpc_id))
    if vpc is None:
        return None
    return VpcItem(
        vpc_id=vpc_id,
        cidr=vpc.cidr,
        subnets=tuple(
            SubnetItem(subnet_id=each.subnet_id, cidr=each.cidr, zone=each.zone)
            for each in view.find(SUBNETS_BY_VPC, vpc_id)
            if each.scope == scope
        ),
    )


def _interface(view: View, scope: str, eni_id: str) -> InterfaceItem | None:
    eni: NetworkInterface | None = view.get(
        NETWORK_INTERFACES, ec2_arn(scope, "network-interface", eni_id)
    )
    if eni is None:
        return None
    on = eni.attachment
    return InterfaceItem(
        network_interface_id=eni_id,
        vpc_id=eni.vpc_id,
        subnet_id=eni.subnet_id,
        mac_address=eni.mac_address,
        private_ip_address=eni.private_ip_address,
        groups=eni.groups,
        is_load_balancers=eni.requester_id == LOAD_BALANCING,
        is_managed=eni.is_requester_managed,
        attachment=None
        if on is None
        else AttachmentItem(
            attachment_id=on.attachment_id,
            instance_id=on.instance_id,
            device_index=on.device_index,
            status=on.status,
        ),
        failure=eni.failure,
    )


def _security_group(view: View, scope: str, group_id: str) -> SecurityGroupItem | None:
    group: SecurityGroup | None = view.get(
        SECURITY_GROUPS, ec2_arn(scope, "security-group", group_id)
    )
    if group is None:
        return None
    return SecurityGroupItem(
        group_id=group_id,
        vpc_id=group.vpc_id,
        permissions=tuple(
            PermissionItem(
                is_egress=each.is_egress,
                protocol=each.protocol,
                from_port=each.from_port,
                to_port=each.to_port,
                cidr=each.cidr,
                group_id=each.group_id,
            )
            for each in group.permissions
        ),
    )


def _interface_name(view: View, scope: str, eni_id: str) -> NameItem | None:
    eni = view.get(NETWORK_INTERFACES, ec2_arn(scope, "network-interface", eni_id))
    if eni is None or not eni.private_dns_name:
        return None
    return NameItem(
        name=eni.private_dns_name.lower(),
        type="A",
        ttl=INTERFACE_TTL_SECONDS,
        records=(eni.private_ip_address,),
        vpc_id=eni.vpc_id,
    )


def _load_balancer_name(view: View, _scope: str, arn: str) -> NameItem | None:
    balancer: LoadBalancer | None = view.get(LOAD_BALANCERS, arn)
    if balancer is None:
        return None
    return _balancer(balancer.dns_name, tuple(each.address for each in balancer.addresses))


def _classic_name(view: View, _scope: str, arn: str) -> NameItem | None:
    balancer: ClassicLoadBalancer | None = view.get(CLASSIC_LOAD_BALANCERS, arn)
    if balancer is None:
        return None
    return _balancer(balancer.dns_name, tuple(address for _, address in balancer.addresses))


def _balancer(dns_name: str, addresses: tuple[str, ...]) -> NameItem | None:
    records = tuple(address for address in addresses if address)
    if not dns_name or not records:
        return None
    return NameItem(name=dns_name.lower(), type="A", ttl=LOAD_BALANCER_TTL_SECONDS, records=records)


_NAMES: dict[str, Callable[[View, str, str], NameItem | None]] = {
    "interface": _interface_name,
    "elbv2": _load_balancer_name,
    "elb": _classic_name,
    "service-a": discovered_names.addresses,
    "service-srv": discovered_names.places,
    "instance": discovered_names.of_instance,
}
_VALUES: dict[str, Callable[[View, str, str], Value | None]] = {
    "zone": _zone,
    "vpc": _vpc,
    "interface": _interface,
    "security-group": _security_group,
}
