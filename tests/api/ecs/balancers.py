"""What the tests of services behind load balancers share: target groups, rules and services."""

from typing import Any

from registered import register
from services import refusal_of

ROLE = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"
BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1}


class Balancers:
    """An application load balancer `web` with a listener, and groups made when they are named."""

    def __init__(self, elbv2: Any, ec2: Any) -> None:
        self._elbv2 = elbv2
        subnets = ec2.describe_subnets()["Subnets"]
        self.vpc_id = subnets[0]["VpcId"]
        self.subnet_ids = [each["SubnetId"] for each in subnets]
        self.groups: dict[str, str] = {}
        (balancer,) = elbv2.create_load_balancer(Name="web", Subnets=self.subnet_ids)[
            "LoadBalancers"
        ]
        (self.listener,) = elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Port=80,
            Protocol="HTTP",
            DefaultActions=[
                {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
            ],
        )["Listeners"]

    def group(self, name: str = "blue", *, in_use: bool = True, **members: Any) -> str:
        """The ARN of a target group, behind a rule of the listener unless it is not in use."""
        if name not in self.groups:
            parameters = {
                "Name": name,
                "Protocol": "HTTP",
                "Port": 80,
                "VpcId": self.vpc_id,
                "TargetType": "instance",
                **members,
            }
            (group,) = self._elbv2.create_target_group(**parameters)["TargetGroups"]
            self.groups[name] = group["TargetGroupArn"]
            if in_use:
                self.rule(self.groups[name])
        return self.groups[name]

    def rule(self, group: str) -> str:
        """The ARN of a new rule that leads to the group."""
        rules = self._elbv2.describe_rules(ListenerArn=self.listener["ListenerArn"])["Rules"]
        (rule,) = self._elbv2.create_rule(
            ListenerArn=self.listener["ListenerArn"],
            Priority=len(rules),
            Conditions=[{"Field": "path-pattern", "Values": [f"/{len(rules)}/*"]}],
            Actions=[{"Type": "forward", "TargetGroupArn": group}],
        )["Rules"]
        return str(rule["RuleArn"])


def entry(group: str, port: int = 80, **more: Any) -> dict[str, Any]:
    return {"targetGroupArn": group, "containerName": "app", "containerPort": port, **more}


def two_sided(balancers: Balancers, **more: Any) -> dict[str, Any]:
    """A load balancer of a service, with all that shifts its traffic."""
    blue = balancers.group("blue")
    advanced = {
        "alternateTargetGroupArn": balancers.group("green", in_use=False),
        "productionListenerRule": balancers.rule(blue),
        "testListenerRule": balancers.rule(blue),
        "roleArn": ROLE,
        **more,
    }
    known = {name: value for name, value in advanced.items() if value is not None}
    return entry(blue, advancedConfiguration=known)


def register_shown(ecs: Any, family: str = "web", host_port: int = 0, **members: Any) -> str:
    """The ARN of a new revision whose container `app` shows the ports 80 and 81."""
    mappings = [{"containerPort": 80, "hostPort": host_port}, {"containerPort": 81}]
    if members.get("networkMode") in ("awsvpc", "host"):
        mappings = [{"containerPort": 80}, {"containerPort": 81}]
    container = {"name": "app", "image": "b", "memory": 64, "portMappings": mappings}
    found = register(ecs, family, containerDefinitions=[container], **members)
    return str(found["taskDefinitionArn"])


def create(ecs: Any, *load_balancers: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    """A service `web` behind these."""
    service = ecs.create_service(
        **{
            "serviceName": "web",
            "taskDefinition": "web",
            "desiredCount": 1,
            "loadBalancers": list(load_balancers),
            **parameters,
        }
    )["service"]
    return dict(service)


def refused(ecs: Any, *load_balancers: dict[str, Any], **parameters: Any) -> str:
    """The message of the InvalidParameterException that such a service meets."""
    code, message = refusal_of(create, ecs, *load_balancers, **parameters)
    assert code == "InvalidParameterException"
    return message
