"""Load balancers, listeners, target groups: made for services, changed and deleted under them."""

from typing import TYPE_CHECKING, Any

from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LOAD_BALANCERS,
    RULES_BY_LISTENER,
    RULES_BY_TARGET_GROUP,
    Listener,
    LoadBalancer,
)
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TargetGroup
from sim.deeds.networks import subnets_of, vpcs
from sim.places import ACCOUNT

if TYPE_CHECKING:
    from sim.user import User

ELB = "elasticloadbalancing"
DELAYS = (0, 5, 30, 60)
FIRST_PORT, FIRST_TEST_PORT = 1_000, 30_000
_ROLE = f"arn:aws:iam::{ACCOUNT}:role/ecsInfrastructureRole"


async def make_balancers(user: "User") -> None:
    """An application load balancer in every VPC, and a network load balancer in each."""
    for number, vpc_id in enumerate(vpcs(user)):
        for kind in ("application", "network"):
            await user.ask(
                ELB,
                "CreateLoadBalancer",
                Name=f"{kind}-{number}",
                Type=kind,
                Scheme="internal",
                Subnets=subnets_of(user, vpc_id),
            )


async def make_front(
    user: "User", vpc_id: str, target_type: str, *, paired: bool
) -> dict[str, Any]:
    """An entry of loadBalancers: a target group behind a listener, or a pair of them."""
    kind = "application" if paired or user.rng.random() < 0.7 else "network"
    balancer = _balancer(user, vpc_id, kind)
    number = user.another_name()
    group = await _make_group(user, balancer, f"g{number}", target_type)
    entry: dict[str, Any] = {
        "targetGroupArn": group.arn,
        "containerName": "app",
        "containerPort": 80,
    }
    listener = await _make_listener(user, balancer, FIRST_PORT + number, group)
    if paired:
        alternate = await _make_group(user, balancer, f"g{number}x", target_type)
        entry["advancedConfiguration"] = {
            "alternateTargetGroupArn": alternate.arn,
            "productionListenerRule": _default_rule(user, listener),
            "roleArn": _ROLE,
        }
        if user.rng.random() < 0.3:
            test = await _make_listener(user, balancer, FIRST_TEST_PORT + number, group)
            entry["advancedConfiguration"]["testListenerRule"] = _default_rule(user, test)
    return entry


async def fronts(
    user: "User", vpc_id: str, target_type: str, configuration: dict[str, Any]
) -> dict[str, Any]:
    """Members of CreateService for a service behind load balancers."""
    is_staged = configuration.get("strategy", "ROLLING") != "ROLLING"
    paired = is_staged or user.rng.random() < 0.3
    entries = [
        await make_front(user, vpc_id, target_type, paired=paired)
        for _ in range(user.rng.choice((1, 1, 1, 2)))
    ]
    return {
        "loadBalancers": entries,
        "healthCheckGracePeriodSeconds": user.rng.choice((0, 0, 30, 120)),
    }


async def change_front(user: "User") -> None:
    """Something happens to a target group, or to what leads there."""
    groups = sorted(user.view.all(TARGET_GROUPS), key=lambda each: each.arn)
    if not groups:
        return
    group = user.rng.choice(groups)
    match user.rng.randrange(8):
        case 0 | 1 | 2:
            await _set_delay(user, group)
        case 3:
            await _delete_listeners(user, group)
        case 4:
            await _delete_listeners(user, group)
            await user.ask(ELB, "DeleteTargetGroup", TargetGroupArn=group.arn)
        case 5 | 6:
            await restore_listener(user, group)
        case _:
            await _lead_elsewhere(user, group)


async def restore_listener(user: "User", group: TargetGroup) -> None:
    """Lead to a group again that nothing leads to."""
    if user.view.count(RULES_BY_TARGET_GROUP, group.arn):
        return
    kind = "network" if group.protocol == "TCP" else "application"
    balancer = _balancer(user, group.vpc_id, kind)
    await _make_listener(user, balancer, FIRST_PORT + user.another_name(), group)


async def _set_delay(user: "User", group: TargetGroup) -> None:
    await user.ask(
        ELB,
        "ModifyTargetGroupAttributes",
        TargetGroupArn=group.arn,
        Attributes=[
            {
                "Key": "deregistration_delay.timeout_seconds",
                "Value": str(user.rng.choice(DELAYS)),
            }
        ],
    )


async def _delete_listeners(user: "User", group: TargetGroup) -> None:
    rules = user.view.find(RULES_BY_TARGET_GROUP, group.arn)
    for arn in dict.fromkeys(rule.listener_arn for rule in rules):
        await user.ask(ELB, "DeleteListener", ListenerArn=arn)


async def _lead_elsewhere(user: "User", group: TargetGroup) -> None:
    """By hand: other weights, or another group, in a listener that leads there."""
    rules = user.view.find(RULES_BY_TARGET_GROUP, group.arn)
    others = [
        each
        for each in user.view.all(TARGET_GROUPS)
        if (each.vpc_id, each.protocol) == (group.vpc_id, group.protocol) and each != group
    ]
    if not rules or not others or group.protocol == "TCP":
        return
    other = user.rng.choice(sorted(others, key=lambda each: each.arn))
    weights = user.rng.choice(((1, 1), (1, 0), (0, 1)))
    groups = [
        {"TargetGroupArn": each.arn, "Weight": weight}
        for each, weight in zip((group, other), weights, strict=True)
    ]
    await user.ask(
        ELB,
        "ModifyListener",
        ListenerArn=rules[0].listener_arn,
        DefaultActions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
    )


async def _make_group(
    user: "User", balancer: LoadBalancer, name: str, target_type: str
) -> TargetGroup:
    await user.ask(
        ELB,
        "CreateTargetGroup",
        Name=name,
        Protocol="HTTP" if balancer.type == "application" else "TCP",
        Port=80,
        VpcId=balancer.vpc_id,
        TargetType=target_type,
    )
    group = next(each for each in user.view.all(TARGET_GROUPS) if each.name == name)
    await _set_delay(user, group)
    return group


async def _make_listener(
    user: "User", balancer: LoadBalancer, port: int, group: TargetGroup
) -> Listener:
    await user.ask(
        ELB,
        "CreateListener",
        LoadBalancerArn=balancer.arn,
        Protocol=group.protocol,
        Port=port,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group.arn}],
    )
    return next(
        each
        for each in user.view.all(LISTENERS)
        if each.port == port and each.load_balancer_arn == balancer.arn
    )


def _default_rule(user: "User", listener: Listener) -> str:
    rule = user.view.first(RULES_BY_LISTENER, listener.arn)
    assert rule is not None
    return rule.arn


def _balancer(user: "User", vpc_id: str, kind: str) -> LoadBalancer:
    return next(
        each
        for each in user.view.all(LOAD_BALANCERS)
        if each.vpc_id == vpc_id and each.type == kind
    )
