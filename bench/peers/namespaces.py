"""Network namespaces for peers: alone, or joined by a bridge in the first of them."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.programs import Failed, run

GATEWAY = "10.99.0.1"


def address(number: int) -> str:
    """The address of the namespace with this number."""
    return f"10.99.0.{2 + number}"


@contextmanager
def namespaces(count: int) -> Iterator[list[str]]:
    """Names of so many namespaces in one network; they are gone when the block is left.

    The default route leads nowhere: a peer only wants to see one.
    """
    with ExitStack() as stack:
        names: list[str] = []
        for number in range(count):
            name = f"rsbench{os.getpid()}n{number}"
            run(["ip", "netns", "add", name])
            stack.callback(_delete, name)
            names.append(name)
            _connect(name, names[0], number)
        yield names


def _connect(name: str, first: str, number: int) -> None:
    inside = ["ip", "-n", name]
    run([*inside, "link", "set", "lo", "up"])
    if number == 0:
        # Not every kernel has dummy devices; bridges are there wherever dockerd runs.
        run([*inside, "link", "add", "d0", "type", "bridge"])
    else:
        peer = ["type", "veth", "peer", "name", "d0", "netns", name]
        run(["ip", "-n", first, "link", "add", f"n{number}", "master", "d0", *peer])
        run(["ip", "-n", first, "link", "set", f"n{number}", "up"])
    run([*inside, "address", "add", f"{address(number)}/24", "dev", "d0"])
    run([*inside, "link", "set", "d0", "up"])
    run([*inside, "route", "add", "default", "via", GATEWAY])


def _delete(name: str) -> None:
    try:
        run(["ip", "netns", "delete", name])
    except Failed as failure:
        raise Failed(f"The namespace {name} is left behind: {failure}") from failure
