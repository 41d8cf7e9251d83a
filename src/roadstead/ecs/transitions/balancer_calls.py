"""Elastic Load Balancing as ECS asks it: a target registered or deregistered, as a client would.

One target a call, so that a refusal leaves nothing half done.
"""

from roadstead.aws.errors import ApiError
from roadstead.ecs.records.balancer_states import classic_arn, state_of
from roadstead.ecs.records.task import TaskTarget, target_key
from roadstead.elb.operations.table import WRITES as CLASSIC
from roadstead.elb.records.instance import CLASSIC_INSTANCES, classic_instance_arn
from roadstead.elb.transitions.instances import end_draining as end_draining_of_instance
from roadstead.elbv2.operations.table import WRITES
from roadstead.elbv2.records.target_group import TARGETS
from roadstead.elbv2.transitions.targets import end_draining
from roadstead.state.plans import Call
from roadstead.state.view import Tx

NOT_THERE = frozenset({"TargetGroupNotFound", "LoadBalancerNotFound", "AccessPointNotFound"})
THROTTLES = frozenset(
    {"Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyTargets"}
)
"""What ELB answers when it takes no more for now. Source: botocore:elbv2, botocore:elb"""


def register(tx: Tx, call: Call, target: TaskTarget) -> None:
    """Let requests be led to the target, whose id and port are known.

    Raises: ApiError, as RegisterTargets and RegisterInstancesWithLoadBalancer do.
    """
    if target.load_balancer_name:
        instances = [{"InstanceId": target.target_id}]
        request = {"LoadBalancerName": target.load_balancer_name, "Instances": instances}
        CLASSIC["RegisterInstancesWithLoadBalancer"](tx, call, request)
        return
    targets = [{"Id": target.target_id, "Port": target.port}]
    WRITES["RegisterTargets"](
        tx, call, {"TargetGroupArn": target.target_group_arn, "Targets": targets}
    )


def deregister(tx: Tx, call: Call, task_arn: str, target: TaskTarget) -> str:
    """Lead no new request to the target. DRAINING while old ones may be under way, else GONE."""
    if state_of(tx, task_arn, target) is None:
        return "GONE"
    try:
        if target.load_balancer_name:
            instances = [{"InstanceId": target.target_id}]
            request = {"LoadBalancerName": target.load_balancer_name, "Instances": instances}
            CLASSIC["DeregisterInstancesFromLoadBalancer"](tx, call, request)
        else:
            targets = [{"Id": target.target_id, "Port": target.port}]
            WRITES["DeregisterTargets"](
                tx, call, {"TargetGroupArn": target.target_group_arn, "Targets": targets}
            )
    except ApiError as refusal:
        if refusal.code not in NOT_THERE:
            raise
        return "GONE"
    left = state_of(tx, task_arn, target)
    return "DRAINING" if left is not None and left.state == "draining" else "GONE"


def stop_draining(tx: Tx, call: Call, task_arn: str, target: TaskTarget) -> None:
    """Nobody is there any more to answer what is under way: the target is gone at once.

    A load balancer ends a drain early when nothing is open.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html#deregistration-delay
    """
    if target.load_balancer_name:
        arn = classic_instance_arn(classic_arn(task_arn, target), target.target_id)
        instance = tx.get(CLASSIC_INSTANCES, arn)
        if instance is not None:
            end_draining_of_instance(tx, call, instance)
        return
    found = tx.get(TARGETS, target_key(target))
    if found is not None and found.status == "draining":
        end_draining(tx, call, found)
