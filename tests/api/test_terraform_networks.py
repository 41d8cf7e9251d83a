"""What Terraform asks of EC2 for a network, in its order: create, read back, update, delete.

Each test walks the calls of one resource of its AWS provider and reads the members that it reads.
"""

from typing import Any

import pytest

from api_server import ApiServer
from refusals import code_of

EVERYWHERE = "0.0.0.0/0"


@pytest.fixture
def ec2(server: ApiServer) -> Any:
    return server.client("ec2")


def tagged(kind: str, **tags: str) -> list[dict[str, Any]]:
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    return [{"ResourceType": kind, "Tags": listed}]


def filters(**wanted: str) -> list[dict[str, Any]]:
    return [{"Name": name.replace("_", "-"), "Values": [each]} for name, each in wanted.items()]


def a_vpc(ec2: Any) -> str:
    made = ec2.create_vpc(
        CidrBlock="10.7.0.0/16",
        InstanceTenancy="default",
        AmazonProvidedIpv6CidrBlock=False,
        TagSpecifications=tagged("vpc", Name="stack"),
    )["Vpc"]
    return str(made["VpcId"])


def test_aws_vpc(ec2: Any) -> None:
    vpc_id = a_vpc(ec2)
    (vpc,) = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    assert vpc["State"] == "available"
    ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
    assert {
        name: ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name[0].lower() + name[1:])[name]
        for name in ("EnableDnsHostnames", "EnableDnsSupport", "EnableNetworkAddressUsageMetrics")
    } == {
        "EnableDnsHostnames": {"Value": True},
        "EnableDnsSupport": {"Value": True},
        "EnableNetworkAddressUsageMetrics": {"Value": False},
    }
    assert {"CidrBlock", "DhcpOptionsId", "InstanceTenancy", "OwnerId"} <= set(vpc)
    assert [each["CidrBlock"] for each in vpc["CidrBlockAssociationSet"]] == ["10.7.0.0/16"]
    assert vpc["Tags"] == [{"Key": "Name", "Value": "stack"}]
    (acl,) = ec2.describe_network_acls(Filters=filters(default="true", vpc_id=vpc_id))[
        "NetworkAcls"
    ]
    (table,) = ec2.describe_route_tables(
        Filters=[
            {"Name": "association.main", "Values": ["true"]},
            {"Name": "vpc-id", "Values": [vpc_id]},
        ]
    )["RouteTables"]
    (group,) = ec2.describe_security_groups(Filters=filters(group_name="default", vpc_id=vpc_id))[
        "SecurityGroups"
    ]
    assert all((acl["NetworkAclId"], table["RouteTableId"], group["GroupId"]))

    ec2.create_tags(Resources=[vpc_id], Tags=[{"Key": "stage", "Value": "test"}])
    ec2.delete_tags(Resources=[vpc_id], Tags=[{"Key": "Name"}])
    (vpc,) = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    assert vpc["Tags"] == [{"Key": "stage", "Value": "test"}]

    ec2.delete_vpc(VpcId=vpc_id)
    assert code_of(ec2.describe_vpcs, VpcIds=[vpc_id]) == "InvalidVpcID.NotFound"
    assert code_of(ec2.delete_vpc, VpcId=vpc_id) == "InvalidVpcID.NotFound"


def test_aws_subnet(ec2: Any) -> None:
    vpc_id = a_vpc(ec2)
    subnet_id = ec2.create_subnet(
        VpcId=vpc_id,
        CidrBlock="10.7.1.0/24",
        AvailabilityZone="us-east-1a",
        TagSpecifications=tagged("subnet", Name="a"),
    )["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": True})
    (subnet,) = ec2.describe_subnets(SubnetIds=[subnet_id])["Subnets"]
    shown = {
        "AssignIpv6AddressOnCreation": False,
        "AvailabilityZone": "us-east-1a",
        "CidrBlock": "10.7.1.0/24",
        "EnableDns64": False,
        "Ipv6CidrBlockAssociationSet": [],
        "Ipv6Native": False,
        "MapCustomerOwnedIpOnLaunch": False,
        "MapPublicIpOnLaunch": True,
        "State": "available",
        "Tags": [{"Key": "Name", "Value": "a"}],
        "VpcId": vpc_id,
    }
    assert {name: subnet[name] for name in shown} == shown
    assert subnet["SubnetArn"].endswith(f"subnet/{subnet_id}")
    assert all((subnet["AvailabilityZoneId"], subnet["OwnerId"]))
    assert subnet["PrivateDnsNameOptionsOnLaunch"]["HostnameType"] == "ip-name"
    ec2.modify_subnet_attribute(SubnetId=subnet_id, MapPublicIpOnLaunch={"Value": False})

    for description in ("AWS Lambda VPC ENI*", "DMSNetworkInterface", "QuickSight*"):
        # What other services may have left in it is looked for first.
        left = ec2.describe_network_interfaces(
            Filters=[
                {"Name": "subnet-id", "Values": [subnet_id]},
                {"Name": "description", "Values": [description]},
            ]
        )
        assert left["NetworkInterfaces"] == []
    assert code_of(ec2.delete_vpc, VpcId=vpc_id) == "DependencyViolation"
    ec2.delete_subnet(SubnetId=subnet_id)
    assert code_of(ec2.describe_subnets, SubnetIds=[subnet_id]) == "InvalidSubnetID.NotFound"
    ec2.delete_vpc(VpcId=vpc_id)


def test_aws_internet_gateway_and_aws_route_table(ec2: Any) -> None:
    vpc_id = a_vpc(ec2)
    subnet_id = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.7.1.0/24")["Subnet"]["SubnetId"]
    gateway_id = ec2.create_internet_gateway(
        TagSpecifications=tagged("internet-gateway", Name="out")
    )["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    (gateway,) = ec2.describe_internet_gateways(InternetGatewayIds=[gateway_id])["InternetGateways"]
    assert gateway["Attachments"] == [{"State": "available", "VpcId": vpc_id}]

    table_id = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table_id, DestinationCidrBlock=EVERYWHERE, GatewayId=gateway_id)
    (table,) = ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    assert {
        each["DestinationCidrBlock"]: (each["GatewayId"], each["State"], each["Origin"])
        for each in table["Routes"]
    } == {
        "10.7.0.0/16": ("local", "active", "CreateRouteTable"),
        EVERYWHERE: (gateway_id, "active", "CreateRoute"),
    }
    association_id = ec2.associate_route_table(RouteTableId=table_id, SubnetId=subnet_id)[
        "AssociationId"
    ]
    (table,) = ec2.describe_route_tables(
        Filters=[{"Name": "association.route-table-association-id", "Values": [association_id]}]
    )["RouteTables"]
    (association,) = table["Associations"]
    assert association["AssociationState"] == {"State": "associated"}
    assert (association["SubnetId"], association["Main"]) == (subnet_id, False)

    ec2.disassociate_route_table(AssociationId=association_id)
    ec2.delete_route(RouteTableId=table_id, DestinationCidrBlock=EVERYWHERE)
    ec2.delete_route_table(RouteTableId=table_id)
    gone = code_of(ec2.describe_route_tables, RouteTableIds=[table_id])
    assert gone == "InvalidRouteTableID.NotFound"
    ec2.detach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)
    ec2.delete_internet_gateway(InternetGatewayId=gateway_id)
    ec2.delete_subnet(SubnetId=subnet_id)
    ec2.delete_vpc(VpcId=vpc_id)


def test_aws_security_group(ec2: Any) -> None:
    vpc_id = a_vpc(ec2)
    group_id = ec2.create_security_group(
        GroupName="web",
        Description="Managed by Terraform",
        VpcId=vpc_id,
        TagSpecifications=tagged("security-group", Name="web"),
    )["GroupId"]
    (group,) = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    assert group["SecurityGroupArn"].endswith(f"security-group/{group_id}")
    everything = {"IpProtocol": "-1", "FromPort": 0, "ToPort": 0}
    ec2.revoke_security_group_egress(
        GroupId=group_id, IpPermissions=[{**everything, "IpRanges": [{"CidrIp": EVERYWHERE}]}]
    )
    refusal = code_of(
        ec2.revoke_security_group_egress,
        GroupId=group_id,
        IpPermissions=[{**everything, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}],
    )
    assert refusal == "InvalidPermission.NotFound"

    http = {
        "IpProtocol": "tcp",
        "FromPort": 80,
        "ToPort": 80,
        "IpRanges": [{"CidrIp": "10.7.0.0/16", "Description": "inside"}],
    }
    itself = {
        "IpProtocol": "tcp",
        "FromPort": 8080,
        "ToPort": 8090,
        "UserIdGroupPairs": [{"GroupId": group_id}],
    }
    ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[http, itself])
    ec2.authorize_security_group_egress(
        GroupId=group_id, IpPermissions=[{**everything, "IpRanges": [{"CidrIp": EVERYWHERE}]}]
    )
    (group,) = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    ingress = {each["FromPort"]: each for each in group["IpPermissions"]}
    assert ingress[80]["IpRanges"] == http["IpRanges"]
    (pair,) = ingress[8080]["UserIdGroupPairs"]
    assert (pair["GroupId"], pair["UserId"]) == (group_id, group["OwnerId"])
    (egress,) = group["IpPermissionsEgress"]
    assert (egress["IpProtocol"], egress["IpRanges"]) == ("-1", [{"CidrIp": EVERYWHERE}])

    ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=[itself])
    ec2.delete_security_group(GroupId=group_id)
    assert code_of(ec2.describe_security_groups, GroupIds=[group_id]) == "InvalidGroup.NotFound"
    ec2.delete_vpc(VpcId=vpc_id)


def test_aws_vpc_security_group_ingress_rule(ec2: Any) -> None:
    vpc_id = a_vpc(ec2)
    group_id = ec2.create_security_group(GroupName="web", Description="d", VpcId=vpc_id)["GroupId"]
    (made,) = ec2.authorize_security_group_ingress(
        GroupId=group_id,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 80,
                "ToPort": 80,
                "IpRanges": [{"CidrIp": EVERYWHERE, "Description": "web"}],
            }
        ],
        TagSpecifications=tagged("security-group-rule", Name="web"),
    )["SecurityGroupRules"]
    rule_id = made["SecurityGroupRuleId"]
    (rule,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])[
        "SecurityGroupRules"
    ]
    shown = {
        "CidrIpv4": EVERYWHERE,
        "Description": "web",
        "FromPort": 80,
        "GroupId": group_id,
        "IpProtocol": "tcp",
        "IsEgress": False,
        "SecurityGroupRuleId": rule_id,
        "Tags": [{"Key": "Name", "Value": "web"}],
        "ToPort": 80,
    }
    assert {name: rule[name] for name in shown} == shown
    assert rule["SecurityGroupRuleArn"].endswith(f"security-group-rule/{rule_id}")

    ec2.modify_security_group_rules(
        GroupId=group_id,
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": rule_id,
                "SecurityGroupRule": {
                    "CidrIpv4": "10.7.0.0/16",
                    "FromPort": 443,
                    "IpProtocol": "tcp",
                    "ToPort": 443,
                },
            }
        ],
    )
    (rule,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])[
        "SecurityGroupRules"
    ]
    assert (rule["CidrIpv4"], rule["FromPort"], "Description" in rule) == (
        "10.7.0.0/16",
        443,
        False,
    )
    ec2.create_tags(Resources=[rule_id], Tags=[{"Key": "stage", "Value": "test"}])
    ec2.revoke_security_group_ingress(GroupId=group_id, SecurityGroupRuleIds=[rule_id])
    gone = code_of(ec2.describe_security_group_rules, SecurityGroupRuleIds=[rule_id])
    assert gone == "InvalidSecurityGroupRuleId.NotFound"
    ec2.delete_security_group(GroupId=group_id)
    ec2.delete_vpc(VpcId=vpc_id)


def test_security_groups_of_a_service_of_cdk(ec2: Any) -> None:
    """Its load balancer may talk to nobody but, on the ports that Docker gives, the instances."""
    vpc_id = a_vpc(ec2)
    balancer, instances = (
        ec2.create_security_group(GroupName=name, Description="by CDK", VpcId=vpc_id)["GroupId"]
        for name in ("LBSecurityGroup", "InstanceSecurityGroup")
    )
    ec2.revoke_security_group_egress(
        GroupId=balancer,
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": EVERYWHERE}]}],
    )
    nothing = {
        "IpProtocol": "icmp",
        "FromPort": 252,
        "ToPort": 86,
        "IpRanges": [{"CidrIp": "255.255.255.255/32", "Description": "Disallow all traffic"}],
    }
    ports = {"IpProtocol": "tcp", "FromPort": 32768, "ToPort": 65535}
    ec2.authorize_security_group_egress(
        GroupId=balancer,
        IpPermissions=[nothing, {**ports, "UserIdGroupPairs": [{"GroupId": instances}]}],
    )
    ec2.authorize_security_group_ingress(
        GroupId=instances,
        IpPermissions=[{**ports, "UserIdGroupPairs": [{"GroupId": balancer}]}],
    )
    (shown,) = ec2.describe_security_groups(GroupIds=[balancer])["SecurityGroups"]
    by_protocol = {each["IpProtocol"]: each for each in shown["IpPermissionsEgress"]}
    assert by_protocol["icmp"]["IpRanges"] == nothing["IpRanges"]
    assert (by_protocol["icmp"]["FromPort"], by_protocol["icmp"]["ToPort"]) == (252, 86)
    # Each names the other: neither can go before the rules do.
    assert code_of(ec2.delete_security_group, GroupId=instances) == "DependencyViolation"
    ec2.revoke_security_group_egress(
        GroupId=balancer,
        IpPermissions=[{**ports, "UserIdGroupPairs": [{"GroupId": instances}]}],
    )
    ec2.delete_security_group(GroupId=instances)
    ec2.delete_security_group(GroupId=balancer)
    ec2.delete_vpc(VpcId=vpc_id)
