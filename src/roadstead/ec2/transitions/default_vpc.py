"""The default VPC: there from the first moment, with a subnet in each of three zones.

Where a machine carries instances the machine has chosen the VPC, its subnets and their ids; the
control plane takes them over, so that both speak of the same.
"""

from ipaddress import IPv4Network

from roadstead.ec2.records.network import (
    INTERFACES_BY_VPC,
    SUBNETS,
    SUBNETS_BY_VPC,
    VPCS,
    VPCS_BY_SCOPE,
    Vpc,
    ec2_arn,
)
from roadstead.ec2.records.routing import GATEWAYS_BY_VPC, ROUTE_TABLES_BY_VPC, Route
from roadstead.ec2.transitions.routing import (
    attach_gateway,
    create_gateway,
    delete_gateway,
    put_routes,
)
from roadstead.ec2.transitions.security_groups import ANYWHERE
from roadstead.ec2.transitions.vpcs import (
    create_subnet,
    create_vpc,
    delete_subnet,
    delete_vpc,
    put_subnet,
    put_vpc,
)
from roadstead.settings import DefaultVpc
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

DEFAULT_CIDR = "172.31.0.0/16"
"""Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html"""
ZONE_LETTERS = "abc"
SUBNET_PREFIX = 20


def default_vpc(view: View, scope: str) -> Vpc | None:
    """The default VPC of `account/region`, if there is one."""
    return next((vpc for vpc in view.find(VPCS_BY_SCOPE, scope) if vpc.is_default), None)


def ensure_default_vpc(tx: Tx, call: Call, given: DefaultVpc | None) -> Vpc:
    """The default VPC of the call's account and region; made if it is not there.

    given: what the machine that carries instances has chosen. Another default VPC makes room: it
    is deleted if nobody is in it, else it stays and is the default no more.
    """
    before = default_vpc(tx, call.scope)
    if given is None:
        return before or create_default_vpc(tx, call)
    if before is not None and before.vpc_id != given.vpc_id:
        _make_room(tx, before)
    vpc = tx.get(VPCS, ec2_arn(call.scope, "vpc", given.vpc_id))
    if vpc is None:
        vpc = create_vpc(
            tx, call, scope=call.scope, cidr=given.cidr, vpc_id=given.vpc_id, is_default=True
        )
        _lead_out(tx, call, vpc)
    elif not vpc.is_default:
        vpc = put_vpc(tx, vpc, is_default=True)
    for each in given.subnets:
        subnet = tx.get(SUBNETS, ec2_arn(call.scope, "subnet", each.subnet_id))
        if subnet is None:
            create_subnet(
                tx,
                call,
                vpc=vpc,
                cidr=each.cidr,
                zone=each.zone,
                subnet_id=each.subnet_id,
                is_default=True,
            )
        elif not subnet.is_default:
            put_subnet(tx, subnet, is_default=True)
    return vpc


def create_default_vpc(tx: Tx, call: Call) -> Vpc:
    """A new default VPC with a subnet in each zone and a way to the internet. There is none yet."""
    vpc = create_vpc(tx, call, scope=call.scope, cidr=DEFAULT_CIDR, is_default=True)
    ranges = IPv4Network(DEFAULT_CIDR).subnets(new_prefix=SUBNET_PREFIX)
    for letter, network in zip(ZONE_LETTERS, ranges, strict=False):
        zone = f"{call.region}{letter}"
        create_subnet(tx, call, vpc=vpc, cidr=str(network), zone=zone, is_default=True)
    _lead_out(tx, call, vpc)
    return vpc


def _lead_out(tx: Tx, call: Call, vpc: Vpc) -> None:
    gateway = create_gateway(tx, call, scope=vpc.scope)
    attach_gateway(tx, gateway, vpc.vpc_id)
    main = tx.first(ROUTE_TABLES_BY_VPC, vpc.vpc_id)
    assert main is not None, f"{vpc.vpc_id} has no route table"
    put_routes(tx, main, (Route(destination=ANYWHERE, target=gateway.internet_gateway_id),))


def _make_room(tx: Tx, vpc: Vpc) -> None:
    if tx.count(INTERFACES_BY_VPC, vpc.vpc_id):
        put_vpc(tx, vpc, is_default=False)
        for subnet in tx.find(SUBNETS_BY_VPC, vpc.vpc_id):
            put_subnet(tx, subnet, is_default=False)
        return
    for subnet in tx.find(SUBNETS_BY_VPC, vpc.vpc_id):
        delete_subnet(tx, subnet)
    for gateway in tx.find(GATEWAYS_BY_VPC, vpc.vpc_id):
        delete_gateway(tx, gateway)
    delete_vpc(tx, vpc)
