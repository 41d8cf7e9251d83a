"""What Terraform and CloudFormation ask of load balancers, in their order.

Each test walks the calls that one resource makes, create, read back, update, delete, and reads the
members that it reads. CloudFormation's resources of an application or network service behind a load
balancer make the same calls.
"""

import re
from typing import Any

import pytest

from api_server import ApiServer
from refusals import refused

CHECK = {
    "HealthCheckEnabled": True,
    "HealthCheckIntervalSeconds": 30,
    "HealthCheckPort": "traffic-port",
    "HealthyThresholdCount": 3,
    "UnhealthyThresholdCount": 3,
}
HTTP_CHECK = {
    **CHECK,
    "HealthCheckPath": "/health",
    "HealthCheckProtocol": "HTTP",
    "HealthCheckTimeoutSeconds": 5,
    "Matcher": {"HttpCode": "200-299"},
}
OF_APPLICATION = {
    "access_logs.s3.enabled": "false",
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.enabled": "false",
    "deletion_protection.enabled": "false",
    "idle_timeout.timeout_seconds": "60",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
OF_NETWORK = {
    "access_logs.s3.enabled": "false",
    "deletion_protection.enabled": "false",
    "dns_record.client_routing_policy": "any_availability_zone",
    "load_balancing.cross_zone.enabled": "true",
}
OF_HTTP_GROUP = {
    "deregistration_delay.timeout_seconds": "5",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.enabled": "true",
    "stickiness.lb_cookie.duration_seconds": "3600",
    "stickiness.type": "lb_cookie",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
OF_TCP_GROUP = {
    "deregistration_delay.connection_termination.enabled": "false",
    "deregistration_delay.timeout_seconds": "5",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "preserve_client_ip.enabled": "false",
    "proxy_protocol_v2.enabled": "false",
    "stickiness.enabled": "true",
    "stickiness.type": "source_ip",
    "target_health_state.unhealthy.connection_termination.enabled": "true",
    "target_health_state.unhealthy.draining_interval_seconds": "0",
}


class Stack:
    """Clients, and the network that the load balancers are in."""

    def __init__(self, server: ApiServer) -> None:
        self.elbv2, self.ec2 = server.client("elbv2"), server.client("ec2")
        subnets = self.ec2.describe_subnets()["Subnets"]
        self.vpc_id = subnets[0]["VpcId"]
        self.subnets = [each["SubnetId"] for each in subnets]
        self.security_group = self.ec2.create_security_group(
            GroupName="lb", Description="d", VpcId=self.vpc_id
        )["GroupId"]

    def group(self, name: str = "web", **fields: Any) -> str:
        fields = {"Protocol": "HTTP", "Port": 80, "VpcId": self.vpc_id, "TargetType": "ip"} | fields
        (made,) = self.elbv2.create_target_group(Name=name, **fields)["TargetGroups"]
        return str(made["TargetGroupArn"])

    def load_balancer(self, **fields: Any) -> str:
        fields = {"Name": "web", "Type": "application", "Subnets": self.subnets[:2]} | fields
        (made,) = self.elbv2.create_load_balancer(**fields)["LoadBalancers"]
        return str(made["LoadBalancerArn"])

    def listener(self, load_balancer: str, **fields: Any) -> str:
        answer = self.elbv2.create_listener(
            **({"LoadBalancerArn": load_balancer, "Port": 80, "Protocol": "HTTP"} | fields)
        )
        return str(answer["Listeners"][0]["ListenerArn"])

    def tags(self, arn: str) -> dict[str, str]:
        (found,) = self.elbv2.describe_tags(ResourceArns=[arn])["TagDescriptions"]
        return {each["Key"]: each["Value"] for each in found["Tags"]}


@pytest.fixture
def stack(server: ApiServer) -> Stack:
    return Stack(server)


def pairs(attributes: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in attributes.items()]


def by_key(listed: list[dict[str, str]]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in listed}


@pytest.mark.parametrize(
    ("type", "attributes"), [("application", OF_APPLICATION), ("network", OF_NETWORK)]
)
def test_aws_lb(stack: Stack, type: str, attributes: dict[str, str]) -> None:
    elbv2 = stack.elbv2
    arn = stack.load_balancer(
        Type=type,
        Scheme="internal",
        SecurityGroups=[stack.security_group],
        IpAddressType="ipv4",
        Tags=[{"Key": "Name", "Value": "web"}],
    )
    answer = elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=pairs(attributes)
    )
    assert by_key(answer["Attributes"]).items() >= attributes.items()
    assert elbv2.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="ipv4")
    (shown,) = elbv2.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    assert shown["State"]["Code"] in ("provisioning", "active")
    assert {each["SubnetId"] for each in shown["AvailabilityZones"]} == set(stack.subnets[:2])
    wanted = {
        "IpAddressType": "ipv4",
        "LoadBalancerName": "web",
        "Scheme": "internal",
        "SecurityGroups": [stack.security_group],
        "Type": type,
        "VpcId": stack.vpc_id,
    }
    assert {name: shown[name] for name in wanted} == wanted
    assert shown["CanonicalHostedZoneId"]
    assert shown["DNSName"].endswith(".elb.localhost")
    assert re.fullmatch(r".*:loadbalancer/(app|net)/web/[0-9a-f]{16}", arn)
    if type == "network":
        assert shown["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] == "on"
    read = elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    assert by_key(read).items() >= attributes.items()
    assert "DecreaseRequestsRemaining" in elbv2.describe_capacity_reservation(LoadBalancerArn=arn)
    assert stack.tags(arn) == {"Name": "web"}

    elbv2.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[stack.security_group])
    elbv2.set_subnets(LoadBalancerArn=arn, Subnets=stack.subnets)
    elbv2.add_tags(ResourceArns=[arn], Tags=[{"Key": "stage", "Value": "test"}])
    elbv2.remove_tags(ResourceArns=[arn], TagKeys=["Name"])
    assert stack.tags(arn) == {"stage": "test"}

    elbv2.delete_load_balancer(LoadBalancerArn=arn)
    code, _ = refused(elbv2.describe_load_balancers, LoadBalancerArns=[arn])
    assert code == "LoadBalancerNotFound"
    for owner in ("amazon-elb", "amazon-aws"):
        left = stack.ec2.describe_network_interfaces(
            Filters=[
                {"Name": "attachment.instance-owner-id", "Values": [owner]},
                {"Name": "description", "Values": [f"ELB {arn.partition('loadbalancer/')[2]}"]},
            ]
        )
        assert left["NetworkInterfaces"] == []
    stack.ec2.delete_security_group(GroupId=stack.security_group)


def test_an_attribute_that_is_not_there_is_told_in_the_words_that_clients_look_for(
    stack: Stack,
) -> None:
    arn, group = stack.load_balancer(), stack.group()
    odd = pairs({"no.such": "1"})
    code, message = refused(
        stack.elbv2.modify_load_balancer_attributes, LoadBalancerArn=arn, Attributes=odd
    )
    assert code == "ValidationError"
    assert "Load balancer attribute key 'no.such' is not recognized" in message
    _, message = refused(
        stack.elbv2.modify_target_group_attributes, TargetGroupArn=group, Attributes=odd
    )
    assert "Target group attribute key 'no.such' is not recognized" in message


@pytest.mark.parametrize(
    ("protocol", "attributes", "check"),
    [
        ("HTTP", OF_HTTP_GROUP, HTTP_CHECK),
        ("TCP", OF_TCP_GROUP, {**CHECK, "HealthCheckProtocol": "TCP"}),
        ("TCP", OF_TCP_GROUP, {**HTTP_CHECK, "HealthCheckTimeoutSeconds": 6}),
    ],
)
def test_aws_lb_target_group(
    stack: Stack, protocol: str, attributes: dict[str, str], check: dict[str, Any]
) -> None:
    elbv2 = stack.elbv2
    version = {"ProtocolVersion": "HTTP1"} if protocol == "HTTP" else {}
    arn = stack.group(Protocol=protocol, **version, **check, Tags=[{"Key": "Name", "Value": "web"}])
    elbv2.modify_target_group_attributes(TargetGroupArn=arn, Attributes=pairs(attributes))
    (shown,) = elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
    wanted = {
        **check,
        **version,
        "IpAddressType": "ipv4",
        "LoadBalancerArns": [],
        "Port": 80,
        "Protocol": protocol,
        "TargetGroupName": "web",
        "TargetType": "ip",
        "VpcId": stack.vpc_id,
    }
    assert {name: shown[name] for name in wanted} == wanted
    assert shown["HealthCheckTimeoutSeconds"] > 0
    read = elbv2.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    assert by_key(read).items() >= attributes.items()

    elbv2.modify_target_group(TargetGroupArn=arn, **{**check, "HealthyThresholdCount": 2})
    elbv2.modify_target_group_attributes(
        TargetGroupArn=arn, Attributes=pairs({"stickiness.enabled": "false"})
    )
    elbv2.add_tags(ResourceArns=[arn], Tags=[{"Key": "stage", "Value": "test"}])
    assert stack.tags(arn) == {"Name": "web", "stage": "test"}
    elbv2.delete_target_group(TargetGroupArn=arn)
    code, _ = refused(elbv2.describe_target_groups, TargetGroupArns=[arn])
    assert code == "TargetGroupNotFound"


def test_aws_lb_listener_that_forwards(stack: Stack) -> None:
    elbv2 = stack.elbv2
    load_balancer, group, other = stack.load_balancer(), stack.group(), stack.group("other")
    arn = stack.listener(
        load_balancer,
        DefaultActions=[{"Type": "forward", "Order": 1, "TargetGroupArn": group}],
        Tags=[{"Key": "Name", "Value": "web"}],
    )
    (shown,) = elbv2.describe_listeners(ListenerArns=[arn])["Listeners"]
    wanted = {
        "ListenerArn": arn,
        "LoadBalancerArn": load_balancer,
        "Port": 80,
        "Protocol": "HTTP",
        "DefaultActions": [
            {
                "Type": "forward",
                "Order": 1,
                "TargetGroupArn": group,
                "ForwardConfig": {
                    "TargetGroups": [{"TargetGroupArn": group, "Weight": 1}],
                    "TargetGroupStickinessConfig": {"Enabled": False},
                },
            }
        ],
    }
    assert shown == wanted
    assert elbv2.describe_listener_attributes(ListenerArn=arn)["Attributes"]
    assert stack.tags(arn) == {"Name": "web"}

    weighted = {
        "TargetGroups": [
            {"TargetGroupArn": group, "Weight": 80},
            {"TargetGroupArn": other, "Weight": 20},
        ],
        "TargetGroupStickinessConfig": {"Enabled": False, "DurationSeconds": 600},
    }
    (shown,) = elbv2.modify_listener(
        ListenerArn=arn,
        Port=8080,
        Protocol="HTTP",
        DefaultActions=[{"Type": "forward", "Order": 1, "ForwardConfig": weighted}],
    )["Listeners"]
    assert shown["DefaultActions"] == [{"Type": "forward", "Order": 1, "ForwardConfig": weighted}]
    assert shown["Port"] == 8080

    code, message = refused(elbv2.delete_target_group, TargetGroupArn=group)
    assert code == "ResourceInUse"
    assert "is currently in use by a listener or a rule" in message
    elbv2.delete_listener(ListenerArn=arn)
    assert refused(elbv2.describe_listeners, ListenerArns=[arn])[0] == "ListenerNotFound"
    elbv2.delete_target_group(TargetGroupArn=group)


def test_aws_lb_listener_that_redirects(stack: Stack) -> None:
    redirect = {
        "Host": "#{host}",
        "Path": "/#{path}",
        "Port": "443",
        "Protocol": "HTTPS",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
    }
    action = {"Type": "redirect", "Order": 1, "RedirectConfig": redirect}
    arn = stack.listener(stack.load_balancer(), DefaultActions=[action])
    (shown,) = stack.elbv2.describe_listeners(ListenerArns=[arn])["Listeners"]
    assert shown["DefaultActions"] == [action]


def test_aws_lb_listener_of_a_network_load_balancer(stack: Stack) -> None:
    group = stack.group(Protocol="TCP")
    arn = stack.listener(
        stack.load_balancer(Type="network"),
        Protocol="TCP",
        DefaultActions=[{"Type": "forward", "Order": 1, "TargetGroupArn": group}],
    )
    changed = pairs({"tcp.idle_timeout.seconds": "400"})
    stack.elbv2.modify_listener_attributes(ListenerArn=arn, Attributes=changed)
    read = stack.elbv2.describe_listener_attributes(ListenerArn=arn)["Attributes"]
    assert changed[0] in read
    (shown,) = stack.elbv2.describe_listeners(ListenerArns=[arn])["Listeners"]
    assert shown["DefaultActions"][0]["TargetGroupArn"] == group


def test_aws_lb_listener_rule(stack: Stack) -> None:
    elbv2 = stack.elbv2
    group = stack.group()
    listener = stack.listener(
        stack.load_balancer(),
        DefaultActions=[
            {
                "Type": "fixed-response",
                "Order": 1,
                "FixedResponseConfig": {
                    "ContentType": "text/plain",
                    "MessageBody": "nothing here",
                    "StatusCode": "404",
                },
            }
        ],
    )
    conditions = [
        {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}},
        {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}},
        {
            "Field": "http-header",
            "HttpHeaderConfig": {"HttpHeaderName": "X-Kind", "Values": ["a*"]},
        },
        {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
    ]
    (made,) = elbv2.create_rule(
        ListenerArn=listener,
        Priority=10,
        Conditions=conditions,
        Actions=[{"Type": "forward", "Order": 1, "TargetGroupArn": group}],
        Tags=[{"Key": "Name", "Value": "api"}],
    )["Rules"]
    arn = made["RuleArn"]
    assert arn.startswith(listener.replace(":listener/", ":listener-rule/") + "/")
    (shown,) = elbv2.describe_rules(RuleArns=[arn])["Rules"]
    assert shown == made
    assert (shown["Priority"], shown["IsDefault"]) == ("10", False)
    read = [
        {name: value for name, value in each.items() if name != "Values"}
        for each in shown["Conditions"]
    ]
    assert read == conditions
    found = elbv2.describe_rules(ListenerArn=listener)["Rules"]
    assert [each["Priority"] for each in found] == ["10", "default"]

    elbv2.set_rule_priorities(RulePriorities=[{"RuleArn": arn, "Priority": 20}])
    elbv2.modify_rule(RuleArn=arn, Conditions=conditions[:1])
    (shown,) = elbv2.describe_rules(RuleArns=[arn])["Rules"]
    assert (shown["Priority"], len(shown["Conditions"])) == ("20", 1)
    assert stack.tags(arn) == {"Name": "api"}
    code, _ = refused(
        elbv2.create_rule,
        ListenerArn=listener,
        Priority=20,
        Conditions=conditions[:1],
        Actions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    assert code == "PriorityInUse"
    elbv2.delete_rule(RuleArn=arn)
    assert refused(elbv2.describe_rules, RuleArns=[arn])[0] == "RuleNotFound"


def test_aws_lb_target_group_attachment(stack: Stack) -> None:
    elbv2 = stack.elbv2
    group = stack.group()
    target = {"Id": "10.9.0.5", "Port": 8080, "AvailabilityZone": "all"}
    elbv2.register_targets(TargetGroupArn=group, Targets=[target])
    (shown,) = elbv2.describe_target_health(TargetGroupArn=group, Targets=[target])[
        "TargetHealthDescriptions"
    ]
    assert shown["Target"] == target
    assert shown["TargetHealth"]["Reason"] == "Target.NotInUse"
    elbv2.deregister_targets(TargetGroupArn=group, Targets=[target])
    (shown,) = elbv2.describe_target_health(TargetGroupArn=group, Targets=[target])[
        "TargetHealthDescriptions"
    ]
    assert shown["TargetHealth"]["Reason"] == "Target.NotRegistered"
