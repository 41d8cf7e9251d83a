"""Protocols: which belong to which type of load balancer, and what goes with what.

Source: botocore:elbv2#CreateListenerInput, botocore:elbv2#CreateTargetGroupInput
"""

OF_APPLICATION = ("HTTP", "HTTPS")
OF_NETWORK = ("TCP", "TLS", "UDP", "TCP_UDP")
SUPPORTED = (*OF_APPLICATION, *OF_NETWORK)
WITH_CERTIFICATE = ("HTTPS", "TLS")
DATAGRAM = ("UDP", "TCP_UDP")

_GROUPS_OF_LISTENER = {
    "HTTP": ("HTTP", "HTTPS"),
    "HTTPS": ("HTTP", "HTTPS"),
    "TCP": ("TCP", "TCP_UDP"),
    "TLS": ("TCP", "TLS"),
    "UDP": ("UDP", "TCP_UDP"),
    "TCP_UDP": ("TCP_UDP",),
}


def is_of_application(protocol: str) -> bool:
    """Whether an application load balancer, not a network one, speaks the protocol."""
    return protocol in OF_APPLICATION


def protocols_of(load_balancer_type: str) -> tuple[str, ...]:
    """What the listeners of a load balancer may speak."""
    return OF_APPLICATION if load_balancer_type == "application" else OF_NETWORK


def may_forward(listener_protocol: str, group_protocol: str) -> bool:
    """Whether a listener may lead to a target group.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html
    """
    return group_protocol in _GROUPS_OF_LISTENER[listener_protocol]
