"""A target group's health check as Envoy's."""

import re
from typing import Any

from roadstead.dataplane.snapshot.messages import Json, extension, header, seconds
from roadstead.dataplane.snapshot.names import Files
from roadstead.elbv2.records.target_group import HealthCheck

USER_AGENT = "ELB-HealthChecker/2.0"
GRPC_HEALTH_PATH = "/grpc.health.v1.Health/Check"
CHECKS = "checks"
"""The name under which a cluster keeps the transport of its checks, where it is not the traffic's.
"""


def health_check(check: HealthCheck, protocol_version: str, files: Files) -> Json:
    """Thresholds and codes as ELB has them.

    The first check that passes makes a new target healthy; Envoy does the same. A code that is not
    expected counts towards the threshold: Envoy would give up at the first one otherwise.
    """
    return {
        **timing(check, files),
        **_question(check, protocol_version),
    }


def timing(check: HealthCheck, files: Files) -> Json:
    """How often, how long, how many, and where what was found is written."""
    every = seconds(check.interval_seconds)
    return {
        "interval": every,
        "no_traffic_interval": every,
        "timeout": seconds(check.timeout_seconds),
        "healthy_threshold": check.healthy_threshold,
        "unhealthy_threshold": check.unhealthy_threshold,
        "reuse_connection": False,
        "always_log_health_check_failures": True,
        "event_logger": [
            extension(
                "file",
                "envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink",
                event_log_path=str(files.health_events),
            )
        ],
    }


def _question(check: HealthCheck, protocol_version: str) -> Json:
    question: Json
    if check.protocol not in ("HTTP", "HTTPS"):
        question = {"tcp_health_check": {}}
    elif protocol_version == "GRPC" and check.path == GRPC_HEALTH_PATH:
        question = {"grpc_health_check": {}}
    else:
        asked: dict[str, Any] = {
            "path": check.path,
            "request_headers_to_add": [header("user-agent", USER_AGENT)],
            "expected_statuses": _ranges(check, protocol_version),
            "retriable_statuses": [{"start": 100, "end": 600}],
        }
        if protocol_version != "HTTP1":
            asked["codec_client_type"] = "HTTP2"
        if protocol_version == "GRPC":
            # A method that is not there answers 200 with its code in a trailer, as most do here.
            asked["method"] = "POST"
            asked["request_headers_to_add"].append(header("content-type", "application/grpc"))
        question = {"http_health_check": asked}
    return question


def _ranges(check: HealthCheck, protocol_version: str) -> list[Json]:
    """The codes of a matcher; the end of each range is the first one that is not in it."""
    codes = check.matcher.get("HttpCode", "200")
    if protocol_version == "GRPC":
        codes = "200"
    found = []
    for part in re.split(r"\s*,\s*", codes):
        first, _, last = part.partition("-")
        found.append({"start": int(first), "end": int(last or first) + 1})
    return found
