"""What a client may ask about the instances of a Classic load balancer.

ECS asks the same way: an instance with a task of its is registered as any other.
"""

from collections.abc import Iterable
from typing import Any

from roadstead.ec2.records.instances import primary_interface
from roadstead.elb.errors import instance_elsewhere, instance_not_found, validation
from roadstead.elb.operations.references import the_load_balancer
from roadstead.elb.records.instance import (
    CLASSIC_INSTANCES,
    CLASSIC_INSTANCES_BY_LOAD_BALANCER,
    ClassicInstance,
    classic_instance_arn,
)
from roadstead.elb.records.load_balancer import ClassicLoadBalancer
from roadstead.elb.rules.quotas import INSTANCES_MAX
from roadstead.elb.transitions import instances as transitions
from roadstead.elb.views.instance_state import instance_state_view, unregistered_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def register_instances(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Register instances; those that are registered stay as they are. Answers with all of them.

    Raises: LoadBalancerNotFound; InvalidInstance for one that is not running or is in another
        VPC; ValidationError for none, or too many.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_RegisterInstancesWithLoadBalancer.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    ids = _ids(request)
    for each in ids:
        interface = primary_interface(tx, each)
        if interface is None:
            raise instance_not_found(each)
        if interface.vpc_id != found.vpc_id:
            raise instance_elsewhere(each, found.vpc_id)
    new = sum(_of(tx, found, each) is None for each in ids)
    count = tx.count(CLASSIC_INSTANCES_BY_LOAD_BALANCER, found.arn) + new
    if new and count > INSTANCES_MAX:
        raise validation(
            f"A load balancer can have at most {INSTANCES_MAX} registered instances, not {count}"
        )
    for each in ids:
        transitions.register(tx, call, found, each)
    return {"Instances": _registered(tx, found)}


def deregister_instances(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Deregister instances; what is not registered is no error. Answers with those that remain.

    Raises: LoadBalancerNotFound; InvalidInstance for what is no instance's id; ValidationError for
        none
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DeregisterInstancesFromLoadBalancer.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    for each in _ids(request):
        instance = _of(tx, found, each)
        if instance is not None:
            transitions.deregister(tx, call, found, instance)
        elif not each.startswith("i-"):
            raise instance_not_found(each)
    return {"Instances": _registered(tx, found)}


def describe_instance_health(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The states of the instances that are named, or of all that are registered or drain.

    Raises: LoadBalancerNotFound; InvalidInstance for one that there is not.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeInstanceHealth.html
    """
    found = the_load_balancer(view, call, request["LoadBalancerName"])
    if not request.get("Instances"):
        every = view.find(CLASSIC_INSTANCES_BY_LOAD_BALANCER, found.arn)
        return {"InstanceStates": [instance_state_view(each) for each in every]}
    shown = []
    for each in _ids(request):
        instance = _of(view, found, each)
        if instance is not None:
            shown.append(instance_state_view(instance))
        elif primary_interface(view, each) is None:
            raise instance_not_found(each)
        else:
            shown.append(unregistered_view(each))
    return {"InstanceStates": shown}


def _ids(request: dict[str, Any]) -> Iterable[str]:
    ids = tuple(dict.fromkeys(each.get("InstanceId") or "" for each in request["Instances"]))
    if not ids:
        raise validation("At least one instance must be specified")
    return ids


def _of(view: View, found: ClassicLoadBalancer, instance_id: str) -> ClassicInstance | None:
    return view.get(CLASSIC_INSTANCES, classic_instance_arn(found.arn, instance_id))


def _registered(view: View, found: ClassicLoadBalancer) -> list[dict[str, str]]:
    every = view.find(CLASSIC_INSTANCES_BY_LOAD_BALANCER, found.arn)
    return [{"InstanceId": each.instance_id} for each in every if each.draining_until is None]
