"""Signed calls through the real server beside moto's: calls per second and the slowest percent.

wrk is the load generator, with requests that were signed beforehand; see `load`. Both servers get
the same requests. Ours verifies every signature, and has every write on disk when it answers.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.control_plane import control_plane, fill
from bench.ecs_client import EcsClient
from bench.figures import Figure, Target, median
from bench.load import Load, put_load
from bench.peers import moto
from bench.programs import NotAvailable
from bench.simulated import definition
from bench.sitting import Sitting

CONNECTIONS = 32
FAMILIES = 50
TARGETS = {
    "DescribeTasks": Target(at_least=20, aim=33),
    "RegisterTaskDefinition": Target(at_least=10),
    "ListTasks": None,
    "DescribeTaskDefinition": None,
}


def measure(sitting: Sitting) -> None:
    """Every operation in turn, ours and the peer alternating."""
    folder = fill(sitting.folder / "calls", definitions=4, tasks=10, instances=1)
    with control_plane(folder) as plane, _peer(sitting) as (peer, why):
        ours = plane.client()
        if peer is not None:
            peer.call("RegisterTaskDefinition", **definition("app-0"))
            peer.call("RunTask", taskDefinition="app-0", count=10, launchType="EC2")
        for operation, target in TARGETS.items():
            _measure_operation(sitting, operation, target, ours, peer, why)


def requests(client: EcsClient, operation: str) -> list[bytes]:
    """Signed requests of the operation, for a server that has ten tasks and the family app-0."""
    match operation:
        case "DescribeTasks":
            arn = client.call("ListTasks")["taskArns"][0]
            return [client.raw(operation, cluster="default", tasks=[arn])]
        case "RegisterTaskDefinition":
            return [client.raw(operation, **definition(f"load-{n}")) for n in range(FAMILIES)]
        case "DescribeTaskDefinition":
            return [client.raw(operation, taskDefinition="app-0")]
        case _:
            return [client.raw(operation)]


def _measure_operation(
    sitting: Sitting,
    operation: str,
    target: Target | None,
    ours: EcsClient,
    peer: EcsClient | None,
    why: str,
) -> None:
    loads: dict[str, list[Load]] = {"ours": [], "peer": []}

    def loader(client: EcsClient, side: str) -> Callable[[], float]:
        def load() -> float:
            sent = requests(client, operation)
            loads[side].append(put_load(client.host, sent, connections=CONNECTIONS))
            return loads[side][-1].calls_per_second

        return load

    rates, peer_rates = sitting.alternate(
        loader(ours, "ours"), None if peer is None else loader(peer, "peer")
    )
    sitting.report(
        Figure(
            name=f"calls {operation}",
            unit="/s",
            ours=median(rates),
            peer=median(peer_rates) if peer_rates else None,
            peer_name=why or moto.NAME,
            target=target,
        )
    )
    slowest = {side: [each.p99_ms for each in found] for side, found in loads.items()}
    sitting.report(
        Figure(
            name=f"calls {operation} p99",
            unit=" ms",
            ours=median(slowest["ours"]),
            peer=median(slowest["peer"]) if slowest["peer"] else None,
            peer_name=why or moto.NAME,
        )
    )


@contextmanager
def _peer(sitting: Sitting) -> Iterator[tuple[EcsClient | None, str]]:
    """The peer, or the reason why there is none."""
    try:
        peer = moto.moto(sitting.folder)
        client = peer.__enter__()
    except NotAvailable as reason:
        yield None, str(reason)
        return
    try:
        yield client, ""
    finally:
        peer.__exit__(None, None, None)
