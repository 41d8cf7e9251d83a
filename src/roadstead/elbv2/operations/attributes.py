"""What a client may ask about the attributes of load balancers and listeners."""

from typing import Any

from roadstead.elbv2.operations.references import the_listener, the_load_balancer
from roadstead.elbv2.rules import listener_attributes, load_balancer_attributes
from roadstead.elbv2.rules.attributes import all_of, checked
from roadstead.elbv2.transitions import listeners, load_balancers
from roadstead.elbv2.views.listener import listener_attributes_view
from roadstead.elbv2.views.load_balancer import load_balancer_attributes_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def modify_load_balancer_attributes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set attributes of the load balancer.

    Raises: LoadBalancerNotFound; ValidationError for a key that it does not have;
        InvalidConfigurationRequest for a value that is not valid.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyLoadBalancerAttributes.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerArn"])
    table = load_balancer_attributes.attributes_of(found.type, found.scheme)
    changes = checked("Load balancer", table, request["Attributes"])
    load_balancer_attributes.check_together(all_of(table, {**found.attributes, **changes}))
    found = load_balancers.set_attributes(tx, found, changes)
    return {"Attributes": load_balancer_attributes_view(found)}


def describe_load_balancer_attributes(
    view: View, call: Call, request: dict[str, Any]
) -> dict[str, Any]:
    """All attributes of the load balancer.

    Raises: LoadBalancerNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancerAttributes.html
    """
    found = the_load_balancer(view, call, request["LoadBalancerArn"])
    return {"Attributes": load_balancer_attributes_view(found)}


def modify_listener_attributes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set attributes of the listener.

    Raises: ListenerNotFound; ValidationError for a key that it does not have;
        InvalidConfigurationRequest for a value that is not valid.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListenerAttributes.html
    """
    found = the_listener(tx, call, request["ListenerArn"])
    table = listener_attributes.attributes_of(found.protocol)
    changes = checked("Listener", table, request["Attributes"])
    found = listeners.set_attributes(tx, found, changes)
    return {"Attributes": listener_attributes_view(found)}


def describe_listener_attributes(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """All attributes of the listener.

    Raises: ListenerNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerAttributes.html
    """
    found = the_listener(view, call, request["ListenerArn"])
    return {"Attributes": listener_attributes_view(found)}
