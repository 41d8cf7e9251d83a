"""What Terraform asks of a Classic load balancer, in its order, and the members that it reads."""

import pytest
from botocore.exceptions import ClientError

from api_server import ApiServer


def test_aws_elb(server: ApiServer) -> None:
    elb, ec2 = server.client("elb"), server.client("ec2")
    found = ec2.describe_subnets()["Subnets"]
    vpc_id, subnets = found[0]["VpcId"], [each["SubnetId"] for each in found]
    security_group = ec2.create_security_group(GroupName="lb", Description="d", VpcId=vpc_id)[
        "GroupId"
    ]
    listener = {
        "InstancePort": 8080,
        "InstanceProtocol": "http",
        "LoadBalancerPort": 80,
        "Protocol": "http",
    }
    elb.create_load_balancer(
        LoadBalancerName="old",
        Listeners=[listener],
        Scheme="internal",
        SecurityGroups=[security_group],
        Subnets=subnets[:2],
        Tags=[{"Key": "Name", "Value": "old"}],
    )
    elb.modify_load_balancer_attributes(
        LoadBalancerName="old",
        LoadBalancerAttributes={
            "AccessLog": {"Enabled": False},
            "AdditionalAttributes": [
                {"Key": "elb.http.desyncmitigationmode", "Value": "defensive"}
            ],
            "ConnectionSettings": {"IdleTimeout": 60},
            "CrossZoneLoadBalancing": {"Enabled": True},
        },
    )
    for draining in ({"Enabled": True, "Timeout": 400}, {"Enabled": False}):
        elb.modify_load_balancer_attributes(
            LoadBalancerName="old", LoadBalancerAttributes={"ConnectionDraining": draining}
        )
    check = {
        "HealthyThreshold": 2,
        "Interval": 30,
        "Target": "HTTP:8080/health",
        "Timeout": 5,
        "UnhealthyThreshold": 2,
    }
    elb.configure_health_check(LoadBalancerName="old", HealthCheck=check)
    elb.apply_security_groups_to_load_balancer(
        LoadBalancerName="old", SecurityGroups=[security_group]
    )
    (shown,) = elb.describe_load_balancers(LoadBalancerNames=["old"])["LoadBalancerDescriptions"]
    wanted = {
        "HealthCheck": check,
        "Instances": [],
        "Scheme": "internal",
        "SecurityGroups": [security_group],
        "VPCId": vpc_id,
    }
    assert {name: shown[name] for name in wanted} == wanted
    assert set(shown["Subnets"]) == set(subnets[:2])
    assert len(shown["AvailabilityZones"]) == 2
    assert all((shown["CanonicalHostedZoneNameID"], shown["DNSName"]))
    (described,) = shown["ListenerDescriptions"]
    assert described["Listener"]["InstancePort"] == 8080
    assert described["Listener"]["Protocol"].lower() == "http"
    source = shown["SourceSecurityGroup"]
    (group,) = ec2.describe_security_groups(
        Filters=[
            {"Name": "group-name", "Values": [source["GroupName"]]},
            {"Name": "vpc-id", "Values": [shown["VPCId"]]},
            {"Name": "owner-id", "Values": [source["OwnerAlias"]]},
        ]
    )["SecurityGroups"]
    assert group["GroupId"] == security_group
    read = elb.describe_load_balancer_attributes(LoadBalancerName="old")["LoadBalancerAttributes"]
    assert read["AccessLog"]["Enabled"] is False
    assert read["ConnectionDraining"]["Enabled"] is False
    assert read["ConnectionSettings"] == {"IdleTimeout": 60}
    assert read["CrossZoneLoadBalancing"] == {"Enabled": True}
    assert read["AdditionalAttributes"] == [
        {"Key": "elb.http.desyncmitigationmode", "Value": "defensive"}
    ]

    elb.create_load_balancer_listeners(
        LoadBalancerName="old",
        Listeners=[
            {**listener, "LoadBalancerPort": 8080, "Protocol": "tcp", "InstanceProtocol": "tcp"}
        ],
    )
    elb.delete_load_balancer_listeners(LoadBalancerName="old", LoadBalancerPorts=[80])
    elb.detach_load_balancer_from_subnets(LoadBalancerName="old", Subnets=subnets[:1])
    elb.attach_load_balancer_to_subnets(LoadBalancerName="old", Subnets=subnets[2:])
    elb.add_tags(LoadBalancerNames=["old"], Tags=[{"Key": "stage", "Value": "test"}])
    elb.remove_tags(LoadBalancerNames=["old"], Tags=[{"Key": "Name"}])
    (tags,) = elb.describe_tags(LoadBalancerNames=["old"])["TagDescriptions"]
    assert tags["Tags"] == [{"Key": "stage", "Value": "test"}]

    elb.delete_load_balancer(LoadBalancerName="old")
    with pytest.raises(ClientError) as refusal:
        elb.describe_load_balancers(LoadBalancerNames=["old"])
    assert refusal.value.response["Error"]["Code"] == "LoadBalancerNotFound"
    left = ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": ["ELB old"]}])
    assert left["NetworkInterfaces"] == []
