"""Builders of load balancers, listeners, rules, target groups and targets, as in `given`."""

from typing import Any

from given import ACCOUNT, REGION, SCOPE, ago
from roadstead.elbv2.records.load_balancer import (
    Listener,
    LoadBalancer,
    LoadBalancerAddress,
    Rule,
)
from roadstead.elbv2.records.target_group import Target, TargetGroup, target_arn


def balancing_arn(resource: str) -> str:
    """The ARN of a resource of Elastic Load Balancing of the account."""
    return f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:{resource}"


def target_group_arn(name: str = "web") -> str:
    return balancing_arn(f"targetgroup/{name}/{1:016x}")


def load_balancer_arn(name: str = "web") -> str:
    return balancing_arn(f"loadbalancer/app/{name}/{1:016x}")


def listener_arn(name: str = "web", number: int = 1) -> str:
    return balancing_arn(f"listener/app/{name}/{1:016x}/{number:016x}")


def a_load_balancer(name: str = "web", **fields: Any) -> LoadBalancer:
    """An active application load balancer in two zones of `vpc-1`."""
    return LoadBalancer(
        **{
            "arn": load_balancer_arn(name),
            "name": name,
            "scope": SCOPE,
            "state": "active",
            "dns_name": f"{name}-1234567890.{REGION}.elb.localhost",
            "vpc_id": "vpc-1",
            "addresses": tuple(
                LoadBalancerAddress(
                    subnet_id=f"subnet-{zone}",
                    zone=f"{REGION}{zone}",
                    network_interface_id=f"eni-{zone}",
                    address=f"172.31.{number}.4",
                )
                for number, zone in enumerate("ab")
            ),
            "security_groups": ("sg-1",),
            "created_at": ago(3600),
            **fields,
        }
    )


def a_listener(name: str = "web", number: int = 1, **fields: Any) -> Listener:
    """A listener of the load balancer of that name, on port 80 for HTTP."""
    return Listener(
        **{
            "arn": listener_arn(name, number),
            "load_balancer_arn": load_balancer_arn(name),
            "port": 80,
            **fields,
        }
    )


def a_rule(
    name: str = "web", *, listener: int = 1, priority: int = 0, groups: Any = None, **fields: Any
) -> Rule:
    """A rule that forwards to the target group `web`; the default rule unless it has a priority.

    `groups`: names with weights.
    """
    weights = {"web": 1} if groups is None else groups
    return Rule(
        **{
            "arn": f"{listener_arn(name, listener)}/{priority:016x}".replace(
                ":listener/", ":listener-rule/"
            ),
            "listener_arn": listener_arn(name, listener),
            "load_balancer_arn": load_balancer_arn(name),
            "priority": priority,
            "actions": (
                {
                    "Type": "forward",
                    "ForwardConfig": {
                        "TargetGroups": [
                            {"TargetGroupArn": target_group_arn(each), "Weight": weight}
                            for each, weight in weights.items()
                        ],
                        "TargetGroupStickinessConfig": {"Enabled": False},
                    },
                },
            ),
            **fields,
        }
    )


def a_target_group(name: str = "web", **fields: Any) -> TargetGroup:
    """A group of addresses in `vpc-1`, HTTP on port 80."""
    return TargetGroup(
        **{
            "arn": target_group_arn(name),
            "name": name,
            "scope": SCOPE,
            "port": 80,
            "vpc_id": "vpc-1",
            "target_type": "ip",
            "created_at": ago(3600),
            **fields,
        }
    )


def a_target(
    id: str = "172.31.0.10", port: int = 80, *, group: str = "web", **fields: Any
) -> Target:
    """A healthy address in zone a."""
    return Target(
        **{
            "arn": target_arn(target_group_arn(group), id, port),
            "target_group_arn": target_group_arn(group),
            "id": id,
            "port": port,
            "address": "" if id.startswith("i-") else id,
            "zone": f"{REGION}a",
            "status": "healthy",
            "reason": "",
            "registered_at": ago(600),
            "healthy_at": ago(590),
            **fields,
        }
    )
