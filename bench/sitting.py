"""Sitting: one run of the benchmarks: where it writes, how often it measures, what it found."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bench.figures import Figure

CALM_LOAD = 1.0
CALM_SECONDS_MAX = 20.0


class Sitting:
    """Handed to every theme."""

    def __init__(self, folder: Path, rounds: int) -> None:
        self.folder = folder
        """For everything that is written; removed at the end."""
        self.rounds = rounds
        """How often a thing is measured; the median counts."""
        self.figures: list[Figure] = []

    def report(self, figure: Figure) -> None:
        """Keep the figure and print its line."""
        self.figures.append(figure)
        sys.stdout.write(f"{figure.line()}\n")
        sys.stdout.flush()

    def tell(self, text: str) -> None:
        """What is going on, on standard error: it is no figure."""
        sys.stderr.write(f"  {text}\n")
        sys.stderr.flush()

    def alternate(
        self, ours: Callable[[], float], peer: Callable[[], float] | None, *, times: int = 1
    ) -> tuple[list[float], list[float]]:
        """Measure in turn, so that what disturbs the machine disturbs both; `times` per round."""
        of_ours, of_peer = [], []
        for _ in range(self.rounds * times):
            of_ours.append(ours())
            if peer is not None:
                of_peer.append(peer())
        return of_ours, of_peer


@contextmanager
def sitting(rounds: int) -> Iterator[Sitting]:
    """A sitting with a folder of its own; SIGTERM and Ctrl-C leave through the block's end."""
    before = {each: signal.signal(each, _leave) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        with tempfile.TemporaryDirectory(prefix="roadstead-bench-") as folder:
            yield Sitting(Path(folder), rounds)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def wait_for_calm() -> float:
    """Wait a little while others keep the processors busy; returns the load there is."""
    give_up_at = time.monotonic() + CALM_SECONDS_MAX
    while os.getloadavg()[0] > CALM_LOAD * (os.cpu_count() or 1):
        if time.monotonic() > give_up_at:
            break
        time.sleep(1)
    return os.getloadavg()[0]


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # as signals call it
    """Once: what is cleaned up afterwards must not be interrupted again."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt
