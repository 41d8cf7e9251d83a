"""Network mode `bridge`: one bridge per instance, a veth pair and an address per container.

Everything that names a link or an address acts in the network namespace in which `Bridge.open` was
called. Ready-made namespaces wait in a small pool, so that a container finds its own without
waiting.
"""

import ipaddress
import logging
import os
import re
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import msgspec

from roadstead.agent.network.namespaces import Place, make_place
from roadstead.agent.network.nat import Nat, NatFailure
from roadstead.agent.network.netlink import Netlink
from roadstead.agent.network.ports import Ports, pairs
from roadstead.agent.runtime.port import NetworkBinding, PortMapping, RuntimeFailure
from roadstead.ids import Ids

NAME = "ecs0"
SUBNETS = (*(f"172.{n}.0.0/16" for n in range(17, 32)), "192.168.240.0/20")
"""Docker's own choices, in its order; the first that overlaps no address of the instance."""

_SYSCTL = Path("/proc/sys/net/ipv4")
LINK_PREFIX = "ve"
LINK_NAME = re.compile(r"ve[0-9a-f]{11}")
READY_MADE = 4
"""Places kept ready: enough for a task or two at once, little enough for many idle instances."""

RECORD = "bridge.namespace"
"""File in the data directory: the inode of the network namespace that holds the bridge."""

log = logging.getLogger(__name__)


class Attachable(Protocol):
    """What the bridge has to know of a container that it meets again after a restart."""

    @property
    def link(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def network_bindings(self) -> tuple[NetworkBinding, ...]: ...


class Attachment(msgspec.Struct):
    """A container's place on the network; `let_go` once its processes hold the namespace."""

    descriptor: int = -1
    link: str = ""
    address: str = ""
    bindings: tuple[NetworkBinding, ...] = ()

    @property
    def namespace_path(self) -> str:
        return f"/proc/{os.getpid()}/fd/{self.descriptor}"

    def let_go(self) -> None:
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


class Bridge:
    """The bridge of one instance. Its methods may be called from several threads."""

    def __init__(self, data_dir: Path, ids: Ids) -> None:
        self._record = data_dir / RECORD
        self._ids = ids
        self._lock = threading.Lock()
        self._filling = threading.Lock()
        self._used: set[str] = set()
        self._known: list[Attachable] = []
        self._ready_made: list[Place] = []
        self._filler = ThreadPoolExecutor(1, thread_name_prefix="places")
        self._nat: Nat | None = None
        self._last = 0

    def open(self, known: Iterable[Attachable]) -> None:
        """Set up the bridge, or take up the one that is here with its containers.

        Where that fails, the log says why, and so does each container that wants the bridge.
        """
        self._netlink = Netlink()
        self._ports = Ports.of_this_namespace()
        self._known = [one for one in known if one.link]
        for one in self._known:
            self._used.add(one.address)
            self._ports.keep(one.network_bindings)
        try:
            self._prepare()
        except (OSError, NatFailure, RuntimeFailure) as error:
            log.warning("network mode bridge does not work on this instance: %s", error)

    def close(self) -> None:
        """Let go of sockets. Bridge, links and rules stay: containers use them."""
        self._filler.shutdown()
        for place in self._ready_made:
            os.close(place.descriptor)
        self._netlink.close()
        if self._nat:
            self._nat.close()

    def attach(self, container_id: str, mappings: Iterable[PortMapping]) -> Attachment:
        """A place for a container, with host ports for `mappings` (not yet leading to it).

        Raises: RuntimeFailure with CannotCreateContainerError
        """
        try:
            with self._filling:
                if self._nat is None:
                    self._prepare()
            with self._lock:
                bindings = self._ports.take(container_id, mappings)
                place = self._ready_made.pop() if self._ready_made else None
            try:
                place = place or self._make()
            except BaseException:
                with self._lock:
                    self._ports.give_back(bindings)
                raise
        except (OSError, NatFailure) as error:
            raise RuntimeFailure(
                "CannotCreateContainerError", f"network of container {container_id}: {error}"
            ) from error
        self._filler.submit(self._fill)
        return Attachment(place.descriptor, place.link, place.address, bindings)

    def publish(self, address: str, bindings: Iterable[NetworkBinding]) -> None:
        """Lead the host ports of `bindings` to the container at `address`.

        Raises: RuntimeFailure with CannotCreateContainerError
        """
        ports = list(_ports(address, bindings))
        if not ports:
            return
        assert self._nat is not None
        try:
            self._nat.publish(ports)
        except NatFailure as failure:
            raise RuntimeFailure("CannotCreateContainerError", str(failure)) from failure

    def detach(self, link: str, address: str, bindings: Iterable[NetworkBinding]) -> None:
        """Give back what `attach` gave; nothing happens for what is gone already.

        The link needs no deleting: it goes with its namespace, and that with the container's last
        process. The kernel does so for many at once, which is cheaper by far than one by one.
        """
        if not link:
            return
        bindings = list(bindings)
        if self._nat is not None:
            self._nat.withdraw(pair for binding in bindings for pair, _ in pairs(binding))
        with self._lock:
            self._ports.give_back(bindings)
            self._used.discard(address)

    def hold_ports(self, container_id: str, bindings: Iterable[NetworkBinding]) -> None:
        """Choose these host ports for no other container until they are freed."""
        with self._lock:
            self._ports.hold(container_id, bindings)

    def free_ports(self, container_id: str) -> None:
        """End what `hold_ports` began."""
        with self._lock:
            self._ports.free(container_id)

    def _fill(self) -> None:
        """Keep a few places ready."""
        try:
            while len(self._ready_made) < READY_MADE:
                place = self._make()
                with self._lock:
                    self._ready_made.append(place)
        except (OSError, RuntimeFailure) as error:
            log.warning("no place on the bridge could be made in advance: %s", error)

    def _make(self) -> Place:
        with Netlink() as instance:
            address = self._take_address()
            link = LINK_PREFIX + self._ids.hex32()[:11]
            try:
                return make_place(
                    instance, self._index, link, address, self._subnet.prefixlen, self._gateway
                )
            except BaseException:
                instance.delete_link(link)
                with self._lock:
                    self._used.discard(address)
                raise

    def _take_address(self) -> str:
        """The next free address after the last one given: a lately freed one rests for a while."""
        with self._lock:
            size = self._subnet.num_addresses - 3
            for _ in range(size):
                self._last = self._last % size + 1
                address = str(self._subnet.network_address + 1 + self._last)
                if address not in self._used:
                    self._used.add(address)
                    return address
        raise RuntimeFailure(
            "CannotCreateContainerError", f"no free address is left in {self._subnet}"
        )

    def _prepare(self) -> None:
        """Bridge, forwarding and NAT of the instance; each step may have been done before."""
        held = self._netlink.addresses()
        links = self._netlink.links()
        if NAME not in links:
            self._netlink.add_bridge(NAME)
            links = self._netlink.links()
        self._index = links[NAME]
        own = [(a, n) for index, a, n in held if index == self._index]
        if own:
            self._gateway, prefix_length = own[0]
            self._subnet = ipaddress.IPv4Network(f"{self._gateway}/{prefix_length}", strict=False)
        else:
            self._subnet = _free_subnet((a, n) for index, a, n in held)
            self._gateway = str(self._subnet.network_address + 1)
            self._netlink.add_address(self._index, self._gateway, self._subnet.prefixlen)
        self._netlink.set_up(self._index)
        (_SYSCTL / "ip_forward").write_text("1")
        (_SYSCTL / "conf" / NAME / "route_localnet").write_text("1")
        self._record.write_text(str(_namespace()))
        nat = Nat()
        published = [p for one in self._known for p in _ports(one.address, one.network_bindings)]
        nat.build(str(self._subnet), NAME, published)
        self._nat = nat
        self._sweep(links)
        self._filler.submit(self._fill)

    def _sweep(self, links: Iterable[str]) -> None:
        """Delete links that a killed agent left behind without noting them."""
        keep = {one.link for one in self._known}
        for name in links:
            if LINK_NAME.fullmatch(name) and name not in keep:
                self._netlink.delete_link(name)


def purge(data_dir: Path) -> None:
    """Take away bridge and table, when this is the namespace in which they were made."""
    record = data_dir / RECORD
    if not record.exists():
        return
    if record.read_text() == str(_namespace()):
        with Netlink() as netlink:
            netlink.delete_link(NAME)
        nat = Nat()
        nat.remove()
        nat.close()
    record.unlink()


def _namespace() -> int:
    return os.stat("/proc/thread-self/ns/net").st_ino


def _ports(address: str, bindings: Iterable[NetworkBinding]) -> Iterable[tuple[str, int, str, int]]:
    for binding in bindings:
        for (protocol, host_port), container_port in pairs(binding):
            yield protocol, host_port, address, container_port


def _free_subnet(held: Iterable[tuple[str, int]]) -> ipaddress.IPv4Network:
    taken = [ipaddress.IPv4Network(f"{a}/{n}", strict=False) for a, n in held]
    for text in SUBNETS:
        subnet = ipaddress.IPv4Network(text)
        if not any(subnet.overlaps(other) for other in taken):
            return subnet
    raise RuntimeFailure(
        "CannotCreateContainerError",
        f"every subnet for containers ({', '.join(SUBNETS)}) overlaps an address of this instance",
    )
