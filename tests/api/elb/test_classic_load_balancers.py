"""Classic load balancers: created, described, changed, deleted."""

from typing import Any

import pytest
from elb_world import HTTP, ClassicWorld

from pki import a_certificate, a_key, key_pem, pem
from refusals import refusal_with


def test_a_load_balancer_is_shown_as_it_was_asked_for(world: ClassicWorld) -> None:
    dns_name = world.load_balancer(Tags=[{"Key": "team", "Value": "shop"}])
    assert dns_name.startswith("old-")
    assert dns_name.endswith(".us-east-1.elb.localhost")
    shown = world.described()
    group_ids = shown.pop("SecurityGroups")
    assert len(group_ids) == 1
    assert shown.pop("CreatedTime")
    assert shown == {
        "LoadBalancerName": "old",
        "DNSName": dns_name,
        "CanonicalHostedZoneName": dns_name,
        "CanonicalHostedZoneNameID": "Z0000000000000000000",
        "ListenerDescriptions": [
            {"Listener": {**HTTP, "InstanceProtocol": "HTTP"}, "PolicyNames": []}
        ],
        "Policies": {
            "AppCookieStickinessPolicies": [],
            "LBCookieStickinessPolicies": [],
            "OtherPolicies": [],
        },
        "BackendServerDescriptions": [],
        "AvailabilityZones": ["us-east-1a", "us-east-1b"],
        "Subnets": world.subnet_ids(),
        "VPCId": world.vpc_id,
        "Instances": [],
        "HealthCheck": {
            "Target": "TCP:8080",
            "Interval": 30,
            "Timeout": 5,
            "UnhealthyThreshold": 2,
            "HealthyThreshold": 10,
        },
        "SourceSecurityGroup": {"OwnerAlias": "123456789012", "GroupName": "default"},
        "Scheme": "internet-facing",
    }


def test_an_internal_one_has_it_in_its_name(world: ClassicWorld) -> None:
    assert world.load_balancer(Scheme="internal").startswith("internal-old-")


def test_it_has_an_interface_in_each_of_its_subnets_until_it_is_deleted(
    world: ClassicWorld,
) -> None:
    world.load_balancer()
    assert {(each["SubnetId"], each["Description"]) for each in world.interfaces()} == {
        (each, "ELB old") for each in world.subnet_ids()
    }
    assert all(each["RequesterId"] == "amazon-elb" for each in world.interfaces())
    world.elb.delete_load_balancer(LoadBalancerName="old")
    assert world.interfaces() == []
    world.elb.delete_load_balancer(LoadBalancerName="old")


def test_asked_twice_it_is_the_same_and_otherwise_a_duplicate(world: ClassicWorld) -> None:
    assert world.load_balancer() == world.load_balancer()
    with refusal_with("DuplicateLoadBalancerName", "'old' already exists"):
        world.load_balancer(Scheme="internal")


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        ({"LoadBalancerName": "-x"}, "ValidationError", "hyphen"),
        ({"LoadBalancerName": "x" * 33}, "ValidationError", "longer than 32"),
        ({"Scheme": "outside"}, "InvalidScheme", "internet-facing"),
        ({"Listeners": []}, "ValidationError", "listener"),
        ({"Listeners": [{**HTTP, "Protocol": "UDP"}]}, "UnsupportedProtocol", "UDP"),
        ({"Listeners": [{**HTTP, "InstanceProtocol": "TCP"}]}, "ValidationError", "both"),
        ({"Listeners": [{**HTTP, "LoadBalancerPort": 0}]}, "ValidationError", "between 1 and"),
        (
            {"Listeners": [{**HTTP, "Protocol": "HTTPS"}]},
            "InvalidConfigurationRequest",
            "SSLCertificateId",
        ),
        (
            {"Listeners": [{**HTTP, "Protocol": "SSL", "SSLCertificateId": "arn:aws:acm:x"}]},
            "CertificateNotFound",
            "arn:aws:acm:x",
        ),
        ({"Subnets": []}, "ValidationError", "Either"),
        ({"AvailabilityZones": ["us-east-1a"]}, "ValidationError", "Only one"),
        ({"Subnets": [], "AvailabilityZones": ["us-east-1z"]}, "ValidationError", "us-east-1z"),
        ({"Subnets": ["subnet-1"]}, "SubnetNotFound", "subnet-1"),
        ({"SecurityGroups": ["sg-1"]}, "InvalidSecurityGroup", "sg-1"),
        ({"Tags": [{"Key": "a"}, {"Key": "a"}]}, "DuplicateTagKeys", "a"),
    ],
)
def test_what_is_wrong_is_refused(
    world: ClassicWorld, fields: dict[str, Any], code: str, text: str
) -> None:
    name = fields.pop("LoadBalancerName", "old")
    with refusal_with(code, text):
        world.load_balancer(name, **fields)


def test_there_are_at_most_20(world: ClassicWorld) -> None:
    for number in range(20):
        world.load_balancer(f"old-{number}", Subnets=world.subnet_ids(1))
    with refusal_with("TooManyLoadBalancers", "20"):
        world.load_balancer("one-more")


def test_zones_mean_the_default_subnets(world: ClassicWorld) -> None:
    world.load_balancer(Subnets=[], AvailabilityZones=["us-east-1a"])
    assert world.described()["Subnets"] == world.subnet_ids(1)


def test_pages_of_load_balancers_follow_each_other(world: ClassicWorld) -> None:
    for name in ("c", "a", "b"):
        world.load_balancer(name)
    pages = world.elb.get_paginator("describe_load_balancers").paginate(
        PaginationConfig={"PageSize": 2}
    )
    names = [
        [each["LoadBalancerName"] for each in page["LoadBalancerDescriptions"]] for page in pages
    ]
    assert names == [["a", "b"], ["c"]]


def test_one_that_there_is_not_is_not_found(world: ClassicWorld) -> None:
    with refusal_with("LoadBalancerNotFound", "There is no ACTIVE Load Balancer named 'none'"):
        world.elb.describe_load_balancers(LoadBalancerNames=["none"])


def test_listeners_are_added_and_removed(world: ClassicWorld, elb: Any) -> None:
    world.load_balancer()
    tcp = {"Protocol": "tcp", "LoadBalancerPort": 25, "InstancePort": 2525}
    for _ in range(2):
        elb.create_load_balancer_listeners(LoadBalancerName="old", Listeners=[tcp])
    with refusal_with("DuplicateListener", "LoadBalancerPort 25"):
        elb.create_load_balancer_listeners(
            LoadBalancerName="old", Listeners=[{**tcp, "InstancePort": 26}]
        )
    with refusal_with("InvalidConfigurationRequest", "8080"):
        encrypted = {**HTTP, "LoadBalancerPort": 81, "InstanceProtocol": "HTTPS"}
        elb.create_load_balancer_listeners(LoadBalancerName="old", Listeners=[encrypted])
    assert _ports(world) == [25, 80]
    elb.delete_load_balancer_listeners(LoadBalancerName="old", LoadBalancerPorts=[80, 9])
    assert _ports(world) == [25]


def test_a_certificate_is_used_changed_and_held(world: ClassicWorld, elb: Any) -> None:
    first, second = _import(world), _import(world)
    https = {**HTTP, "Protocol": "HTTPS", "LoadBalancerPort": 443, "SSLCertificateId": first}
    world.load_balancer(Listeners=[HTTP, https])
    assert world.described()["ListenerDescriptions"][1] == {
        "Listener": {**https, "InstanceProtocol": "HTTP"},
        "PolicyNames": ["ELBSecurityPolicy-2016-08"],
    }
    with refusal_with("ResourceInUseException"):
        world.acm.delete_certificate(CertificateArn=first)
    setting = {"LoadBalancerName": "old", "LoadBalancerPort": 443, "SSLCertificateId": second}
    elb.set_load_balancer_listener_ssl_certificate(**setting)
    world.acm.delete_certificate(CertificateArn=first)
    with refusal_with("CertificateNotFound"):
        elb.set_load_balancer_listener_ssl_certificate(**{**setting, "SSLCertificateId": first})
    with refusal_with("ListenerNotFound", "444"):
        elb.set_load_balancer_listener_ssl_certificate(**{**setting, "LoadBalancerPort": 444})
    with refusal_with("InvalidConfigurationRequest", "HTTP"):
        elb.set_load_balancer_listener_ssl_certificate(**{**setting, "LoadBalancerPort": 80})
    policies = elb.describe_load_balancer_policies(LoadBalancerName="old")
    (policy,) = policies["PolicyDescriptions"]
    assert policy["PolicyName"] == "ELBSecurityPolicy-2016-08"
    (kind,) = elb.describe_load_balancer_policy_types()["PolicyTypeDescriptions"]
    assert kind["PolicyTypeName"] == policy["PolicyTypeName"]
    with refusal_with("PolicyNotFound", "mine"):
        elb.describe_load_balancer_policies(LoadBalancerName="old", PolicyNames=["mine"])
    with refusal_with("PolicyTypeNotFound", "mine"):
        elb.describe_load_balancer_policy_types(PolicyTypeNames=["mine"])
    elb.delete_load_balancer(LoadBalancerName="old")
    world.acm.delete_certificate(CertificateArn=second)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"Target": "HTTP:80"}, 'begins with "/"'),
        ({"Target": "TCP:80/x"}, "nothing else"),
        ({"Target": "GOPHER:70"}, "must begin with one of"),
        ({"Target": "TCP:70000"}, "between 1 and 65535"),
        ({"Interval": 4}, "greater than or equal to 5"),
        ({"Timeout": 30}, "must be less than Interval"),
        ({"HealthyThreshold": 11}, "less than or equal to 10"),
    ],
)
def test_health_checks_are_configured_if_they_are_valid(
    world: ClassicWorld, elb: Any, change: dict[str, Any], text: str
) -> None:
    world.load_balancer()
    valid = {
        "Target": "HTTP:8080/health?full=1",
        "Interval": 30,
        "Timeout": 2,
        "UnhealthyThreshold": 3,
        "HealthyThreshold": 2,
    }
    answer = elb.configure_health_check(LoadBalancerName="old", HealthCheck=valid)
    assert answer["HealthCheck"] == world.described()["HealthCheck"] == valid
    with refusal_with("ValidationError", text):
        elb.configure_health_check(LoadBalancerName="old", HealthCheck=valid | change)


def test_attributes_are_set_one_by_one(world: ClassicWorld, elb: Any) -> None:
    world.load_balancer()
    expected = {
        "CrossZoneLoadBalancing": {"Enabled": False},
        "AccessLog": {"Enabled": False},
        "ConnectionDraining": {"Enabled": False, "Timeout": 300},
        "ConnectionSettings": {"IdleTimeout": 60},
        "AdditionalAttributes": [{"Key": "elb.http.desyncmitigationmode", "Value": "defensive"}],
    }
    assert _attributes(elb) == expected
    for change in (
        {"ConnectionDraining": {"Enabled": True, "Timeout": 20}},
        {"ConnectionSettings": {"IdleTimeout": 5}},
        {"CrossZoneLoadBalancing": {"Enabled": True}},
    ):
        answer = elb.modify_load_balancer_attributes(
            LoadBalancerName="old", LoadBalancerAttributes=change
        )
        assert answer["LoadBalancerAttributes"] == change
        expected |= change
        assert _attributes(elb) == expected


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ConnectionDraining": {"Enabled": True, "Timeout": 3601}}, "InvalidConfigurationRequest"),
        ({"ConnectionSettings": {"IdleTimeout": 0}}, "ValidationError"),
        ({"AccessLog": {"Enabled": True, "S3BucketName": "logs"}}, "OperationNotPermitted"),
        ({"AdditionalAttributes": [{"Key": "x", "Value": "y"}]}, "ValidationError"),
    ],
)
def test_attributes_that_are_not_valid_are_refused(
    world: ClassicWorld, elb: Any, change: dict[str, Any], code: str
) -> None:
    world.load_balancer()
    with refusal_with(code):
        elb.modify_load_balancer_attributes(LoadBalancerName="old", LoadBalancerAttributes=change)


def test_subnets_zones_and_groups_change(world: ClassicWorld, elb: Any) -> None:
    world.load_balancer()
    ids = world.subnet_ids(3)
    answer = elb.attach_load_balancer_to_subnets(LoadBalancerName="old", Subnets=ids[2:])
    assert answer["Subnets"] == ids
    answer = elb.detach_load_balancer_from_subnets(LoadBalancerName="old", Subnets=ids[:1])
    assert answer["Subnets"] == ids[1:]
    assert sorted(each["SubnetId"] for each in world.interfaces()) == sorted(ids[1:])
    zones = {"LoadBalancerName": "old", "AvailabilityZones": ["us-east-1a"]}
    answer = elb.enable_availability_zones_for_load_balancer(**zones)
    assert answer["AvailabilityZones"] == ["us-east-1b", "us-east-1c", "us-east-1a"]
    answer = elb.disable_availability_zones_for_load_balancer(**zones)
    assert answer["AvailabilityZones"] == ["us-east-1b", "us-east-1c"]
    with refusal_with("InvalidConfigurationRequest", "at least one subnet"):
        elb.detach_load_balancer_from_subnets(LoadBalancerName="old", Subnets=ids)
    group = world.ec2.create_security_group(GroupName="g", Description="g", VpcId=world.vpc_id)
    answer = elb.apply_security_groups_to_load_balancer(
        LoadBalancerName="old", SecurityGroups=[group["GroupId"]]
    )
    assert answer["SecurityGroups"] == [group["GroupId"]]
    assert world.described()["SourceSecurityGroup"]["GroupName"] == "g"
    assert {one["GroupId"] for each in world.interfaces() for one in each["Groups"]} == {
        group["GroupId"]
    }


def test_tags_are_added_and_removed(world: ClassicWorld, elb: Any) -> None:
    world.load_balancer(Tags=[{"Key": "a", "Value": "1"}])
    elb.add_tags(LoadBalancerNames=["old"], Tags=[{"Key": "b", "Value": "2"}])
    elb.remove_tags(LoadBalancerNames=["old"], Tags=[{"Key": "a"}])
    answer = elb.describe_tags(LoadBalancerNames=["old"])
    assert answer["TagDescriptions"] == [
        {"LoadBalancerName": "old", "Tags": [{"Key": "b", "Value": "2"}]}
    ]
    with refusal_with("TooManyTags"):
        elb.add_tags(LoadBalancerNames=["old"], Tags=[{"Key": str(number)} for number in range(50)])


def test_limits_are_told(elb: Any) -> None:
    answer = elb.describe_account_limits(PageSize=2)
    rest = elb.describe_account_limits(PageSize=2, Marker=answer["NextMarker"])
    assert {each["Name"]: each["Max"] for each in answer["Limits"] + rest["Limits"]} == {
        "classic-load-balancers": "20",
        "classic-listeners": "100",
        "classic-registered-instances": "1000",
    }


def _ports(world: ClassicWorld) -> list[int]:
    return [
        each["Listener"]["LoadBalancerPort"] for each in world.described()["ListenerDescriptions"]
    ]


def _attributes(elb: Any) -> Any:
    answer = elb.describe_load_balancer_attributes(LoadBalancerName="old")
    return answer["LoadBalancerAttributes"]


def _import(world: ClassicWorld) -> str:
    key = a_key()
    certificate = a_certificate(key, "old.example")
    answer = world.acm.import_certificate(Certificate=pem(certificate), PrivateKey=key_pem(key))
    return str(answer["CertificateArn"])


def test_the_internet_is_faced_through_a_gateway(world: ClassicWorld) -> None:
    vpc_id = world.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    made = world.ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.8.1.0/24")
    subnets = [made["Subnet"]["SubnetId"]]
    with refusal_with("InvalidSubnet", f"VPC {vpc_id} has no internet gateway"):
        world.load_balancer(Subnets=subnets)
    world.load_balancer("inside", Subnets=subnets, Scheme="internal")
