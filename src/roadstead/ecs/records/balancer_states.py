"""What Elastic Load Balancing holds of a task's target: read from its records, of both kinds.

A target of a Classic load balancer is an instance of it; its port is the listener's business.
"""

import msgspec

from roadstead.aws.arns import parse_arn
from roadstead.ecs.records.task import TaskTarget, target_key
from roadstead.elb.records.instance import (
    CLASSIC_INSTANCES,
    ClassicInstance,
    classic_instance_arn,
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
        arn = classic_instance_arn(classic_arn(task_arn, target), target.target_id)
        instance = view.get(CLASSIC_INSTANCES, arn)
        return None if instance is None else _of_instance(instance)
    found = view.get(TARGETS, target_key(target))
    return None if found is None else TargetState(found.status, found.reason, found.description)


def classic_arn(task_arn: str, target: TaskTarget) -> str:
    """The ARN of the Classic load balancer of that name in the task's account and Region."""
    arn = parse_arn(task_arn)
    return (
        f"arn:{arn.partition}:elasticloadbalancing:{arn.region}:{arn.account}:"
        f"loadbalancer/{target.load_balancer_name}"
    )


def _of_instance(instance: ClassicInstance) -> TargetState:
    if instance.draining_until is not None:
        return TargetState("draining", instance.reason_code, instance.description)
    state = _CLASSIC.get(instance.state, "initial")
    if state == "unhealthy" and instance.reason_code == _STILL_REGISTERING:
        state = "initial"
    return TargetState(state, instance.reason_code, instance.description)
