"""The only writer of VPCs and subnets. A VPC comes and goes with what it always has."""

from collections.abc import Mapping

from msgspec.structs import replace

from roadstead.ec2.records.network import (
    GROUPS_BY_VPC,
    SUBNETS,
    SUBNETS_BY_VPC,
    VPCS,
    Subnet,
    Vpc,
    ec2_arn,
)
from roadstead.ec2.records.routing import (
    ROUTE_TABLES,
    ROUTE_TABLES_BY_SUBNET,
    ROUTE_TABLES_BY_VPC,
)
from roadstead.ec2.transitions.routing import (
    create_route_table,
    delete_route_table,
    disassociate,
)
from roadstead.ec2.transitions.security_groups import create_default_group, delete_group
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_vpc(
    tx: Tx,
    call: Call,
    *,
    scope: str,
    cidr: str,
    vpc_id: str = "",
    is_default: bool = False,
    tags: Mapping[str, str] | None = None,
) -> Vpc:
    """A new VPC with its default security group, its main route table and its network ACL."""
    vpc_id = vpc_id or f"vpc-{call.ids.hex32()[:17]}"
    vpc = tx.put(
        VPCS,
        Vpc(
            arn=ec2_arn(scope, "vpc", vpc_id),
            vpc_id=vpc_id,
            scope=scope,
            cidr=cidr,
            is_default=is_default,
            enable_dns_hostnames=is_default,
            network_acl_id=f"acl-{call.ids.hex32()[:17]}",
            cidr_association_id=f"vpc-cidr-assoc-{call.ids.hex32()[:17]}",
            tags=dict(tags or {}),
        ),
    )
    create_default_group(tx, call, scope=scope, vpc_id=vpc_id)
    create_route_table(tx, call, scope=scope, vpc_id=vpc_id, is_main=True)
    return vpc


def put_vpc(
    tx: Tx,
    vpc: Vpc,
    *,
    is_default: bool | None = None,
    enable_dns_support: bool | None = None,
    enable_dns_hostnames: bool | None = None,
    tags: Mapping[str, str] | None = None,
) -> Vpc:
    """The VPC with what is not None changed."""
    return tx.put(
        VPCS,
        replace(
            vpc,
            is_default=vpc.is_default if is_default is None else is_default,
            enable_dns_support=(
                vpc.enable_dns_support if enable_dns_support is None else enable_dns_support
            ),
            enable_dns_hostnames=(
                vpc.enable_dns_hostnames if enable_dns_hostnames is None else enable_dns_hostnames
            ),
            tags=vpc.tags if tags is None else dict(tags),
        ),
    )


def delete_vpc(tx: Tx, vpc: Vpc) -> None:
    """The VPC is gone, with what it always had. Nothing else is left in it."""
    assert not tx.count(SUBNETS_BY_VPC, vpc.vpc_id), f"{vpc.vpc_id} has subnets"
    for table in tx.find(ROUTE_TABLES_BY_VPC, vpc.vpc_id):
        delete_route_table(tx, table)
    for group in tx.find(GROUPS_BY_VPC, vpc.vpc_id):
        delete_group(tx, group)
    tx.delete(VPCS, vpc.arn)


def create_subnet(
    tx: Tx,
    call: Call,
    *,
    vpc: Vpc,
    cidr: str,
    zone: str,
    subnet_id: str = "",
    is_default: bool = False,
    tags: Mapping[str, str] | None = None,
) -> Subnet:
    """A new subnet of the VPC, in the main route table."""
    subnet_id = subnet_id or f"subnet-{call.ids.hex32()[:17]}"
    return tx.put(
        SUBNETS,
        Subnet(
            arn=ec2_arn(vpc.scope, "subnet", subnet_id),
            subnet_id=subnet_id,
            scope=vpc.scope,
            vpc_id=vpc.vpc_id,
            cidr=cidr,
            zone=zone,
            is_default=is_default,
            map_public_ip_on_launch=is_default,
            network_acl_association_id=f"aclassoc-{call.ids.hex32()[:17]}",
            tags=dict(tags or {}),
        ),
    )


def put_subnet(
    tx: Tx,
    subnet: Subnet,
    *,
    is_default: bool | None = None,
    map_public_ip_on_launch: bool | None = None,
    tags: Mapping[str, str] | None = None,
) -> Subnet:
    """The subnet with what is not None changed."""
    return tx.put(
        SUBNETS,
        replace(
            subnet,
            is_default=subnet.is_default if is_default is None else is_default,
            map_public_ip_on_launch=(
                subnet.map_public_ip_on_launch
                if map_public_ip_on_launch is None
                else map_public_ip_on_launch
            ),
            tags=subnet.tags if tags is None else dict(tags),
        ),
    )


def delete_subnet(tx: Tx, subnet: Subnet) -> None:
    """The subnet is gone, and no route table names it. No interface is left in it."""
    for table in tx.find(ROUTE_TABLES_BY_SUBNET, subnet.subnet_id):
        for association_id, subnet_id in table.associations.items():
            if subnet_id == subnet.subnet_id:
                disassociate(tx, tx.must(ROUTE_TABLES, table.arn), association_id)
    tx.delete(SUBNETS, subnet.arn)
