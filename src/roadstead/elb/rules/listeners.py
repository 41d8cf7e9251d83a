"""Listeners: which protocols go together, and with which others on a load balancer.

Source: botocore:elb#Listener
"""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.elb.errors import (
    duplicate_listener,
    invalid_configuration,
    unsupported_protocol,
    validation,
)
from roadstead.elb.records.load_balancer import ClassicListener
from roadstead.elb.rules.quotas import LISTENERS_MAX

PORT_MAX = 65535
DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"
"""What an HTTPS or SSL listener has from the start.
Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html"""
SECURE = ("HTTPS", "SSL")
PLAIN = {"HTTP": "HTTP", "HTTPS": "HTTP", "TCP": "TCP", "SSL": "TCP"}
"""The unencrypted protocol of each one's layer; that of the instances where none is named."""


def checked_listener(requested: Mapping[str, Any]) -> ClassicListener:
    """One listener of a request, but for whether its certificate exists.

    Raises: UnsupportedProtocol; ValidationError; InvalidConfigurationRequest
    """
    protocol = _protocol(requested["Protocol"])
    to_instances = _protocol(requested.get("InstanceProtocol") or PLAIN[protocol])
    port = requested["LoadBalancerPort"]
    if not 1 <= port <= PORT_MAX:
        raise validation(f"LoadBalancerPort must be between 1 and {PORT_MAX}, not {port}")
    if PLAIN[protocol] != PLAIN[to_instances]:
        raise validation(
            f"InstanceProtocol {to_instances} does not go with the Protocol {protocol}: both must "
            "be HTTP or HTTPS, or both TCP or SSL"
        )
    certificate = requested.get("SSLCertificateId") or ""
    if protocol in SECURE and not certificate:
        raise invalid_configuration(
            f"A listener with the Protocol {protocol} must have an SSLCertificateId"
        )
    if certificate and protocol not in SECURE:
        raise invalid_configuration(
            f"SSLCertificateId is for listeners with the Protocol HTTPS or SSL, not {protocol}"
        )
    return ClassicListener(
        protocol=protocol,
        load_balancer_port=port,
        instance_protocol=to_instances,
        instance_port=requested["InstancePort"],
        ssl_certificate_id=certificate,
        policy_names=(DEFAULT_POLICY,) if protocol in SECURE else (),
    )


def joined(
    name: str, held: Iterable[ClassicListener], added: Iterable[ClassicListener]
) -> tuple[ClassicListener, ...]:
    """All listeners of the load balancer `name`, by port. One that is there already may come again.

    Raises: DuplicateListener; InvalidConfigurationRequest for one instance port with two kinds of
        protocols; ValidationError for too many.
    """
    by_port = {each.load_balancer_port: each for each in held}
    for each in added:
        if by_port.setdefault(each.load_balancer_port, each) != each:
            raise duplicate_listener(name, each.load_balancer_port)
    found = tuple(by_port[port] for port in sorted(by_port))
    if len(found) > LISTENERS_MAX:
        raise validation(
            f"A load balancer can have at most {LISTENERS_MAX} listeners, not {len(found)}"
        )
    secure: dict[int, bool] = {}
    for each in found:
        is_secure = each.instance_protocol in SECURE
        if secure.setdefault(each.instance_port, is_secure) != is_secure:
            raise invalid_configuration(
                f"Listeners that lead to one InstancePort must all encrypt what they send there, "
                f"or none: {each.instance_port} has both"
            )
    return found


def _protocol(text: str) -> str:
    if text.upper() not in PLAIN:
        raise unsupported_protocol(text)
    return text.upper()
