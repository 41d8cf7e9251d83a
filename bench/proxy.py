"""What a load balancer costs, and how soon it knows.

Requests per second and median latency through the configuration that we write, beside the same
Envoy with the fastest file written by hand, and beside HAProxy; one thread each, in turn. Then the
time from a change of targets until the proxy has it, with one target group and with 500.
"""

import re
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack

from bench.figures import Figure, Target, lower_quartile, median
from bench.peers import proxies
from bench.programs import NotAvailable, free_port, is_listening, program, wait_until
from bench.proxied import Proxied, proxied
from bench.sitting import Sitting

SECONDS = 1
TIMES = 3
"""Short and often: what disturbs the machine comes and goes within seconds."""
GROUPS_MANY = 500
CHANGES = 9
KINDS = (
    ("keep-alive, 32 connections", 32, ()),
    ("new connection each, 32", 32, ("-H", "Connection: close")),
)
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def measure(sitting: Sitting) -> None:
    """Speed beside the peers, then how soon a change is there."""
    if shutil.which("wrk") is None:
        raise NotAvailable("wrk is not installed: apt-get install wrk")
    backends = [free_port() for _ in range(3)]
    words = [sys.executable, "-m", "bench.peers.echo_backend", *map(str, backends)]
    with program(words, sitting.folder / "backends.log"):
        wait_until(lambda: all(map(is_listening, backends)), "the backends listen")
        _speed(sitting, backends)
        _changes(sitting, backends)


def _speed(sitting: Sitting, backends: list[int]) -> None:
    folder = sitting.folder
    with ExitStack() as stack:
        ours = stack.enter_context(proxied(folder / "ours", free_port(), backends))
        by_hand = stack.enter_context(proxies.envoy_by_hand(folder, free_port(), backends))
        _beside(sitting, ours.url, by_hand, proxies.ENVOY, Target(at_least=0.95))
        try:
            other = stack.enter_context(proxies.haproxy(folder, free_port(), backends))
        except NotAvailable as why:
            sitting.tell(str(why))
            return
        _beside(sitting, ours.url, other, proxies.HAPROXY, None)


def _beside(sitting: Sitting, ours: str, peer: str, name: str, target: Target | None) -> None:
    for kind, connections, headers in KINDS:
        of_ours, of_peer = sitting.alternate(
            lambda c=connections, h=headers: _wrk(ours, c, h)[0],  # type: ignore[misc]  # defaults
            lambda c=connections, h=headers: _wrk(peer, c, h)[0],  # type: ignore[misc]  # defaults
            times=TIMES,
        )
        sitting.report(
            Figure(
                name=f"requests/s, {kind}",
                unit="/s",
                ours=median(of_ours),
                peer=median(of_peer),
                peer_name=name,
                target=target,
            )
        )
    of_ours, of_peer = sitting.alternate(
        lambda: _wrk(ours, 1, ())[1], lambda: _wrk(peer, 1, ())[1], times=TIMES
    )
    sitting.report(
        Figure(
            name="latency, one connection",
            unit=" ms",
            ours=lower_quartile(of_ours),
            peer=lower_quartile(of_peer),
            peer_name=name,
            target=None if target is None else Target(at_most=1.05),
        )
    )


def _changes(sitting: Sitting, backends: list[int]) -> None:
    times = {}
    for groups in (1, GROUPS_MANY):
        folder = sitting.folder / f"groups-{groups}"
        with proxied(folder, free_port(), backends, groups) as there:
            times[groups] = median(_change_times(there, groups - 1))
    sitting.report(
        Figure(
            name="change of targets until the proxy has it",
            unit=" ms",
            ours=times[1],
            peer_name="none",
            target=Target(at_most=100, of="ours"),
        )
    )
    sitting.report(
        Figure(
            name=f"the same with {GROUPS_MANY} target groups",
            unit=" ms",
            ours=times[GROUPS_MANY],
            peer=times[1],
            peer_name="with one",
            target=Target(at_most=100, of="ours"),
        )
    )


def _change_times(there: Proxied, group: int) -> list[float]:
    """Milliseconds; each way, without what asking costs when nothing changed."""
    port = free_port()
    asking = median([_timed(lambda: there.has_target(group, port)) for _ in range(5)])
    found = []
    for number in range(CHANGES):
        is_there = number % 2 == 0
        began = time.perf_counter()
        there.set_target(group, port, is_there=is_there)
        wait_until(
            lambda wanted=is_there: there.has_target(group, port) == wanted,  # type: ignore[misc]  # a default
            "the proxy has the change",
            every_seconds=0.001,
        )
        found.append(max(0.0, (time.perf_counter() - began) * 1000 - asking))
    return found


def _timed(act: object) -> float:
    assert callable(act)
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def _wrk(url: str, connections: int, headers: tuple[str, ...]) -> tuple[float, float]:
    """Requests per second, and the median latency in milliseconds."""
    words = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", *headers, url]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    speed = re.search(r"Requests/sec:\s+([\d.]+)", said)
    latency = re.search(r"(?m)^\s+50%\s+([\d.]+)(us|ms|s)", said)
    assert speed is not None, said
    assert latency is not None, said
    return float(speed.group(1)), float(latency.group(1)) * _UNITS[latency.group(2)]
