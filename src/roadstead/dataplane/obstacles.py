"""Obstacles: resources that Envoy would take, but this machine cannot carry.

Each is answered as validation answers: `kind/name` → why.
"""

from collections.abc import Mapping
from pathlib import Path

from roadstead.dataplane import ports
from roadstead.dataplane.book import Changes
from roadstead.dataplane.ports import EVERY_ADDRESS, LOOPBACK
from roadstead.dataplane.proxy_admin import ProxyAdmin, ProxyUnreachable
from roadstead.dataplane.snapshot.messages import Json
from roadstead.dataplane.snapshot.names import front_port

WATCHES_KEPT = 28
"""Of a user's inotify instances, those that are left to others."""
WATCHES_MAX = Path("/proc/sys/fs/inotify/max_user_instances")

Served = Mapping[str, Mapping[str, Json]]


def beyond_watches(changes: Changes, served: Served) -> dict[str, str]:
    """Clusters and routes that the proxy could not watch: it would end, with all the others."""
    allowed = int(WATCHES_MAX.read_text()) - WATCHES_KEPT
    free = allowed - len(served["clusters"]) - len(served["routes"])
    found = {}
    for kind, resources in (("routes", changes.routes), ("clusters", changes.clusters)):
        for name in resources:
            if name in served[kind]:
                continue
            free -= 1
            if free < 0:
                found[f"{kind}/{name}"] = (
                    f"{WATCHES_MAX} allows {allowed + WATCHES_KEPT} watched files. "
                    "Raise it: sysctl fs.inotify.max_user_instances=8192"
                )
    return found


def without_routes(changes: Changes, served: Served, refused: Mapping[str, str]) -> dict[str, str]:
    """Listeners whose routes were refused and were never served: nothing could be read."""
    return {
        f"listeners/{name}": f"its routes are refused: {refused[f'routes/{name}']}"
        for name in changes.listeners
        if f"routes/{name}" in refused and name not in served["routes"]
    }


async def without_port(changes: Changes, served: Served, admin: ProxyAdmin) -> dict[str, str]:
    """Listeners whose port somebody else has: on the loopback address, or on every address."""
    new = [name for name in changes.listeners if name not in served["listeners"]]
    if not new:
        return {}
    everywhere, loopback = ports.taken_ports(EVERY_ADDRESS), ports.taken_ports(LOOPBACK)
    datagrams = ports.taken_ports(EVERY_ADDRESS, ports.DATAGRAM_TABLES)
    found = {}
    for name in new:
        front = front_port(name)
        transport, port = _socket_of(changes.listeners[name])
        if front and port in loopback:
            found[name] = (
                f"somebody else listens on port {port} of this machine; "
                "its load balancers are reached at their own addresses"
            )
        elif port in (datagrams if transport == "UDP" else everywhere):
            letter = transport[0].lower()
            found[name] = (
                f"somebody else listens on {transport} port {port} of every address of this "
                "machine, a load balancer's too, and gets what is for it: see "
                f"`ss -l{letter}np sport = :{port}`"
            )
    if not found:
        return {}
    try:
        ours = await admin.listeners()
    except ProxyUnreachable:
        ours = {}
    return {f"listeners/{name}": why for name, why in found.items() if ours.get(name) != ""}


def _socket_of(listener: Json) -> tuple[str, int]:
    """TCP or UDP, and the port."""
    where = listener["address"]["socket_address"]
    return where.get("protocol", "TCP"), where["port_value"]
