"""Which port of the instance a container's port gets.

A port is taken as long as its container is there. Beyond that it may be held for the container:
then it is chosen for no other one, and the container gets it again when it is made again. A port
that a definition names is its own affair: whoever places tasks keeps two of them apart.
"""

import socket
from collections.abc import Callable, Iterable
from pathlib import Path

from roadstead.agent.runtime.port import NetworkBinding, PortMapping, RuntimeFailure

DYNAMIC_FIRST, DYNAMIC_LAST = 32768, 60999
"""When the kernel does not say otherwise.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html (hostPort)
"""

_RANGE_FILE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_Port = tuple[str, int]
"""Protocol, number."""
_KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


class Ports:
    """The published ports of one instance. Dynamic ones are of `first` to `last`."""

    def __init__(
        self, first: int, last: int, is_unused: Callable[[str, int], bool] | None = None
    ) -> None:
        """is_unused: whether no socket of this network namespace has a port of a protocol."""
        self._taken: set[_Port] = set()
        self._held: dict[str, dict[_Port, NetworkBinding]] = {}
        """Container → its ports."""
        self._holders: dict[_Port, str] = {}
        self._first, self._last = first, last
        self.next_search = first
        """Where it begins: after the last find, so that a freed port rests as long as possible."""
        self._is_unused = is_unused or _is_unused

    @classmethod
    def of_this_namespace(cls) -> "Ports":
        """Those of the network namespace that one is in, with the kernel's dynamic range."""
        try:
            first, last = map(int, _RANGE_FILE.read_text().split())
        except (OSError, ValueError):
            first, last = DYNAMIC_FIRST, DYNAMIC_LAST
        return cls(first, last)

    def take(
        self, container_id: str, mappings: Iterable[PortMapping]
    ) -> tuple[NetworkBinding, ...]:
        """Bindings for all of `mappings`, static ones first; all or none.

        Raises: RuntimeFailure with CannotCreateContainerError when a port is taken, or none is left
        """
        wanted = list(mappings)
        bound: dict[int, NetworkBinding] = {}
        try:
            order = sorted(range(len(wanted)), key=lambda i: wanted[i].host_port == 0)
            for index in order:
                bound[index] = self._bind(container_id, wanted[index])
        except RuntimeFailure:
            self.give_back(bound.values())
            raise
        return tuple(bound[index] for index in range(len(wanted)))

    def keep(self, bindings: Iterable[NetworkBinding]) -> None:
        """Take bindings that a container has had since before a restart."""
        self._taken.update(pair for binding in bindings for pair, _ in pairs(binding))

    def give_back(self, bindings: Iterable[NetworkBinding]) -> None:
        self._taken.difference_update(pair for binding in bindings for pair, _ in pairs(binding))

    def hold(self, container_id: str, bindings: Iterable[NetworkBinding]) -> None:
        """Choose these for no other container until they are freed."""
        for binding in bindings:
            for port, _ in pairs(binding):
                self._held.setdefault(container_id, {})[port] = binding
                self._holders[port] = container_id

    def free(self, container_id: str) -> None:
        """End what `hold` began."""
        for port in self._held.pop(container_id, {}):
            if self._holders.get(port) == container_id:
                del self._holders[port]

    def _bind(self, container_id: str, mapping: PortMapping) -> NetworkBinding:
        protocol = mapping.protocol
        held = None if mapping.host_port else self._held_binding(container_id, mapping)
        if held is not None:
            binding = held
        elif mapping.container_port_range:
            first, last = ends(mapping.container_port_range)
            start = self._free_run(protocol, last - first + 1)
            binding = NetworkBinding(
                0,
                0,
                protocol,
                container_port_range=mapping.container_port_range,
                host_port_range=f"{start}-{start + last - first}",
            )
        elif mapping.host_port:
            if not self._is_free(protocol, mapping.host_port):
                raise RuntimeFailure(
                    "CannotCreateContainerError",
                    f"Bind for 0.0.0.0:{mapping.host_port}/{protocol} failed: port is already "
                    "allocated on this instance; use another hostPort, or 0 for any",
                )
            binding = NetworkBinding(mapping.container_port, mapping.host_port, protocol)
        else:
            port = self._free_run(protocol, 1)
            binding = NetworkBinding(mapping.container_port, port, protocol)
        self.keep([binding])
        return binding

    def _held_binding(self, container_id: str, mapping: PortMapping) -> NetworkBinding | None:
        """What the container had for the mapping before it was made again."""
        wanted = mapping.protocol, mapping.container_port_range or mapping.container_port
        for port, binding in self._held.get(container_id, {}).items():
            had = binding.protocol, binding.container_port_range or binding.container_port
            if had == wanted and port not in self._taken:
                return binding
        return None

    def _free_run(self, protocol: str, length: int) -> int:
        """The first of `length` free ports in a row, from where the last search ended."""
        span = self._last - self._first + 1
        for offset in range(span):
            start = self._first + (self.next_search - self._first + offset) % span
            if start + length - 1 > self._last:
                continue
            run = range(start, start + length)
            if all(
                (protocol, port) not in self._holders and self._is_free(protocol, port)
                for port in run
            ):
                self.next_search = start + length
                return start
        raise RuntimeFailure(
            "CannotCreateContainerError",
            f"no {length} free {protocol} port(s) in a row between {self._first} and {self._last} "
            "are left on this instance",
        )

    def _is_free(self, protocol: str, port: int) -> bool:
        """Neither published for a container, nor that of a socket."""
        return (protocol, port) not in self._taken and self._is_unused(protocol, port)


def _is_unused(protocol: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, _KINDS[protocol] | socket.SOCK_CLOEXEC) as probe:
        if protocol == "tcp":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104  # to see whether anyone has it
        except OSError:
            return False
    return True


def ends(port_range: str) -> tuple[int, int]:
    """First and last port of `9000-9003`."""
    first, _, last = port_range.partition("-")
    return int(first), int(last or first)


def pairs(binding: NetworkBinding) -> list[tuple[tuple[str, int], int]]:
    """((protocol, host port), container port) for every port of a binding."""
    if not binding.host_port_range:
        return [((binding.protocol, binding.host_port), binding.container_port)]
    host, last = ends(binding.host_port_range)
    inside, _ = ends(binding.container_port_range)
    return [((binding.protocol, host + i), inside + i) for i in range(last - host + 1)]
