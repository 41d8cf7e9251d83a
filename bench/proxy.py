"""What a load balancer costs, and how soon it knows.

Requests per second and median latency through the configuration that we write, beside the same
Envoy with the best file written by hand for the same job, with one that loses the requests of a
target that dies, and beside HAProxy; one thread each, in turn. Then the time from a change of
targets until the proxy has it, with one target group and with 500.
"""

import re
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import NamedTuple

from bench.figures import Figure, Target, median
from bench.peers import proxies
from bench.programs import NotAvailable, free_port, is_listening, program, wait_until
from bench.proxied import Proxied, proxied
from bench.sitting import Sitting

OURS = "Roadstead"
SECONDS = 1
"""Short and often: what disturbs the machine comes and goes within seconds."""
STARTS = 3
"""A round. Memory and processor that a program happens to get are worth 5 % of its latency."""
GROUPS_MANY = 500
CHANGES = 9
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
    """Every program is started anew again and again: what one start is like does not decide."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for number in range(sitting.rounds * STARTS):
        folder = sitting.folder / f"start-{number}"
        folder.mkdir()
        with ExitStack() as stack:
            ours = stack.enter_context(proxied(folder / "ours", free_port(), backends))
            urls = {
                OURS: ours.url,
                proxies.ENVOY: stack.enter_context(
                    proxies.envoy_by_hand(folder, free_port(), backends)
                ),
                proxies.BARE: stack.enter_context(
                    proxies.envoy_by_hand(folder, free_port(), backends, is_bare=True)
                ),
            }
            try:
                urls[proxies.HAPROXY] = stack.enter_context(
                    proxies.haproxy(folder, free_port(), backends)
                )
            except NotAvailable as why:
                sitting.tell(str(why))
            for kind in KINDS:
                for turn in range(kind.times):
                    for name in _turned(list(urls), number + turn):
                        found[name, kind.name].append(kind.measured(urls[name]))
    _tell(sitting, found)


def _turned(names: list[str], by: int) -> list[str]:
    """Another one begins: what was measured before leaves its traces in the caches."""
    first = by % len(names)
    return names[first:] + names[:first]


def _tell(sitting: Sitting, found: Mapping[tuple[str, str], list[float]]) -> None:
    for peer in (proxies.ENVOY, proxies.BARE, proxies.HAPROXY):
        for kind in KINDS:
            if of_peer := found.get((peer, kind.name)):
                sitting.report(
                    Figure(
                        name=kind.name,
                        unit=kind.unit,
                        ours=median(found[OURS, kind.name]),
                        peer=median(of_peer),
                        peer_name=peer,
                        target=None if peer == proxies.HAPROXY else kind.target,
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


def _wrk(url: str, connections: int, *headers: str) -> str:
    """What wrk prints of one run; all answers were good."""
    words = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", *headers, url]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    return said


def _speed_of(said: str) -> float:
    """Requests per second."""
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None, said
    return float(found.group(1))


def _latency_of(said: str) -> float:
    """Milliseconds, the median of all requests."""
    found = re.search(r"(?m)^\s+50%\s+([\d.]+)(us|ms|s)", said)
    assert found is not None, said
    return float(found.group(1)) * _UNITS[found.group(2)]


class Kind(NamedTuple):
    """A way to ask."""

    name: str
    unit: str
    target: Target
    measured: Callable[[str], float]
    times: int
    """Turns a start."""


AT_LEAST = Target(at_least=0.95)
KINDS = (
    Kind(
        *("requests/s, keep-alive, 32 connections", "/s", AT_LEAST),
        measured=lambda url: _speed_of(_wrk(url, 32)),
        times=2,
    ),
    Kind(
        *("requests/s, new connection each, 32", "/s", AT_LEAST),
        measured=lambda url: _speed_of(_wrk(url, 32, "-H", "Connection: close")),
        times=2,
    ),
    Kind(
        *("latency, one connection", " ms", Target(at_most=1.05)),
        measured=lambda url: _latency_of(_wrk(url, 1)),
        times=4,
    ),
)
