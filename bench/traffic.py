"""Not one failed request: 100,000 of them through a load balancer while its service changes.

`wrk` keeps twenty connections busy, once with keep-alive and once with a new connection for each
request. Meanwhile the service rolls to a new revision, scales 6 → 2 → 6, one instance is drained,
one is deregistered by force with tasks serving, and the server, the host program and the proxy are
ended and come back. Counted is every answer that is not 200, and every error of a connection.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from demo.image import write_oci_layout

from bench.balanced import COUNT, Balanced, balanced
from bench.figures import Figure, Target
from bench.installation import installation
from bench.programs import NotAvailable, wait_until
from bench.sitting import Sitting

CONNECTIONS = 20
REQUESTS_MIN = 100_000
SECONDS_MAX = 600
ROLLOUT_SECONDS_MAX = 180


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What wrk counted."""

    requests: int
    failed: int
    per_second: float


def measure(sitting: Sitting) -> None:
    """Both kinds of connections, each through the whole story."""
    if shutil.which("wrk") is None:
        raise NotAvailable("wrk is not installed: apt-get install wrk")
    layout = write_oci_layout(sitting.folder / "image")
    for name, headers in (("keep-alive", ()), ("new connection each", ("-H", "Connection: close"))):
        folder = sitting.folder / f"up-{name.split()[0]}"
        with installation(folder, layout, instances=4, healthy_after_seconds=2) as up:
            there = balanced(up)
            heard = _through_the_story(there, headers, sitting.folder / f"wrk-{name.split()[0]}")
        sitting.tell(f"{name}: {heard.requests} requests, {heard.per_second:,.0f}/s")
        sitting.report(
            Figure(
                name=f"failed of {heard.requests:,}, {name}",
                unit="",
                ours=heard.failed,
                peer_name="none",
                target=Target(at_most=0, of="ours"),
            )
        )


def _through_the_story(there: Balanced, headers: tuple[str, ...], log: Path) -> Heard:
    """Load from before the first step until after the last, and 100,000 requests at least."""
    began = time.monotonic()
    with _load(there.url, headers, log) as finish:
        for step in _steps(there):
            step()
        while time.monotonic() - began < REQUESTS_MIN / 1000:  # what a loaded machine carries
            time.sleep(1)
        return finish()


def _steps(there: Balanced) -> list[Callable[[], None]]:
    return [
        lambda: there.roll(ROLLOUT_SECONDS_MAX),
        lambda: there.scale(2),
        lambda: there.scale(COUNT),
        there.drain_one_instance,
        there.deregister_one_by_force,
        lambda: _kill_and_wait(there, "server"),
        lambda: _kill_and_wait(there, "host"),
        there.change_the_listener,
        lambda: there.roll(ROLLOUT_SECONDS_MAX),
    ]


def _kill_and_wait(there: Balanced, program: str) -> None:
    """SIGKILL to one of our programs; `up` starts it again."""
    os.kill(there.pid_of(program), signal.SIGKILL)
    wait_until(there.answers_calls, f"the {program} is back", limit_seconds=60)
    time.sleep(2)


@contextmanager
def _load(url: str, headers: tuple[str, ...], log: Path) -> Iterator[Callable[[], Heard]]:
    """wrk at work; what is yielded ends it and reads what it counted."""
    words = [
        "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS_MAX}s", "--timeout", "30s", *headers, url,
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output, start_new_session=True)

    def finish() -> Heard:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        return counted(log.read_text())

    try:
        time.sleep(1)
        yield finish
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def counted(said: str) -> Heard:
    """What wrk's closing lines say."""
    requests = re.search(r"(\d+) requests in", said)
    speed = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert requests is not None, said
    assert speed is not None, said
    errors = re.search(r"connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    failed = sum(int(each) for each in errors.groups()) if errors else 0
    return Heard(
        requests=int(requests.group(1)),
        failed=failed + (int(refused.group(1)) if refused else 0),
        per_second=float(speed.group(1)),
    )
