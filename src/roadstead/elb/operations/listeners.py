"""What a client may ask about the listeners of a Classic load balancer."""

from typing import Any

from msgspec.structs import replace

from roadstead.elb.errors import invalid_configuration, listener_not_found
from roadstead.elb.operations.references import check_certificate, the_load_balancer
from roadstead.elb.rules.listeners import SECURE, checked_listener, joined
from roadstead.elb.transitions import load_balancers as transitions
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_listeners(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Add listeners; one that is there with the same settings is no error.

    Raises: LoadBalancerNotFound; DuplicateListener; CertificateNotFound; UnsupportedProtocol;
        InvalidConfigurationRequest; ValidationError
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_CreateLoadBalancerListeners.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    added = [checked_listener(each) for each in request["Listeners"]]
    for each in added:
        check_certificate(tx, call, each.ssl_certificate_id)
    transitions.set_listeners(tx, found, joined(found.name, found.listeners, added))
    return {}


def delete_listeners(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Remove the listeners of these ports; where there is none is no error.

    Raises: LoadBalancerNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DeleteLoadBalancerListeners.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    ports = request["LoadBalancerPorts"]
    kept = [each for each in found.listeners if each.load_balancer_port not in ports]
    transitions.set_listeners(tx, found, kept)
    return {}


def set_certificate(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let the listener of this port use this certificate.

    Raises: LoadBalancerNotFound; ListenerNotFound; CertificateNotFound;
        InvalidConfigurationRequest for a listener that does not encrypt.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_SetLoadBalancerListenerSSLCertificate.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    port, arn = request["LoadBalancerPort"], request["SSLCertificateId"]
    listener = next((each for each in found.listeners if each.load_balancer_port == port), None)
    if listener is None:
        raise listener_not_found(found.name, port)
    if listener.protocol not in SECURE:
        raise invalid_configuration(
            f"The listener on the port {port} has the Protocol {listener.protocol}; only HTTPS and "
            "SSL have a certificate"
        )
    check_certificate(tx, call, arn)
    changed = replace(listener, ssl_certificate_id=arn)
    transitions.set_listeners(
        tx, found, (changed if each is listener else each for each in found.listeners)
    )
    return {}
