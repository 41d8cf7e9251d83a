"""Host ports: which ones a task holds on its instance, as numbers that tell tcp from udp."""

from collections.abc import Iterable
from typing import Any

from roadstead.ecs.records.task import Task

_NONE: set[int] = set()
_PORTS_MAX = 65_536


def ports_as_codes(tcp: Iterable[int], udp: Iterable[int]) -> set[int]:
    """Ports of both protocols in one set of numbers: tcp even, udp odd."""
    codes = {port * 2 for port in tcp}
    codes.update(port * 2 + 1 for port in udp)
    return codes


def held_ports(task: Task) -> set[int]:
    """The codes of the ports that a task holds: the static ones, and those its agent reported."""
    if not (task.host_ports or task.host_ports_udp):
        for container in task.containers:
            if container.network_bindings:
                break
        else:
            return _NONE
    codes = ports_as_codes(task.host_ports, task.host_ports_udp)
    for container in task.containers:
        for binding in container.network_bindings:
            odd = 1 if binding.get("protocol") == "udp" else 0
            codes.update(port * 2 + odd for port in _bound(binding))
    return codes


def _bound(binding: dict[str, Any]) -> Iterable[int]:
    port = binding.get("hostPort")
    if port:
        return (int(port),)
    first, dash, last = str(binding.get("hostPortRange") or "").partition("-")
    if not dash or not first.isdecimal() or not last.isdecimal():
        return ()
    return range(int(first), min(int(last), _PORTS_MAX) + 1)
