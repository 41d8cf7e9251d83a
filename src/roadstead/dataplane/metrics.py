"""Requests of each target, as the proxy counts them since it has had the target."""

from typing import Any

import msgspec

from roadstead.dataplane.proxy_admin import ProxyAdmin

COUNTERS = {
    "rq_total": "requests",
    "rq_success": "succeeded",
    "rq_error": "failed",
    "rq_active": "active",
    "rq_timeout": "timed_out",
    "cx_total": "connections",
    "cx_active": "active_connections",
    "cx_connect_fail": "failed_connections",
}


class TargetRequests(msgspec.Struct, frozen=True, kw_only=True):
    """One target of one group."""

    cluster: str
    """`<group's name>-<end of its ARN>`"""
    address: str
    port: int
    requests: int = 0
    succeeded: int = 0
    failed: int = 0
    """Answered with 5xx, or not at all."""
    active: int = 0
    timed_out: int = 0
    connections: int = 0
    active_connections: int = 0
    failed_connections: int = 0


async def requests_of_targets(admin: ProxyAdmin) -> list[TargetRequests]:
    """Of every target that the proxy has. Raises: ProxyUnreachable"""
    return [
        _counted(cluster["name"], host)
        for cluster in await admin.clusters()
        for host in cluster.get("host_statuses", ())
        if "socket_address" in host["address"]
    ]


def _counted(cluster: str, host: dict[str, Any]) -> TargetRequests:
    socket = host["address"]["socket_address"]
    counts = {
        COUNTERS[each["name"]]: int(each.get("value", 0))
        for each in host.get("stats", ())
        if each["name"] in COUNTERS
    }
    return msgspec.convert(
        {
            "cluster": cluster,
            "address": socket["address"],
            "port": socket["port_value"],
            **counts,
        },
        TargetRequests,
    )
