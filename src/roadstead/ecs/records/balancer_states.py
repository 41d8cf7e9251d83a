"""What Elastic Load Balancing holds of a task's target: read from its records, of both kinds.

A target of a Classic load balancer is an instance of it; its port is the listener's business.
"""

from collections.abc import Iterator

import msgspec

from roadstead.aws.arns import parse_arn
from roadstead.ecs.records.task import TaskTarget, target_key
from roadstead.elb.records.load_balancer import (
    CLASSIC_LOAD_BALANCERS,
    ClassicInstance,
    ClassicLoadBalancer,
)
from roadstead.elbv2.records.target_group import TARGETS
from roadstead.state.view import View

_CLASSIC = {"InService": "healthy", "OutOfService": "unhealthy"}
_STILL_REGISTERING = "ELB"
"""The reason code of an instance that is out of service because nothing was found out yet."""


class TargetState(msgspec.Struct, frozen=True):
    """In the words of DescribeTargetHealth."""

    state: str
    """initial, healthy, unhealthy, draining, unused or unavailable."""
    reason: str = ""
    description: str = ""


def state_of(view: View, task_arn: str, target: TaskTarget) -> TargetState | None:
    """What the load balancer says of the target; None if it knows none such."""
    if target.load_balancer_name:
        balancer = view.get(CLASSIC_LOAD_BALANCERS, classic_arn(task_arn, target))
        for instance in () if balancer is None else balancer.instances:
            if instance.instance_id == target.target_id:
                return _of_instance(instance)
        return None
    found = view.get(TARGETS, target_key(target))
    return None if found is None else TargetState(found.status, found.reason, found.description)


def classic_arn(task_arn: str, target: TaskTarget) -> str:
    """The ARN of the Classic load balancer of that name in the task's account and Region."""
    arn = parse_arn(task_arn)
    return (
        f"arn:{arn.partition}:elasticloadbalancing:{arn.region}:{arn.account}:"
        f"loadbalancer/{target.load_balancer_name}"
    )


def changed_keys(
    before: ClassicLoadBalancer | None, after: ClassicLoadBalancer | None
) -> Iterator[str]:
    """The `target_key` of every target that a change of a Classic load balancer concerns."""
    known = after or before
    assert known is not None
    old = {each.instance_id: each for each in before.instances} if before else {}
    new = {each.instance_id: each for each in after.instances} if after else {}
    ports = {
        listener.instance_port for each in (before, after) if each for listener in each.listeners
    }
    for instance_id in old | new:
        if old.get(instance_id) != new.get(instance_id):
            for port in sorted(ports):
                yield f"{known.name}|{instance_id}|{port}"


def _of_instance(instance: ClassicInstance) -> TargetState:
    if instance.draining_until is not None:
        return TargetState("draining", instance.reason_code, instance.description)
    state = _CLASSIC.get(instance.state, "initial")
    if state == "unhealthy" and instance.reason_code == _STILL_REGISTERING:
        state = "initial"
    return TargetState(state, instance.reason_code, instance.description)
