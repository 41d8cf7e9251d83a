"""What Envoy's health checks found, as it writes it down, as news of targets with ELB's reasons.

Pure: lines in, findings out.
"""

from typing import Any

import msgspec

from roadstead.elbv2.rules.target_health import (
    FAILED_HEALTH_CHECKS,
    RESPONSE_CODE_MISMATCH,
    TIMEOUT,
)

REASONS = {
    "ACTIVE": RESPONSE_CODE_MISMATCH,
    "NETWORK": FAILED_HEALTH_CHECKS,
    "NETWORK_TIMEOUT": TIMEOUT,
}
"""Source: envoy/data/core/v3/health_check_event.proto, HealthCheckFailureType"""


class Finding(msgspec.Struct, frozen=True):
    """One target's check, or what became of it."""

    cluster: str
    address: str
    port: int
    kind: str
    """passed (it is healthy now), failed (one check), unhealthy (enough of them)."""
    reason: str = ""
    """Of a failure."""


def finding(line: bytes) -> Finding | None:
    """What a line of the event log says; None if it is about nothing that matters here."""
    try:
        event: dict[str, Any] = msgspec.json.decode(line)
        socket = event["host"]["socket_address"]
        cluster, address, port = event["cluster_name"], socket["address"], socket["port_value"]
    except (msgspec.DecodeError, KeyError, TypeError):
        return None
    if "add_healthy_event" in event:
        return Finding(cluster, address, port, "passed")
    for name, kind in (
        ("eject_unhealthy_event", "unhealthy"),
        ("health_check_failure_event", "failed"),
    ):
        if name in event:
            # The first value of an enumeration is not written.
            failure = event[name].get("failure_type", "ACTIVE")
            reason = REASONS.get(failure, FAILED_HEALTH_CHECKS)
            if reason == RESPONSE_CODE_MISMATCH and event.get("health_checker_type", "HTTP") != (
                "HTTP"
            ):
                reason = FAILED_HEALTH_CHECKS
            return Finding(cluster, address, port, kind, reason)
    return None


def standing(cluster: dict[str, Any]) -> list[Finding]:
    """How the hosts of a cluster stand, from the admin socket: passed, unhealthy, or pending.

    Draining ones are left out: they are checked on, but nothing follows from it.
    """
    found = []
    for host in cluster.get("host_statuses", ()):
        socket = host["address"].get("socket_address")
        if socket is None:
            continue
        health = host.get("health_status", {})
        kind = "passed"
        if health.get("pending_active_hc"):
            kind = "pending"
        elif health.get("failed_active_health_check"):
            kind = "unhealthy"
        reason = FAILED_HEALTH_CHECKS if kind == "unhealthy" else ""
        if health.get("failed_active_health_check") and health.get("active_hc_timeout"):
            reason = TIMEOUT
        found.append(
            Finding(cluster["name"], socket["address"], socket["port_value"], kind, reason)
        )
    return found
