"""Vpc, Subnet, SecurityGroup, NetworkInterface: a network, who may speak in it, who is in it.

Keys (`arn`) are ARNs as AWS writes them: `arn:aws:ec2:<region>:<account>:vpc/vpc-…`, `subnet/…`,
`security-group/…`, `network-interface/…`; `ec2_arn` makes one.
"""

from datetime import datetime
from ipaddress import IPv4Network

import msgspec

from roadstead.state.records import Index, Record, Table


class Vpc(Record, frozen=True, kw_only=True):
    vpc_id: str = ""
    scope: str = ""
    """`account/region`."""
    cidr: str = ""
    is_default: bool = False
    enable_dns_support: bool = True
    enable_dns_hostnames: bool = False
    network_acl_id: str = ""
    """Of the default network ACL, which lets everything pass: there is no other."""
    cidr_association_id: str = ""
    tags: dict[str, str] = {}


class Subnet(Record, frozen=True, kw_only=True):
    subnet_id: str = ""
    scope: str = ""
    vpc_id: str = ""
    cidr: str = ""
    zone: str = ""
    is_default: bool = False
    map_public_ip_on_launch: bool = False
    network_acl_association_id: str = ""
    tags: dict[str, str] = {}

    @property
    def network(self) -> IPv4Network:
        return IPv4Network(self.cidr)

    @property
    def gateway(self) -> str:
        """The router's address: the first after the network's own."""
        return str(self.network.network_address + 1)


class Permission(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rule of a security group: one protocol, one range of ports, one peer."""

    rule_id: str
    """`sgr-…`."""
    is_egress: bool = False
    protocol: str = "-1"
    """tcp, udp, icmp, another's number, or -1 for all."""
    from_port: int = -1
    to_port: int = -1
    """Of icmp: type and code. -1: all."""
    cidr: str = ""
    """The peer: either a range or a group."""
    group_id: str = ""
    description: str = ""
    tags: dict[str, str] = {}


class SecurityGroup(Record, frozen=True, kw_only=True):
    group_id: str = ""
    scope: str = ""
    vpc_id: str = ""
    name: str = ""
    description: str = ""
    permissions: tuple[Permission, ...] = ()
    tags: dict[str, str] = {}


LOAD_BALANCING = "amazon-elb"
"""The requester of load balancers' interfaces."""


class InterfaceAttachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an interface hangs on: an EC2 instance."""

    attachment_id: str
    """`eni-attach-…`."""
    instance_id: str
    device_index: int = 0
    status: str = "attaching"
    """attaching (the machine is to make the device), attached, detaching (it is to remove it)."""
    attached_at: datetime | None = None


class NetworkInterface(Record, frozen=True, kw_only=True):
    """An elastic network interface.

    It has its address and its groups from its first moment to its last. On the machine it is
    a device in its instance's namespace, or, for a load balancer's, an address on the VPC's bridge.
    """

    network_interface_id: str = ""
    scope: str = ""
    vpc_id: str = ""
    subnet_id: str = ""
    zone: str = ""
    mac_address: str = ""
    private_ip_address: str = ""
    private_dns_name: str = ""
    """`ip-10-0-0-5.ec2.internal`"""
    groups: tuple[str, ...] = ()
    """Ids of its security groups."""
    description: str = ""
    interface_type: str = "interface"
    """interface, or network_load_balancer for the interfaces of network load balancers."""
    requester_id: str = ""
    """`amazon-ecs`, `amazon-elb`: made by a service, which alone may change or delete it."""
    is_requester_managed: bool = False
    attachment: InterfaceAttachment | None = None
    delete_on_termination: bool = False
    failure: str = ""
    """Why the machine could not make its device; the device is not tried again."""
    created_at: datetime | None = None
    creation_token: str = ""
    """The client's token and a digest of what it asked for."""
    tags: dict[str, str] = {}

    @property
    def status(self) -> str:
        """available, associated (a load balancer's), attaching, in-use, detaching."""
        if self.attachment is None:
            return "associated" if self.requester_id == LOAD_BALANCING else "available"
        return {"attached": "in-use"}.get(self.attachment.status, self.attachment.status)


def group_name_key(vpc_id: str, name: str) -> str:
    """The key of GROUPS_BY_NAME; a name is unique in its VPC."""
    return f"{vpc_id}|{name}"


def token_key(scope: str, creation_token: str) -> str:
    """Whose token. creation_token: `<client token>|<digest>`, of which the first part counts."""
    return f"{scope}|{creation_token.rpartition('|')[0]}"


VPCS = Table("vpcs", Vpc)
SUBNETS = Table("subnets", Subnet)
SECURITY_GROUPS = Table("security_groups", SecurityGroup)
NETWORK_INTERFACES = Table("network_interfaces", NetworkInterface)

VPCS_BY_SCOPE = Index("vpcs_by_scope", VPCS, lambda vpc: (vpc.scope,))
SUBNETS_BY_SCOPE = Index("subnets_by_scope", SUBNETS, lambda subnet: (subnet.scope,))
SUBNETS_BY_VPC = Index("subnets_by_vpc", SUBNETS, lambda subnet: (subnet.vpc_id,))
GROUPS_BY_SCOPE = Index("groups_by_scope", SECURITY_GROUPS, lambda group: (group.scope,))
GROUPS_BY_NAME = Index(
    "groups_by_name", SECURITY_GROUPS, lambda group: (group_name_key(group.vpc_id, group.name),)
)
GROUPS_BY_VPC = Index("groups_by_vpc", SECURITY_GROUPS, lambda group: (group.vpc_id,))
GROUPS_BY_PEER = Index(
    "groups_by_peer",
    SECURITY_GROUPS,
    lambda group: tuple(
        dict.fromkeys(rule.group_id for rule in group.permissions if rule.group_id)
    ),
)
"""Key: the id of a group that permissions of the found ones name, which may be its own."""
GROUPS_BY_RULE = Index(
    "groups_by_rule",
    SECURITY_GROUPS,
    lambda group: tuple(rule.rule_id for rule in group.permissions),
)
INTERFACES_BY_SCOPE = Index("interfaces_by_scope", NETWORK_INTERFACES, lambda eni: (eni.scope,))
INTERFACES_BY_SUBNET = Index(
    "interfaces_by_subnet", NETWORK_INTERFACES, lambda eni: (eni.subnet_id,)
)
INTERFACES_BY_VPC = Index("interfaces_by_vpc", NETWORK_INTERFACES, lambda eni: (eni.vpc_id,))
INTERFACES_BY_GROUP = Index("interfaces_by_group", NETWORK_INTERFACES, lambda eni: eni.groups)
INTERFACES_BY_ADDRESS = Index(
    "interfaces_by_address",
    NETWORK_INTERFACES,
    lambda eni: (f"{eni.vpc_id}|{eni.private_ip_address}",),
)
"""Key: `vpc id|address`."""
INTERFACES_BY_INSTANCE = Index(
    "interfaces_by_instance",
    NETWORK_INTERFACES,
    lambda eni: (eni.attachment.instance_id,) if eni.attachment else (),
    lambda eni: eni.attachment.device_index if eni.attachment else 0,
)
"""Key: EC2 instance id. The primary interface (device index 0) comes first."""
INTERFACES_BY_ATTACHMENT = Index(
    "interfaces_by_attachment",
    NETWORK_INTERFACES,
    lambda eni: (eni.attachment.attachment_id,) if eni.attachment else (),
)
INTERFACES_BY_TOKEN = Index(
    "interfaces_by_token",
    NETWORK_INTERFACES,
    lambda eni: (token_key(eni.scope, eni.creation_token),) if eni.creation_token else (),
)


def ec2_arn(scope: str, kind: str, resource_id: str) -> str:
    """The ARN of a resource of EC2 in `account/region`; kind: vpc, subnet, security-group, …"""
    account, _, region = scope.partition("/")
    return f"arn:aws:ec2:{region}:{account}:{kind}/{resource_id}"
