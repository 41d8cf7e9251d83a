"""The attributes of target groups: which a group has, their defaults and ranges.

Source: botocore:elbv2#TargetGroupAttribute
"""

from collections.abc import Mapping

from roadstead.elbv2.errors import invalid_configuration
from roadstead.elbv2.rules.attributes import Attribute, flag, number, number_or_off, one_of, pattern
from roadstead.elbv2.rules.protocols import is_of_application

DELAY = "deregistration_delay.timeout_seconds"
DELAY_SECONDS_DEFAULT = 300
TARGETS_MAX = 1000
STICKY_SECONDS_MAX = 604_800
RESERVED_COOKIES = ("AWSALB", "AWSALBAPP", "AWSALBTG")

_OF_ALL = {
    DELAY: number(DELAY_SECONDS_DEFAULT, 0, 3600),
    "stickiness.enabled": flag(False),
    "load_balancing.cross_zone.enabled": one_of("use_load_balancer_configuration", "true", "false"),
    "target_group_health.dns_failover.minimum_healthy_targets.count": number(
        1, 1, TARGETS_MAX, besides="off"
    ),
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": number_or_off(1, 100),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": number(
        1, 1, TARGETS_MAX
    ),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": number_or_off(
        1, 100
    ),
}

OF_APPLICATION: Mapping[str, Attribute] = {
    **_OF_ALL,
    "stickiness.type": one_of("lb_cookie", "app_cookie"),
    "stickiness.lb_cookie.duration_seconds": number(86_400, 1, STICKY_SECONDS_MAX),
    "stickiness.app_cookie.cookie_name": pattern(
        "",
        r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{0,128}",
        "the name of a cookie, with the characters of a token of RFC 6265",
    ),
    "stickiness.app_cookie.duration_seconds": number(86_400, 1, STICKY_SECONDS_MAX),
    "slow_start.duration_seconds": number(0, 30, 900, besides="0"),
    "load_balancing.algorithm.type": one_of(
        "round_robin", "least_outstanding_requests", "weighted_random"
    ),
    "load_balancing.algorithm.anomaly_mitigation": one_of("off", "on"),
}
"""Of groups for application load balancers."""


def attributes_of(protocol: str, target_type: str) -> Mapping[str, Attribute]:
    """The attributes that a target group of this protocol and type has."""
    if is_of_application(protocol):
        return OF_APPLICATION
    is_datagram = protocol in ("UDP", "TCP_UDP")
    preserves = target_type == "instance" or is_datagram
    return {
        **_OF_ALL,
        "stickiness.type": one_of("source_ip"),
        "deregistration_delay.connection_termination.enabled": flag(is_datagram),
        "preserve_client_ip.enabled": one_of("true") if is_datagram else flag(preserves),
        "proxy_protocol_v2.enabled": flag(False),
        "target_health_state.unhealthy.connection_termination.enabled": (
            one_of("false") if is_datagram else flag(True)
        ),
        "target_health_state.unhealthy.draining_interval_seconds": number(0, 0, 360_000),
    }


def check_together(attributes: Mapping[str, str]) -> None:
    """Return if what a group has in all goes together.

    Raises: InvalidConfigurationRequest
    """
    cookie = attributes.get("stickiness.app_cookie.cookie_name", "")
    if cookie.startswith(RESERVED_COOKIES):
        raise invalid_configuration(
            f"The cookie name '{cookie}' is not valid: names that start with "
            f"{', '.join(RESERVED_COOKIES)} are reserved for the load balancer."
        )
    is_sticky = attributes.get("stickiness.enabled") == "true"
    if is_sticky and attributes.get("stickiness.type") == "app_cookie" and not cookie:
        raise invalid_configuration(
            "stickiness.app_cookie.cookie_name must be set for stickiness of type app_cookie."
        )
    algorithm = attributes.get("load_balancing.algorithm.type", "round_robin")
    if attributes.get("load_balancing.algorithm.anomaly_mitigation") == "on" and (
        algorithm != "weighted_random"
    ):
        raise invalid_configuration(
            "load_balancing.algorithm.anomaly_mitigation can be on only if "
            "load_balancing.algorithm.type is weighted_random."
        )
    if attributes.get("slow_start.duration_seconds", "0") != "0" and algorithm != "round_robin":
        raise invalid_configuration(
            "slow_start.duration_seconds can be set only if load_balancing.algorithm.type is "
            "round_robin."
        )
    terminates = attributes.get("target_health_state.unhealthy.connection_termination.enabled")
    interval = attributes.get("target_health_state.unhealthy.draining_interval_seconds", "0")
    if terminates == "true" and interval != "0":
        raise invalid_configuration(
            "target_health_state.unhealthy.draining_interval_seconds can be set only if "
            "target_health_state.unhealthy.connection_termination.enabled is false."
        )


def drain_seconds(attributes: Mapping[str, str]) -> int:
    """How long a deregistered target drains, by the attributes that were set."""
    return int(attributes.get(DELAY, DELAY_SECONDS_DEFAULT))
