"""The operations of EC2: what writes, and what only reads. The others are not implemented."""

from collections.abc import Callable
from typing import Any

from roadstead.ec2.errors import dry_run
from roadstead.ec2.operations import (
    account,
    internet_gateways,
    network_interfaces,
    route_tables,
    rule_listing,
    security_group_rules,
    security_groups,
    subnets,
    tags,
    vpcs,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]
Write = Callable[[Tx, Call, Request], Response]
Read = Callable[[View, Call, Request], Response]


def _write(operation: Write) -> Write:
    """The operation, which with DryRun does its work, leaves no trace of it and says so.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
    """

    def perform(tx: Tx, call: Call, request: Request) -> Response:
        response = operation(tx, call, request)
        if request.get("DryRun"):
            raise dry_run()
        return response

    return perform


def _read(operation: Read) -> Read:
    def perform(view: View, call: Call, request: Request) -> Response:
        response = operation(view, call, request)
        if request.get("DryRun"):
            raise dry_run()
        return response

    return perform


WRITES: dict[str, Write] = {
    name: _write(operation)
    for name, operation in {
        "CreateVpc": vpcs.create_vpc,
        "CreateDefaultVpc": vpcs.create_default_vpc,
        "ModifyVpcAttribute": vpcs.modify_vpc_attribute,
        "DeleteVpc": vpcs.delete_vpc,
        "CreateSubnet": subnets.create_subnet,
        "ModifySubnetAttribute": subnets.modify_subnet_attribute,
        "DeleteSubnet": subnets.delete_subnet,
        "CreateSecurityGroup": security_groups.create_security_group,
        "DeleteSecurityGroup": security_groups.delete_security_group,
        "AuthorizeSecurityGroupIngress": security_group_rules.authorize_security_group_ingress,
        "AuthorizeSecurityGroupEgress": security_group_rules.authorize_security_group_egress,
        "RevokeSecurityGroupIngress": security_group_rules.revoke_security_group_ingress,
        "RevokeSecurityGroupEgress": security_group_rules.revoke_security_group_egress,
        "ModifySecurityGroupRules": security_group_rules.modify_security_group_rules,
        "UpdateSecurityGroupRuleDescriptionsIngress": (
            security_group_rules.update_rule_descriptions_ingress
        ),
        "UpdateSecurityGroupRuleDescriptionsEgress": (
            security_group_rules.update_rule_descriptions_egress
        ),
        "CreateNetworkInterface": network_interfaces.create_network_interface,
        "ModifyNetworkInterfaceAttribute": network_interfaces.modify_network_interface_attribute,
        "AttachNetworkInterface": network_interfaces.attach_network_interface,
        "DetachNetworkInterface": network_interfaces.detach_network_interface,
        "DeleteNetworkInterface": network_interfaces.delete_network_interface,
        "CreateRouteTable": route_tables.create_route_table,
        "DeleteRouteTable": route_tables.delete_route_table,
        "CreateRoute": route_tables.create_route,
        "ReplaceRoute": route_tables.replace_route,
        "DeleteRoute": route_tables.delete_route,
        "AssociateRouteTable": route_tables.associate_route_table,
        "ReplaceRouteTableAssociation": route_tables.replace_route_table_association,
        "DisassociateRouteTable": route_tables.disassociate_route_table,
        "CreateInternetGateway": internet_gateways.create_internet_gateway,
        "AttachInternetGateway": internet_gateways.attach_internet_gateway,
        "DetachInternetGateway": internet_gateways.detach_internet_gateway,
        "DeleteInternetGateway": internet_gateways.delete_internet_gateway,
        "CreateTags": tags.create_tags,
        "DeleteTags": tags.delete_tags,
    }.items()
}

READS: dict[str, Read] = {
    name: _read(operation)
    for name, operation in {
        "DescribeVpcs": vpcs.describe_vpcs,
        "DescribeVpcAttribute": vpcs.describe_vpc_attribute,
        "DescribeNetworkAcls": vpcs.describe_network_acls,
        "DescribeVpnGateways": vpcs.describe_vpn_gateways,
        "DescribeSubnets": subnets.describe_subnets,
        "DescribeSecurityGroups": security_groups.describe_security_groups,
        "DescribeSecurityGroupRules": rule_listing.describe_security_group_rules,
        "DescribeNetworkInterfaces": network_interfaces.describe_network_interfaces,
        "DescribeNetworkInterfaceAttribute": (
            network_interfaces.describe_network_interface_attribute
        ),
        "DescribeRouteTables": route_tables.describe_route_tables,
        "DescribeInternetGateways": internet_gateways.describe_internet_gateways,
        "DescribeTags": tags.describe_tags,
        "DescribeAvailabilityZones": account.describe_availability_zones,
        "DescribeRegions": account.describe_regions,
        "DescribeAccountAttributes": account.describe_account_attributes,
    }.items()
}
