"""A target group in use → its cluster: how targets are chosen, checked and spoken to.

Its connections come from the load balancer's address, which is what security groups know.
"""

from typing import Any

from roadstead.dataplane.snapshot.health_checks import CHECKS, health_check
from roadstead.dataplane.snapshot.messages import (
    CLUSTER,
    Json,
    extension,
    seconds,
    typed,
    watched,
)
from roadstead.dataplane.snapshot.names import Files
from roadstead.dataplane.snapshot.tls import upstream_tls
from roadstead.elbv2.records.target_group import TargetGroup, attribute

CONNECT_SECONDS = 3
"""One lost packet is sent again after a second; nobody on this machine's networks is far away."""
BOUNDS = ("max_connections", "max_pending_requests", "max_requests", "max_retries")
UNBOUNDED = 1_000_000
"""Envoy's own bounds (1,024 requests, 3 retries) are for other worlds."""
PANIC_PERCENT = 1
"""Below so many healthy targets all of them get requests: none, for fewer than a hundred targets.
"""
IDLE_SECONDS = 60
READ_BYTES = 32 * 1024
"""Of a connection to a target: Envoy reserves so much memory before each read, else four times."""
HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
ALGORITHMS = {
    "round_robin": "ROUND_ROBIN",
    "least_outstanding_requests": "LEAST_REQUEST",
    "weighted_random": "RANDOM",
}


def cluster(name: str, group: TargetGroup, source_address: str, files: Files) -> Json:
    """The cluster of a group whose load balancer has that address."""
    found = common(name, source_address, files)
    found["common_lb_config"]["healthy_panic_threshold"] = {"value": _panic_percent(group)}
    found |= _choice(group)
    if group.health_check.enabled:
        found["health_checks"] = [_check(group, files)]
    if group.protocol in ("HTTP", "HTTPS"):
        found |= http_options(group.protocol_version)
    if group.protocol in ("TCP", "TLS", "TCP_UDP"):
        closes = attribute(
            group, "target_health_state.unhealthy.connection_termination.enabled", "true"
        )
        found["close_connections_on_host_health_failure"] = closes == "true"
    return found | _transport(group)


def common(name: str, source_address: str, files: Files) -> Json:
    """What every cluster has, of a target group or of a classic load balancer."""
    bounds = dict.fromkeys(BOUNDS, UNBOUNDED)
    return typed(
        CLUSTER,
        name=name,
        type="EDS",
        eds_cluster_config={
            "eds_config": watched(str(files.endpoints(name))),
            "service_name": name,
        },
        connect_timeout=seconds(CONNECT_SECONDS),
        common_lb_config={
            "healthy_panic_threshold": {"value": PANIC_PERCENT},
            # Neither healthy nor unhealthy yet: no requests, not even when all others fail.
            "ignore_new_hosts_until_first_hc": True,
            # Envoy would keep back what it takes for a change of health, a drain too, for 1 s.
            "update_merge_window": "0s",
        },
        # A target that was taken out goes at once, healthy or not.
        ignore_health_on_host_removal=True,
        circuit_breakers={"thresholds": [bounds]},
        upstream_bind_config={"source_address": {"address": source_address, "port_value": 0}},
    )


def http_options(protocol_version: str) -> Json:
    """HTTP to the targets, in their version; connections are kept for the next request."""
    version = "http_protocol_options" if protocol_version == "HTTP1" else "http2_protocol_options"
    options = typed(
        HTTP_OPTIONS,
        explicit_http_config={version: {}},
        common_http_protocol_options={"idle_timeout": seconds(IDLE_SECONDS)},
    )
    return {
        "typed_extension_protocol_options": {HTTP_OPTIONS: options},
        "per_connection_buffer_limit_bytes": READ_BYTES,
    }


def _panic_percent(group: TargetGroup) -> int:
    percent = attribute(
        group,
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
        "off",
    )
    return PANIC_PERCENT if percent == "off" else int(percent)


def _choice(group: TargetGroup) -> Json:
    is_sticky = attribute(group, "stickiness.enabled", "false") == "true"
    if is_sticky and attribute(group, "stickiness.type", "") == "source_ip":
        return {"lb_policy": "MAGLEV"}
    algorithm = attribute(group, "load_balancing.algorithm.type", "round_robin")
    found: Json = {"lb_policy": ALGORITHMS[algorithm]}
    window = int(attribute(group, "slow_start.duration_seconds", "0"))
    if window and found["lb_policy"] == "ROUND_ROBIN":
        slow_start = {"slow_start_window": seconds(window)}
        found["round_robin_lb_config"] = {"slow_start_config": slow_start}
    return found


def _check(group: TargetGroup, files: Files) -> Json:
    found = health_check(group.health_check, group.protocol_version, files)
    if _checks_apart(group):
        found["transport_socket_match_criteria"] = {CHECKS: True}
    return found


def _checks_apart(group: TargetGroup) -> bool:
    """Whether checks are encrypted and traffic is not, or the other way round."""
    return group.health_check.enabled and (
        (group.health_check.protocol == "HTTPS") != (group.protocol in ("HTTPS", "TLS"))
    )


def _transport(group: TargetGroup) -> Json:
    is_encrypted = group.protocol in ("HTTPS", "TLS")
    found: Json = {}
    plain: dict[str, Any] = extension(
        "plain", "envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer"
    )
    if is_encrypted:
        found["transport_socket"] = upstream_tls(group.protocol_version)
    if attribute(group, "proxy_protocol_v2.enabled", "false") == "true":
        found["transport_socket"] = extension(
            "proxy-protocol",
            "envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport",
            config={"version": "V2"},
            transport_socket=found.get("transport_socket", plain),
        )
    if _checks_apart(group):
        found["transport_socket_matches"] = [
            {
                "name": CHECKS,
                "match": {CHECKS: True},
                "transport_socket": plain if is_encrypted else upstream_tls("HTTP1"),
            }
        ]
    return found
