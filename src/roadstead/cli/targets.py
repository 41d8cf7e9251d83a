"""`roadstead targets`: what the load balancers' proxy has counted of each target."""

import asyncio
import json
from pathlib import Path

import msgspec

from roadstead.cli import place
from roadstead.cli.terminal import EXIT_NOT_RUNNING, complain, say, table
from roadstead.dataplane.metrics import TargetRequests, requests_of_targets
from roadstead.dataplane.proxy_admin import ProxyAdmin, ProxyUnreachable
from roadstead.dataplane.snapshot.names import Files

COLUMNS = (
    "TARGET GROUP",
    "TARGET",
    "REQUESTS",
    "SUCCEEDED",
    "FAILED",
    "ACTIVE",
    "CONNECTIONS",
)


def show(path: Path | None, as_json: bool) -> int:
    """List the targets that the proxy has, in each group the busiest first; the exit status."""
    where = place.existing(path)
    socket = Path(Files(where.data_dir.dataplane).admin_socket)
    try:
        found = asyncio.run(requests_of_targets(ProxyAdmin(socket)))
    except ProxyUnreachable as error:
        complain(f"No proxy answers at {socket} ({error}); `roadstead up` keeps one running.")
        return EXIT_NOT_RUNNING
    found.sort(key=lambda each: (each.cluster, -each.requests, each.address, each.port))
    if as_json:
        say(json.dumps(msgspec.to_builtins(found), indent=2))
        return 0
    if not found:
        say("No target group of a load balancer has targets.")
        return 0
    table(list(COLUMNS), [_row(each) for each in found])
    return 0


def _row(target: TargetRequests) -> list[str]:
    return [
        target.cluster,
        f"{target.address}:{target.port}",
        str(target.requests),
        str(target.succeeded),
        str(target.failed),
        str(target.active),
        str(target.connections),
    ]
