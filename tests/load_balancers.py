"""Builders of load balancers, listeners, rules, target groups and targets.

`a_rule(…, to=("web",))` forwards to the group that `a_target_group("web")` makes.
"""

from typing import Any

from tests.given import ACCOUNT, REGION, SCOPE, ago

from roadstead.elbv2.records.load_balancer import (
    Listener,
    LoadBalancer,
    LoadBalancerAddress,
    Rule,
)
from roadstead.elbv2.records.target_group import HealthCheck, Target, TargetGroup, target_arn

CHECK = HealthCheck(matcher={"HttpCode": "200"})


def an_elb_arn(resource: str) -> str:
    return f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:{resource}"


def load_balancer_arn(name: str = "web", kind: str = "app") -> str:
    return an_elb_arn(f"loadbalancer/{kind}/{name}/00000000000000aa")


def target_group_arn(name: str = "web") -> str:
    return an_elb_arn(f"targetgroup/{name}/00000000000000bb")


def a_load_balancer(
    name: str = "web",
    *,
    kind: str = "app",
    addresses: tuple[str, ...] = ("10.0.0.5", "10.0.1.5"),
    **fields: Any,
) -> LoadBalancer:
    """Active, in as many subnets as it has addresses."""
    return LoadBalancer(
        **{
            "arn": load_balancer_arn(name, kind),
            "name": name,
            "scope": SCOPE,
            "type": {"app": "application", "net": "network"}[kind],
            "state": "active",
            "dns_name": f"{name}-1234567890.{REGION}.elb.localhost",
            "vpc_id": f"vpc-{1:017x}",
            "addresses": tuple(
                LoadBalancerAddress(
                    subnet_id=f"subnet-{number:017x}",
                    zone=f"{REGION}{'abc'[number % 3]}",
                    network_interface_id=f"eni-{number:017x}",
                    address=address,
                )
                for number, address in enumerate(addresses)
            ),
            "created_at": ago(600),
            **fields,
        }
    )


def a_listener(
    balancer: str = "web", port: int = 80, *, kind: str = "app", **fields: Any
) -> Listener:
    """HTTP, or TCP of a network load balancer."""
    parent = load_balancer_arn(balancer, kind)
    return Listener(
        **{
            "arn": f"{parent.replace(':loadbalancer/', ':listener/')}/{port:016x}",
            "load_balancer_arn": parent,
            "port": port,
            "protocol": {"app": "HTTP", "net": "TCP"}[kind],
            **fields,
        }
    )


def a_rule(
    listener: Listener,
    priority: int = 0,
    *conditions: dict[str, Any],
    to: tuple[str, ...] = ("web",),
    weights: tuple[int, ...] = (),
    action: dict[str, Any] | None = None,
    **forward: Any,
) -> Rule:
    """The default rule unless it has a priority; forwards to groups unless it has an action."""
    config = {
        "TargetGroups": [
            {"TargetGroupArn": target_group_arn(name), "Weight": weight}
            for name, weight in zip(to, weights or (1,) * len(to), strict=True)
        ],
        "TargetGroupStickinessConfig": {"Enabled": False},
        **forward,
    }
    return Rule(
        arn=f"{listener.arn.replace(':listener/', ':listener-rule/')}/{priority:016x}",
        listener_arn=listener.arn,
        load_balancer_arn=listener.load_balancer_arn,
        priority=priority,
        conditions=conditions,
        actions=(action or {"Type": "forward", "ForwardConfig": config},),
    )


def a_target_group(name: str = "web", **fields: Any) -> TargetGroup:
    """HTTP, of addresses."""
    return TargetGroup(
        **{
            "arn": target_group_arn(name),
            "name": name,
            "scope": SCOPE,
            "port": 80,
            "vpc_id": f"vpc-{1:017x}",
            "target_type": "ip",
            "health_check": CHECK,
            "created_at": ago(600),
            **fields,
        }
    )


def a_target(
    address: str = "10.0.0.17", port: int = 80, *, group: str = "web", **fields: Any
) -> Target:
    """Healthy, at an address."""
    arn = target_group_arn(group)
    return Target(
        **{
            "arn": target_arn(arn, address, port),
            "target_group_arn": arn,
            "id": address,
            "port": port,
            "address": address,
            "zone": f"{REGION}a",
            "status": "healthy",
            "reason": "",
            "registered_at": ago(60),
            "healthy_at": ago(50),
            **fields,
        }
    )


def path_is(*values: str) -> dict[str, Any]:
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}


def host_is(*values: str) -> dict[str, Any]:
    return {"Field": "host-header", "HostHeaderConfig": {"Values": list(values)}}


def header_is(name: str, *values: str) -> dict[str, Any]:
    config = {"HttpHeaderName": name, "Values": list(values)}
    return {"Field": "http-header", "HttpHeaderConfig": config}


def method_is(*values: str) -> dict[str, Any]:
    return {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": list(values)}}


def query_has(*pairs: tuple[str, str]) -> dict[str, Any]:
    """Pairs of key and value; an empty key is any."""
    values = [{**({"Key": key} if key else {}), "Value": value} for key, value in pairs]
    return {"Field": "query-string", "QueryStringConfig": {"Values": values}}


def comes_from(*ranges: str) -> dict[str, Any]:
    return {"Field": "source-ip", "SourceIpConfig": {"Values": list(ranges)}}


def a_redirect(**parts: str) -> dict[str, Any]:
    """As the API stores it: all parts, with their defaults."""
    config = {
        "Protocol": "#{protocol}",
        "Port": "#{port}",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
        **parts,
    }
    return {"Type": "redirect", "RedirectConfig": config}


def an_answer(status: str = "404", body: str = "", content_type: str = "") -> dict[str, Any]:
    config = {"StatusCode": status, "MessageBody": body, "ContentType": content_type}
    return {
        "Type": "fixed-response",
        "FixedResponseConfig": {name: text for name, text in config.items() if text},
    }
