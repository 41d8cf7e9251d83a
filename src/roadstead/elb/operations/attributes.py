"""What a client may ask about the attributes of a Classic load balancer."""

from typing import Any

from roadstead.elb.operations.references import the_load_balancer
from roadstead.elb.rules.attributes import checked_attributes
from roadstead.elb.transitions import load_balancers as transitions
from roadstead.elb.views.load_balancer import attributes_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def modify_attributes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set attributes; what is not named stays.

    Raises: LoadBalancerNotFound; InvalidConfigurationRequest; ValidationError;
        OperationNotPermitted for access logs
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_ModifyLoadBalancerAttributes.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    asked = request["LoadBalancerAttributes"]
    changed = transitions.set_attributes(tx, found, checked_attributes(asked))
    shown = attributes_view(changed)
    return {
        "LoadBalancerName": found.name,
        "LoadBalancerAttributes": {name: shown[name] for name in asked if name in shown},
    }


def describe_attributes(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """All attributes, with the values in force.

    Raises: LoadBalancerNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeLoadBalancerAttributes.html
    """
    found = the_load_balancer(view, call, request["LoadBalancerName"])
    return {"LoadBalancerAttributes": attributes_view(found)}
