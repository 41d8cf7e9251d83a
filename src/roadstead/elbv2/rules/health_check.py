"""Health checks of target groups: defaults by protocol, and what may be asked for.

Source: botocore:elbv2#CreateTargetGroupInput;
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    (the timeout's default of 5 seconds for HTTP and HTTPS groups)
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from roadstead.elbv2.errors import invalid_configuration, validation
from roadstead.elbv2.records.target_group import HealthCheck
from roadstead.elbv2.rules.protocols import is_of_application

PROTOCOLS = ("HTTP", "HTTPS", "TCP")
TRAFFIC_PORT = "traffic-port"
PATH = re.compile(r"/[\x21-\x7e]{0,1023}")
GRPC_PATH = "/AWS.ALB/healthcheck"

_NUMBERS = {
    "HealthCheckIntervalSeconds": ("interval_seconds", 5, 300),
    "HealthCheckTimeoutSeconds": ("timeout_seconds", 2, 120),
    "HealthyThresholdCount": ("healthy_threshold", 2, 10),
    "UnhealthyThresholdCount": ("unhealthy_threshold", 2, 10),
}


def default_health_check(protocol: str, protocol_version: str, check_protocol: str) -> HealthCheck:
    """The health check of a new group, by its protocol and the check's."""
    if check_protocol == "TCP":
        return HealthCheck(protocol="TCP", path="", timeout_seconds=10)
    check = HealthCheck(protocol=check_protocol, matcher={"HttpCode": "200"})
    if protocol_version == "GRPC":
        return replace(check, path=GRPC_PATH, matcher={"GrpcCode": "12"})
    if is_of_application(protocol):
        return check
    return replace(
        check,
        timeout_seconds=6 if check_protocol == "HTTP" else 10,
        matcher={"HttpCode": "200-399"},
    )


def check_protocol_of(request: Mapping[str, Any], protocol: str) -> str:
    """The protocol that a new group's health check is to speak.

    Raises: ValidationError for one that no health check speaks.
    """
    asked = request.get("HealthCheckProtocol")
    if asked is None:
        return "HTTP" if is_of_application(protocol) else "TCP"
    _check_protocol(asked, protocol)
    return str(asked)


def changed_health_check(
    check: HealthCheck, request: Mapping[str, Any], protocol: str, protocol_version: str
) -> HealthCheck:
    """The health check with what the request says; all of it is checked.

    Raises: ValidationError; InvalidConfigurationRequest where values do not go together.
    """
    if request.get("HealthCheckEnabled") is False:
        raise invalid_configuration(
            "Health check enabled must be true for target groups with target type 'instance' or "
            "'ip'"
        )
    asked = request.get("HealthCheckProtocol")
    if asked is not None and asked != check.protocol:
        _check_protocol(asked, protocol)
        fresh = default_health_check(protocol, protocol_version, asked)
        kept = check if "TCP" not in (asked, check.protocol) else fresh
        check = replace(check, protocol=asked, path=kept.path, matcher=kept.matcher)
    changes: dict[str, Any] = {}
    for member, (field, least, most) in _NUMBERS.items():
        number = request.get(member)
        if number is None:
            continue
        if not least <= number <= most:
            raise validation(f"{member} must be between {least} and {most}, not {number}")
        changes[field] = number
    port = request.get("HealthCheckPort")
    if port is not None:
        changes["port"] = _checked_port(port)
    path, matcher = request.get("HealthCheckPath"), request.get("Matcher")
    if check.protocol == "TCP":
        if path is not None:
            raise invalid_configuration(
                "You cannot specify a health check path for health checks with protocol 'TCP'"
            )
        if matcher:
            raise invalid_configuration(
                "You cannot specify a matcher for health checks with protocol 'TCP'"
            )
    else:
        if path is not None:
            changes["path"] = _checked_path(path)
        if matcher:
            changes["matcher"] = _checked_matcher(matcher, protocol, protocol_version)
    check = replace(check, **changes)
    if check.timeout_seconds >= check.interval_seconds:
        # Source: observed: the code, and the first sentence.
        raise validation(
            "Health check interval must be greater than the timeout. They are "
            f"{check.interval_seconds} and {check.timeout_seconds} seconds."
        )
    return check


def checked_port_of(check: HealthCheck, target_port: int) -> str:
    """The port of a target that its health check asks."""
    return str(target_port) if check.port == TRAFFIC_PORT else check.port


def _check_protocol(asked: str, protocol: str) -> None:
    if asked not in PROTOCOLS or (asked == "TCP" and is_of_application(protocol)):
        raise validation(
            f"Health check protocol '{asked}' is not supported for target groups with the "
            f"protocol {protocol}"
        )


def _checked_port(port: str) -> str:
    if port == TRAFFIC_PORT:
        return port
    if re.fullmatch(r"[1-9]\d{0,4}", port) is None or int(port) > 65_535:
        raise validation(
            f"Health check port '{port}' must be between 1 and 65535, or '{TRAFFIC_PORT}'"
        )
    return port


def _checked_path(path: str) -> str:
    if PATH.fullmatch(path) is None:
        raise validation(
            f"Health check path '{path}' must begin with a '/' character, and can only contain "
            "printable ASCII characters, without spaces"
        )
    return path


def _checked_matcher(
    matcher: Mapping[str, Any], protocol: str, protocol_version: str
) -> dict[str, str]:
    wanted = "GrpcCode" if protocol_version == "GRPC" else "HttpCode"
    codes = matcher.get(wanted)
    if codes is None or len([each for each in matcher.values() if each is not None]) > 1:
        raise validation(f"Matcher must have {wanted}, and nothing else, for this target group")
    least, most = 0, 99
    if wanted == "HttpCode":
        least, most = 200, 499 if is_of_application(protocol) else 599
    if not codes_of(codes, least, most):
        raise validation(
            f"Health check matcher {wanted} '{codes}' must be within '{least}-{most}' inclusive: "
            "one code, a list (200,202) or a range (200-299)"
        )
    return {wanted: codes}


def codes_of(text: str, least: int, most: int) -> list[tuple[int, int]]:
    """The ranges, both ends included, that a list of codes and ranges says; empty if it is none."""
    found = []
    for part in text.split(","):
        match = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", part)
        if match is None:
            return []
        first, last = int(match[1]), int(match[2] or match[1])
        if not least <= first <= last <= most:
            return []
        found.append((first, last))
    return found
