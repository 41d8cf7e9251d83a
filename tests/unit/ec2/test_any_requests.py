"""Any requests in any order are answered or refused, and leave a network that holds together."""

from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from given import SCOPE, a_call
from given import given as given_records
from roadstead.aws.constraints import violations
from roadstead.aws.errors import ApiError
from roadstead.aws.models import service_model
from roadstead.aws.responses import check_response
from roadstead.aws.shapes import Shape
from roadstead.ec2.operations.table import READS, WRITES
from roadstead.ec2.records.network import (
    GROUPS_BY_SCOPE,
    INTERFACES_BY_SCOPE,
    SUBNETS_BY_SCOPE,
    SUBNETS_BY_VPC,
    VPCS_BY_SCOPE,
)
from roadstead.ec2.records.routing import (
    GATEWAYS_BY_SCOPE,
    ROUTE_TABLES_BY_SCOPE,
    ROUTE_TABLES_BY_VPC,
)
from roadstead.ec2.rules.groups import default_group
from roadstead.ec2.transitions.default_vpc import ensure_default_vpc
from roadstead.ec2.transitions.network_interfaces import put_primary_interface
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

MODEL = service_model("ec2")
INSTANCE = "i-1"
CIDRS = ("10.0.0.0/16", "10.0.1.0/24", "0.0.0.0/0", "172.31.48.0/24", "172.31.64.0/24", "odd")
WORDS = {
    "CidrBlock": CIDRS,
    "DestinationCidrBlock": CIDRS,
    "CidrIp": CIDRS,
    "CidrIpv4": CIDRS,
    "DestinationIpv6CidrBlock": ("::/0",),
    "CidrIpv6": ("::/0", "fd00::1/64"),
    "IpProtocol": ("tcp", "udp", "icmp", "-1", "50", "odd"),
    "GroupName": ("default", "a", "b", "sg-1"),
    "AvailabilityZone": ("us-east-1a", "us-east-1b", "odd"),
    "PrivateIpAddress": ("172.31.1.7", "172.31.0.10", "odd"),
    "InstanceId": (INSTANCE, "i-2"),
    "Key": ("a", "aws:a"),
}
"""What texts of these names may be."""
PREFIXES = {
    "VpcId": "vpc-",
    "SubnetId": "subnet-",
    "GroupId": "sg-",
    "Groups": "sg-",
    "ReferencedGroupId": "sg-",
    "SecurityGroupRuleId": "sgr-",
    "SecurityGroupRuleIds": "sgr-",
    "RouteTableId": "rtb-",
    "AssociationId": "rtbassoc-",
    "InternetGatewayId": "igw-",
    "GatewayId": "igw-",
    "NetworkInterfaceId": "eni-",
    "AttachmentId": "eni-attach-",
}
"""What ids of these names begin with."""
ODDS = ("", "x", "*", "default", "vpc-id", "group-id", "tag:a", "\x00", "ü", "sg-1")
CHANGING = ("CreateVpc", "CreateSubnet", "CreateSecurityGroup", "AuthorizeSecurityGroupIngress",
            "CreateNetworkInterface", "CreateRouteTable", "CreateInternetGateway")  # fmt: skip


def a_world() -> tuple[View, Call]:
    """The default VPC with one instance in it."""
    view, call = given_records(), a_call()
    tx = Tx(view)
    ensure_default_vpc(tx, call, None)
    put_primary_interface(
        tx,
        call,
        interface_id="eni-1",
        instance_id=INSTANCE,
        subnet=view.find(SUBNETS_BY_SCOPE, SCOPE)[0],
        mac_address="02:00:00:00:00:01",
        address=str(view.find(SUBNETS_BY_SCOPE, SCOPE)[0].network[10]),
    )
    return view, call


def known_ids(view: View) -> list[str]:
    """All that a request may name."""
    found = [each.vpc_id for each in view.find(VPCS_BY_SCOPE, SCOPE)]
    found += [each.subnet_id for each in view.find(SUBNETS_BY_SCOPE, SCOPE)]
    for group in view.find(GROUPS_BY_SCOPE, SCOPE):
        found += [group.group_id, *(rule.rule_id for rule in group.permissions)]
    for eni in view.find(INTERFACES_BY_SCOPE, SCOPE):
        found.append(eni.network_interface_id)
        found += [eni.attachment.attachment_id] if eni.attachment else []
    for table in view.find(ROUTE_TABLES_BY_SCOPE, SCOPE):
        found += [table.route_table_id, *table.associations]
        found += [table.main_association_id] if table.main_association_id else []
    return found + [each.internet_gateway_id for each in view.find(GATEWAYS_BY_SCOPE, SCOPE)]


OPTIONAL = frozenset(WORDS) | frozenset(PREFIXES) | {
    "Filters", "Values", "Name", "MaxResults", "IpPermissions", "IpRanges", "UserIdGroupPairs",
    "FromPort", "ToPort", "Description", "SecurityGroupRule", "SecurityGroupRuleDescriptions",
    "MapPublicIpOnLaunch", "EnableDnsSupport", "EnableDnsHostnames", "Value", "Attachment",
    "DeleteOnTermination", "Attribute", "Tags", "ClientToken", "VpcIds", "SubnetIds", "GroupIds",
}  # fmt: skip
"""Members that are drawn though they are not required; the others are mostly refused."""


class Draws:
    """Values of shapes, ids among them mostly those that are there."""

    def __init__(self, data: st.DataObject, ids: list[str]) -> None:
        self._data = data
        self._ids = ids

    def of(self, shape: Shape, name: str = "", depth: int = 0) -> Any:
        match shape.type:
            case "structure":
                return self._structure(shape, depth)
            case "list":
                assert shape.element is not None
                size = self._data.draw(st.integers(0, 2))
                return [self.of(shape.element.shape, name, depth + 1) for _ in range(size)]
            case "string":
                return self._text(shape, name)
            case "boolean":
                return self._data.draw(st.booleans())
            case "integer":
                return self._data.draw(st.sampled_from([-1, 0, 1, 5, 80, 81, 65535, 65536]))
            case _:
                raise AssertionError(f"no value for {shape.name}")

    def _structure(self, shape: Shape, depth: int) -> dict[str, Any]:
        optional = sorted(set(shape.members) & OPTIONAL - set(shape.required))
        most = 4 if depth < 4 else 0
        chosen = (
            self._data.draw(st.lists(st.sampled_from(optional), max_size=most, unique=True))
            if (optional)
            else []
        )
        return {
            name: self.of(shape.members[name].shape, name, depth + 1)
            for name in (*shape.required, *chosen)
        }

    def _text(self, shape: Shape, name: str) -> str:
        if shape.enum:
            return self._data.draw(st.sampled_from(shape.enum))
        fitting = list(WORDS.get(name, ()))
        if name in PREFIXES:
            fitting = [each for each in self._ids if each.startswith(PREFIXES[name])]
        return self._data.draw(st.sampled_from(fitting or [*ODDS, *self._ids]))


def perform(view: View, call: Call, operation: str, request: dict[str, Any]) -> str:
    """The error's code, or "" for an answer. An error changes nothing."""
    tx = Tx(view)
    try:
        if operation in READS:
            response = READS[operation](view, call, request)
        else:
            response = WRITES[operation](tx, call, request)
    except ApiError as error:
        tx.undo()
        return error.code
    check_response(MODEL, operation, response)
    return ""


def assert_it_holds_together(view: View) -> None:
    """What must be true of every network."""
    vpcs = {vpc.vpc_id: vpc for vpc in view.find(VPCS_BY_SCOPE, SCOPE)}
    for vpc in vpcs.values():
        assert default_group(view, vpc.vpc_id).vpc_id == vpc.vpc_id
        tables = view.find(ROUTE_TABLES_BY_VPC, vpc.vpc_id)
        assert [bool(table.main_association_id) for table in tables].count(True) == 1
        networks = [subnet.network for subnet in view.find(SUBNETS_BY_VPC, vpc.vpc_id)]
        assert all(each.subnet_of(IPv4Network(vpc.cidr)) for each in networks)
        assert not any(one.overlaps(other) for one, other in combinations(networks, 2))
    subnets = {subnet.subnet_id: subnet for subnet in view.find(SUBNETS_BY_SCOPE, SCOPE)}
    groups = {group.group_id: group for group in view.find(GROUPS_BY_SCOPE, SCOPE)}
    addresses = set()
    for eni in view.find(INTERFACES_BY_SCOPE, SCOPE):
        assert IPv4Address(eni.private_ip_address) in subnets[eni.subnet_id].network
        assert {groups[group_id].vpc_id for group_id in eni.groups} == {eni.vpc_id}
        assert (eni.vpc_id, eni.private_ip_address) not in addresses
        addresses.add((eni.vpc_id, eni.private_ip_address))
    for group in groups.values():
        assert group.vpc_id in vpcs
        assert all(rule.group_id in groups for rule in group.permissions if rule.group_id)
        assert len({rule.rule_id for rule in group.permissions}) == len(group.permissions)
    for table in view.find(ROUTE_TABLES_BY_SCOPE, SCOPE):
        assert {subnets[each].vpc_id for each in table.associations.values()} <= {table.vpc_id}
        assert len(set(table.associations.values())) == len(table.associations)
    assert {each.vpc_id for each in view.find(GATEWAYS_BY_SCOPE, SCOPE)} <= {*vpcs, ""}


def is_let_through(operation: str, request: dict[str, Any]) -> bool:
    """Whether the wire would let the request pass."""
    shape = MODEL.operations[operation].input
    assert shape is not None
    return not list(violations(shape, request, "", enums_checked=True))


@pytest.mark.parametrize("operation", sorted({*READS, *WRITES}))
def test_any_request_is_answered_or_refused(operation: str) -> None:
    shape = MODEL.operations[operation].input
    assert shape is not None

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        view, call = a_world()
        for setup in data.draw(st.lists(st.sampled_from(CHANGING), max_size=3)):
            step(view, call, data, setup)
        before = {table.name: list(view.all(table)) for table in view.schema.tables}
        if step(view, call, data, operation):
            after = {table.name: list(view.all(table)) for table in view.schema.tables}
            assert after == before
        assert_it_holds_together(view)

    def step(view: View, call: Call, data: st.DataObject, name: str) -> str:
        wanted = MODEL.operations[name].input
        assert wanted is not None
        request = Draws(data, known_ids(view)).of(wanted)
        return perform(view, call, name, request) if is_let_through(name, request) else ""

    check()
