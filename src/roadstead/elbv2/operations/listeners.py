"""What a client may ask about listeners. Their default actions are a rule: see `records`."""

from typing import Any

from msgspec.structs import replace

from roadstead.aws.marked_pages import page_of
from roadstead.elbv2.errors import (
    duplicate_listener,
    too_many,
    unsupported_protocol,
    validation,
)
from roadstead.elbv2.operations.forwarding import actions_of, check_groups
from roadstead.elbv2.operations.references import the_listener, the_load_balancer
from roadstead.elbv2.operations.secure import (
    alpn_policy_of,
    certificates_of,
    refuse_mutual_authentication,
    ssl_policy_of,
)
from roadstead.elbv2.records.load_balancer import (
    LISTENERS_BY_LOAD_BALANCER,
    LOAD_BALANCERS,
    RULES_BY_LISTENER,
    Listener,
    LoadBalancer,
)
from roadstead.elbv2.rules.listener_attributes import attributes_of
from roadstead.elbv2.rules.protocols import protocols_of
from roadstead.elbv2.rules.quotas import LISTENERS_MAX
from roadstead.elbv2.rules.tags import checked_tags
from roadstead.elbv2.transitions import listeners as transitions
from roadstead.elbv2.transitions.rules import change_rule
from roadstead.elbv2.views.listener import listener_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

PORT_MAX = 65_535


def create_listener(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new listener with its default actions, or the one of that port if it is just so.

    Raises: LoadBalancerNotFound; ValidationError; DuplicateListener; TooManyListeners;
        UnsupportedProtocol; CertificateNotFound, SSLPolicyNotFound, ALPNPolicyNotFound; what
        `actions_of` does; OperationNotPermitted for mutual authentication.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
    """
    load_balancer = the_load_balancer(tx, call, request["LoadBalancerArn"])
    port, protocol = request.get("Port"), request.get("Protocol")
    if port is None:
        raise validation("A port must be specified")
    if protocol is None:
        raise validation("A protocol must be specified")
    refuse_mutual_authentication(request)
    _check_endpoint(load_balancer, port, protocol)
    settings = _with(tx, call, Listener(arn="", port=port, protocol=protocol), request)
    settings = replace(
        settings,
        load_balancer_arn=load_balancer.arn,
        tags=checked_tags(request.get("Tags")),
    )
    actions = actions_of(
        tx, call, load_balancer, request["DefaultActions"], protocol=protocol, port=port
    )
    taken = _of_port(tx, load_balancer, port, protocol)
    if taken is not None:
        as_asked = replace(
            settings, arn=taken.arn, version=taken.version, attributes=taken.attributes
        )
        default = tx.first(RULES_BY_LISTENER, taken.arn)
        if as_asked != taken or default is None or default.actions != actions:
            raise duplicate_listener(port)
        return {"Listeners": [listener_view(tx, taken)]}
    if tx.count(LISTENERS_BY_LOAD_BALANCER, load_balancer.arn) >= LISTENERS_MAX:
        raise too_many("Listeners", f"A load balancer can have at most {LISTENERS_MAX} listeners")
    listener = transitions.create_listener(tx, call, load_balancer, settings, actions)
    return {"Listeners": [listener_view(tx, listener)]}


def modify_listener(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Change what is named; the rest stays. Default actions are replaced as a whole.

    Raises: ListenerNotFound; and what CreateListener does.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html
    """
    listener = the_listener(tx, call, request["ListenerArn"])
    load_balancer = tx.must(LOAD_BALANCERS, listener.load_balancer_arn)
    port = listener.port if request.get("Port") is None else request["Port"]
    protocol = request.get("Protocol") or listener.protocol
    refuse_mutual_authentication(request)
    _check_endpoint(load_balancer, port, protocol)
    taken = _of_port(tx, load_balancer, port, protocol)
    if taken is not None and taken.arn != listener.arn:
        raise duplicate_listener(port)
    known = attributes_of(protocol)
    changed = replace(
        _with(tx, call, replace(listener, port=port, protocol=protocol), request),
        attributes={key: value for key, value in listener.attributes.items() if key in known},
    )
    default = tx.first(RULES_BY_LISTENER, listener.arn)
    assert default is not None, "a listener has its default rule"
    actions = None
    if request.get("DefaultActions"):
        actions = actions_of(
            tx, call, load_balancer, request["DefaultActions"], protocol=protocol, port=port
        )
    elif (port, protocol) != (listener.port, listener.protocol):
        actions = _actions_anew(tx, call, load_balancer, default.actions, protocol, port)
    if (port, protocol) != (listener.port, listener.protocol):
        for rule in tx.find(RULES_BY_LISTENER, listener.arn)[1:]:
            _actions_anew(tx, call, load_balancer, rule.actions, protocol, port)
    listener = transitions.change_listener(tx, listener, changed)
    change_rule(tx, call, default, actions=actions)
    return {"Listeners": [listener_view(tx, listener)]}


def delete_listener(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Delete the listener with its rules.

    Raises: ListenerNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteListener.html
    """
    transitions.delete_listener(tx, call, the_listener(tx, call, request["ListenerArn"]))
    return {}


def describe_listeners(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The listeners that are named, or those of a load balancer, by port.

    Raises: ListenerNotFound, LoadBalancerNotFound; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html
    """
    arns, balancer = request.get("ListenerArns"), request.get("LoadBalancerArn")
    if bool(arns) == bool(balancer):
        raise validation("You must specify either listener ARNs or a load balancer ARN")
    if arns:
        found = [the_listener(view, call, arn) for arn in dict.fromkeys(arns)]
    else:
        load_balancer = the_load_balancer(view, call, str(balancer))
        found = view.find(LISTENERS_BY_LOAD_BALANCER, load_balancer.arn)
    page, marker = page_of("DescribeListeners", request, found)
    return {"Listeners": [listener_view(view, each) for each in page], **marker}


def _with(view: View, call: Call, listener: Listener, request: dict[str, Any]) -> Listener:
    """The listener with certificates and policies as the request says."""
    protocol = listener.protocol
    return replace(
        listener,
        certificates=certificates_of(view, call, request, protocol, listener.certificates),
        ssl_policy=ssl_policy_of(request, protocol, listener.ssl_policy),
        alpn_policy=alpn_policy_of(request, protocol, listener.alpn_policy),
    )


def _check_endpoint(load_balancer: LoadBalancer, port: int, protocol: str) -> None:
    allowed = protocols_of(load_balancer.type)
    if protocol not in allowed:
        raise unsupported_protocol(
            f"Protocol '{protocol}' is not supported for load balancers of type "
            f"'{load_balancer.type}'. It must be one of '[{', '.join(allowed)}]'"
        )
    if not 1 <= port <= PORT_MAX:
        raise validation(f"Port must be between 1 and {PORT_MAX}, not {port}")


def _of_port(view: View, load_balancer: LoadBalancer, port: int, protocol: str) -> Listener | None:
    """The listener that this one could not be beside: one a port, but UDP beside TCP or TLS."""
    for each in view.find(LISTENERS_BY_LOAD_BALANCER, load_balancer.arn):
        if each.port == port and _transports(each.protocol) & _transports(protocol):
            return each
    return None


def _transports(protocol: str) -> set[str]:
    return {"TCP_UDP": {"tcp", "udp"}, "UDP": {"udp"}}.get(protocol, {"tcp"})


def _actions_anew(
    view: View,
    call: Call,
    load_balancer: LoadBalancer,
    actions: tuple[dict[str, Any], ...],
    protocol: str,
    port: int,
) -> tuple[dict[str, Any], ...]:
    """The actions that there are, checked for a listener of another port or protocol."""
    check_groups(view, call, load_balancer, actions, protocol)
    return actions_of(view, call, load_balancer, actions, protocol=protocol, port=port)
