"""CreateLoadBalancer and what changes, describes and deletes one."""

import re
from typing import Any

import pytest
from elbv2_world import World

from refusals import refusal_with
from roadstead.ec2.records.network import (
    INTERFACES_BY_SUBNET,
    SECURITY_GROUPS,
    NetworkInterface,
    SecurityGroup,
    ec2_arn,
)

SCOPE = "123456789012/us-east-1"


def interfaces(world: World) -> list[NetworkInterface]:
    view = world.server.plane.store.view
    return [
        each
        for subnet in world.subnets
        for each in world.server.on_loop(
            lambda subnet=subnet: view.find(INTERFACES_BY_SUBNET, subnet.subnet_id)
        )
    ]


def a_security_group(world: World, group_id: str, **fields: Any) -> str:
    arn = ec2_arn(SCOPE, "security-group", group_id)
    group = SecurityGroup(
        **{
            "arn": arn,
            "group_id": group_id,
            "scope": SCOPE,
            "vpc_id": world.vpc_id,
            "name": group_id,
            **fields,
        }
    )
    world.server.update(lambda tx: tx.put(SECURITY_GROUPS, group))
    return group_id


def test_an_application_load_balancer_is_shown_whole(world: World, elbv2: Any) -> None:
    (made,) = elbv2.create_load_balancer(Name="web", Subnets=world.subnet_ids())["LoadBalancers"]
    arn, dns_name = made.pop("LoadBalancerArn"), made.pop("DNSName")
    created, groups = made.pop("CreatedTime"), made.pop("SecurityGroups")
    assert re.fullmatch(
        r"arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/[0-9a-f]{16}",
        arn,
    )
    assert re.fullmatch(r"web-[1-9]\d{9}\.us-east-1\.elb\.localhost", dns_name)
    assert created is not None
    assert len(groups) == 1
    assert made == {
        "CanonicalHostedZoneId": "Z0000000000000000000",
        "LoadBalancerName": "web",
        "Scheme": "internet-facing",
        "VpcId": world.vpc_id,
        "State": {"Code": "provisioning"},
        "Type": "application",
        "AvailabilityZones": [
            {"ZoneName": each.zone, "SubnetId": each.subnet_id, "LoadBalancerAddresses": []}
            for each in world.subnets[:2]
        ],
        "IpAddressType": "ipv4",
    }
    world.activate(arn)
    (shown,) = elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    assert shown["State"] == {"Code": "active"}


def test_it_has_an_interface_of_its_own_in_each_subnet(world: World) -> None:
    arn = world.load_balancer()
    ident = arn.rpartition("/")[2]
    found = interfaces(world)
    assert [each.subnet_id for each in found] == world.subnet_ids()
    for each in found:
        assert each.description == f"ELB app/web/{ident}"
        assert (each.requester_id, each.is_requester_managed) == ("amazon-elb", True)
        assert each.status == "associated"
        assert len(each.groups) == 1
    world.elbv2.delete_load_balancer(LoadBalancerArn=arn)
    assert interfaces(world) == []


def test_an_internal_name_says_so(world: World, elbv2: Any) -> None:
    world.load_balancer(Scheme="internal")
    (shown,) = elbv2.describe_load_balancers(Names=["web"])["LoadBalancers"]
    assert shown["Scheme"] == "internal"
    assert shown["DNSName"].startswith("internal-web-")


def test_a_network_load_balancer_may_be_in_one_zone_and_choose_its_address(
    world: World, elbv2: Any
) -> None:
    address = world.address(600)
    arn = world.load_balancer(
        Type="network",
        Scheme="internal",
        Subnets=[],
        SubnetMappings=[{"SubnetId": world.subnets[0].subnet_id, "PrivateIPv4Address": address}],
    )
    assert ":loadbalancer/net/web/" in arn
    (shown,) = elbv2.describe_load_balancers()["LoadBalancers"]
    assert "SecurityGroups" not in shown
    (zone,) = shown["AvailabilityZones"]
    assert zone["LoadBalancerAddresses"] == [{"PrivateIPv4Address": address}]
    (interface,) = interfaces(world)
    assert interface.interface_type == "network_load_balancer"
    assert (interface.private_ip_address, interface.groups) == (address, ())
    with refusal_with("InvalidConfigurationRequest", "that was created without"):
        elbv2.set_security_groups(LoadBalancerArn=arn, SecurityGroups=["sg-1"])


def test_the_same_settings_again_are_the_same_load_balancer(world: World) -> None:
    assert world.load_balancer() == world.load_balancer()
    with refusal_with("DuplicateLoadBalancerName", "'web' exists, but with different settings"):
        world.load_balancer(Scheme="internal")


@pytest.mark.parametrize(
    ("asked", "code", "text"),
    [
        ({"Name": "a" * 33}, "ValidationError", "cannot be longer than '32' characters"),
        ({"Name": "a.b"}, "ValidationError", "hyphens(-)"),
        ({"Name": "a-"}, "ValidationError", "cannot begin or end with '-'"),
        ({"Name": "internal-a"}, "ValidationError", "cannot begin with 'internal-'"),
        ({"Subnets": []}, "ValidationError", "subnet"),
        ({"Subnets": ["subnet-none"]}, "SubnetNotFound", "'subnet-none' does not exist"),
        ({"Subnets": "one"}, "ValidationError", "two different Availability Zones"),
        ({"Subnets": "twice"}, "ValidationError", "only once"),
        ({"SecurityGroups": ["sg-none"]}, "InvalidSecurityGroup", "'sg-none' does not exist"),
        ({"Type": "gateway"}, "OperationNotPermitted", "type 'gateway' is not supported"),
        ({"Type": "classic"}, "ValidationError", "classic"),
        ({"Scheme": "outside"}, "ValidationError", "outside"),
        ({"IpAddressType": "dualstack"}, "OperationNotPermitted", "'dualstack'"),
        ({"CustomerOwnedIpv4Pool": "ipv4pool-coip-1"}, "OperationNotPermitted", "CustomerOwned"),
        ({"Tags": [{"Key": "a"}, {"Key": "a"}]}, "DuplicateTagKeys", "'a'"),
    ],
)
def test_what_no_load_balancer_can_be_is_refused(
    world: World, elbv2: Any, asked: dict[str, Any], code: str, text: str
) -> None:
    first = world.subnets[0].subnet_id
    if asked.get("Subnets") in ("one", "twice"):
        asked = {"Subnets": [first] if asked["Subnets"] == "one" else [first, first]}
    with refusal_with(code, text):
        elbv2.create_load_balancer(**{"Name": "web", "Subnets": world.subnet_ids()} | asked)
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []
    assert interfaces(world) == []


@pytest.mark.parametrize(
    ("mapping", "code", "text"),
    [
        ({"AllocationId": "eipalloc-1"}, "OperationNotPermitted", "Elastic IP"),
        ({"IPv6Address": "2001:db8::1"}, "OperationNotPermitted", "IPv6"),
        ({"PrivateIPv4Address": "10.0.0.1"}, "InvalidConfigurationRequest", "is not in the subnet"),
        ({"PrivateIPv4Address": "taken"}, "InvalidSubnet", "is in use by 'eni-"),
        ({"PrivateIPv4Address": "first"}, "InvalidSubnet", "reserved"),
    ],
)
def test_an_address_that_it_cannot_have_is_refused(
    world: World, mapping: dict[str, Any], code: str, text: str
) -> None:
    asked = mapping.get("PrivateIPv4Address")
    if asked == "taken":
        mapping = {"PrivateIPv4Address": world.run_instance("i-1")}
    elif asked == "first":
        mapping = {"PrivateIPv4Address": world.address(1)}
    with refusal_with(code, text):
        world.load_balancer(
            Type="network",
            Scheme="internal",
            Subnets=[],
            SubnetMappings=[{"SubnetId": world.subnets[0].subnet_id, **mapping}],
        )


def test_subnets_are_changed_and_kept_addresses_stay(world: World, elbv2: Any) -> None:
    arn = world.load_balancer()
    before = {each.subnet_id: each.private_ip_address for each in interfaces(world)}
    wanted = [world.subnets[number].subnet_id for number in (0, 2)]
    answer = elbv2.set_subnets(LoadBalancerArn=arn, Subnets=wanted)
    assert [each["SubnetId"] for each in answer["AvailabilityZones"]] == wanted
    after = {each.subnet_id: each.private_ip_address for each in interfaces(world)}
    assert list(after) == wanted
    assert after[wanted[0]] == before[wanted[0]]
    with refusal_with("ValidationError", "two different Availability Zones"):
        elbv2.set_subnets(LoadBalancerArn=arn, Subnets=wanted[:1])


def test_security_groups_are_changed_at_its_interfaces(world: World, elbv2: Any) -> None:
    arn = world.load_balancer()
    groups = [a_security_group(world, f"sg-{number}") for number in range(6)]
    answer = elbv2.set_security_groups(LoadBalancerArn=arn, SecurityGroups=groups[:2])
    assert answer["SecurityGroupIds"] == groups[:2]
    assert {each.groups for each in interfaces(world)} == {("sg-0", "sg-1")}
    (shown,) = elbv2.describe_load_balancers()["LoadBalancers"]
    assert shown["SecurityGroups"] == groups[:2]
    with refusal_with("InvalidConfigurationRequest", "at most 5 security groups"):
        elbv2.set_security_groups(LoadBalancerArn=arn, SecurityGroups=groups)
    a_security_group(world, "sg-elsewhere", vpc_id="vpc-2")
    with refusal_with("InvalidSecurityGroup", "'sg-elsewhere' is in vpc-2"):
        elbv2.set_security_groups(LoadBalancerArn=arn, SecurityGroups=["sg-elsewhere"])


def test_ipv4_is_the_only_address_type(world: World, elbv2: Any) -> None:
    arn = world.load_balancer()
    assert (
        elbv2.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="ipv4")["IpAddressType"]
        == "ipv4"
    )
    with refusal_with("OperationNotPermitted", "dualstack"):
        elbv2.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="dualstack")


def attributes(answer: dict[str, Any]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in answer["Attributes"]}


def test_all_attributes_have_elbs_defaults(world: World, elbv2: Any) -> None:
    application = world.load_balancer()
    network = world.load_balancer("net", Type="network")
    assert attributes(elbv2.describe_load_balancer_attributes(LoadBalancerArn=application)) == {
        "deletion_protection.enabled": "false",
        "access_logs.s3.enabled": "false",
        "access_logs.s3.bucket": "",
        "access_logs.s3.prefix": "",
        "zonal_shift.config.enabled": "false",
        "load_balancing.cross_zone.enabled": "true",
        "idle_timeout.timeout_seconds": "60",
        "client_keep_alive.seconds": "3600",
        "connection_logs.s3.enabled": "false",
        "connection_logs.s3.bucket": "",
        "connection_logs.s3.prefix": "",
        "health_check_logs.s3.enabled": "false",
        "health_check_logs.s3.bucket": "",
        "health_check_logs.s3.prefix": "",
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
        "routing.http.preserve_host_header.enabled": "false",
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
        "routing.http.xff_client_port.enabled": "false",
        "routing.http.xff_header_processing.mode": "append",
        "routing.http2.enabled": "true",
        "waf.fail_open.enabled": "false",
        "ipv6.deny_all_igw_traffic": "false",
    }
    of_network = attributes(elbv2.describe_load_balancer_attributes(LoadBalancerArn=network))
    assert of_network["load_balancing.cross_zone.enabled"] == "false"
    assert of_network["dns_record.client_routing_policy"] == "any_availability_zone"
    assert "idle_timeout.timeout_seconds" not in of_network


@pytest.mark.parametrize(
    ("key", "value", "code", "text"),
    [
        ("nonsense", "1", "ValidationError", "'nonsense' is not recognized"),
        ("idle_timeout.timeout_seconds", "4001", "InvalidConfigurationRequest", "1 and 4000"),
        ("load_balancing.cross_zone.enabled", "false", "InvalidConfigurationRequest", "true"),
        ("connection_logs.s3.enabled", "true", "InvalidConfigurationRequest", "there is no S3"),
    ],
)
def test_an_attribute_that_is_not_valid_is_refused(
    world: World, elbv2: Any, key: str, value: str, code: str, text: str
) -> None:
    arn = world.load_balancer()
    with refusal_with(code, text):
        elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value}]
        )


def test_deletion_protection_protects(world: World, elbv2: Any) -> None:
    arn = world.load_balancer()
    for value in ("true", "false"):
        answer = elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=arn,
            Attributes=[{"Key": "deletion_protection.enabled", "Value": value}],
        )
        assert attributes(answer)["deletion_protection.enabled"] == value
        if value == "true":
            with refusal_with("OperationNotPermitted", "deletion protection is enabled"):
                elbv2.delete_load_balancer(LoadBalancerArn=arn)
    elbv2.delete_load_balancer(LoadBalancerArn=arn)
    elbv2.delete_load_balancer(LoadBalancerArn=arn)
    with refusal_with("LoadBalancerNotFound", f"Load balancers '[{arn}]' not found"):
        elbv2.describe_load_balancers(LoadBalancerArns=[arn])


def test_deleting_takes_listeners_and_rules_along_and_leaves_groups(
    world: World, elbv2: Any
) -> None:
    arn, listener, group = world.in_use()
    elbv2.delete_load_balancer(LoadBalancerArn=arn)
    with refusal_with("ListenerNotFound"):
        elbv2.describe_listeners(ListenerArns=[listener])
    (left,) = elbv2.describe_target_groups()["TargetGroups"]
    assert (left["TargetGroupArn"], left["LoadBalancerArns"]) == (group, [])
    world.listener(world.load_balancer("other"), group)


def test_load_balancers_are_found_by_name_and_in_pages(world: World, elbv2: Any) -> None:
    arns = [world.load_balancer(name) for name in ("a", "b", "c")]
    shown = elbv2.describe_load_balancers(Names=["c", "a"])["LoadBalancers"]
    assert [each["LoadBalancerArn"] for each in shown] == [arns[2], arns[0]]
    pages = elbv2.get_paginator("describe_load_balancers").paginate(
        PaginationConfig={"PageSize": 2}
    )
    assert [len(page["LoadBalancers"]) for page in pages] == [2, 1]
    with refusal_with("LoadBalancerNotFound", "Load balancers '[d]' not found"):
        elbv2.describe_load_balancers(Names=["a", "d"])


def test_there_is_no_capacity_to_reserve(world: World, elbv2: Any) -> None:
    answer = elbv2.describe_capacity_reservation(LoadBalancerArn=world.load_balancer())
    assert answer["CapacityReservationState"] == []
    with refusal_with("LoadBalancerNotFound"):
        elbv2.describe_capacity_reservation(
            LoadBalancerArn=(
                "arn:aws:elasticloadbalancing:us-east-1:123456789012:"
                "loadbalancer/app/none/0000000000000000"
            )
        )


@pytest.mark.parametrize("type", ["application", "network"])
def test_the_internet_is_faced_through_a_gateway(world: World, type: str) -> None:
    ec2 = world.server.client("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc_id, CidrBlock=f"10.8.{number}.0/24", AvailabilityZone=f"us-east-1{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("ab")
    ]
    with refusal_with("InvalidSubnet", f"VPC {vpc_id} has no internet gateway"):
        world.load_balancer(Type=type, Subnets=subnets)
    world.load_balancer("inside", Type=type, Subnets=subnets, Scheme="internal")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    world.load_balancer(Type=type, Subnets=subnets)
