"""Programs that a benchmark starts: each has a log of its own and is ended by its process id."""

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

STOP_SECONDS = 20.0
RETRY_SECONDS = 0.02


class NotAvailable(Exception):
    """A peer cannot run on this machine; the text says why."""


class Failed(Exception):
    """A program did not do what it was started for; the text holds the end of its log."""


@contextmanager
def program(
    words: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """A running program; when the block is left, however that is, it has ended."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    try:
        yield process
    finally:
        end(process)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """What happens in the block happens whole; a signal that came meanwhile counts afterwards."""
    came: list[int] = []
    before = {
        each: signal.signal(each, lambda number, _: came.append(number))
        for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    if came:
        signal.raise_signal(came[0])


def end(process: "subprocess.Popen[bytes]") -> None:
    """SIGTERM, and SIGKILL when it takes too long; returns once it is gone."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run(words: Sequence[str], *, timeout_seconds: float = 120, **options: object) -> str:
    """Standard output of a command. Ctrl-C at the terminal does not reach it.

    Raises: Failed with what it said.
    """
    done = subprocess.run(  # type: ignore[call-overload]  # options of every type
        words,
        capture_output=True,
        text=True,
        timeout=timeout_seconds,
        check=False,
        start_new_session=True,
        **options,
    )
    if done.returncode != 0:
        raise Failed(f"{' '.join(words[:4])}: {(done.stderr or done.stdout).strip()[-600:]}")
    return str(done.stdout)


def wait_until(
    ready: Callable[[], bool],
    what: str,
    *,
    limit_seconds: float = 60,
    every_seconds: float = RETRY_SECONDS,
) -> None:
    """Ask again and again. Raises: Failed naming `what` when it does not come."""
    give_up_at = time.monotonic() + limit_seconds
    while not ready():
        if time.monotonic() > give_up_at:
            raise Failed(f"{what}: not within {limit_seconds:g} s")
        time.sleep(every_seconds)


def wait_for_line(
    process: "subprocess.Popen[bytes]", text: str, log: Path, *, limit_seconds: float = 60
) -> None:
    """Return once the program's standard output has a line with `text`.

    Raises: Failed with the end of its log.
    """
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], limit_seconds)
    line = process.stdout.readline().decode() if ready else ""
    if text not in line:
        raise Failed(f"{line}{log.read_text(errors='replace')[-800:]}")


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    """Whether somebody answers on that port of the loopback address."""
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0
