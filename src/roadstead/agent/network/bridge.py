"""Network mode `bridge`: one bridge per instance, a veth pair and an address per container.

Everything that names a link or an address acts in the network namespace in which `Bridge.open` was called.
Ready-made namespaces wait in a small pool, so that a container finds its own without waiting.
"""

import ipaddress
import logging
import os
import threading
from collections.abc import Iterable
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
SUBNETS = tuple(f"172.{n}.0.0/16" for n in range(17, 32)) + ("192.168.240.0/20",)
"""Docker's own choices, in its order; the first that overlaps no address of the instance."""

_SYSCTL = Path("/proc/sys/net/ipv4")
LINK_PREFIX = "ve"

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

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self._lock = threading.Lock()
        self._setup = threading.Lock()
        self._ready = False
        self._used: set[str] = set()
        self._known: list[Attachable] = []

    def open(self, known: Iterable[Attachable]) -> None:
        """Take up the containers that are here; the bridge itself is made for the first one."""
        self._netlink = Netlink()
        self._ports = Ports()
        self._nat: Nat | None = None
        self._known = [one for one in known if one.link]
        for one in self._known:
            self._used.add(one.address)
            self._ports.keep(one.network_bindings)
        if self._known or NAME in self._netlink.links():
            self._prepare()
            keep = {one.link for one in self._known}
            for name in self._netlink.links():
                if name.startswith(LINK_PREFIX) and len(name) == 13 and name not in keep:
                    self._netlink.delete_link(name)

    def close(self) -> None:
        """Let go of sockets. Bridge, links and rules stay: containers use them."""
        self._netlink.close()
        if self._nat:
            self._nat.close()

    def attach(self, container_id: str, mappings: Iterable[PortMapping]) -> Attachment:
        """A place for a container, with host ports for `mappings` (not yet leading to it).

        Raises: RuntimeFailure with CannotCreateContainerError
        """
        with self._setup:
            if not self._ready:
                self._prepare()
        with self._lock:
            bindings = self._ports.take(mappings)
        try:
            place = self._make()
        except OSError as error:
            with self._lock:
                self._ports.give_back(bindings)
            raise RuntimeFailure(
                "CannotCreateContainerError", f"network of container {container_id}: {error}"
            ) from error
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
        """Give back what `attach` gave; nothing happens for what is gone already."""
        if not link:
            return
        bindings = list(bindings)
        if self._nat is not None:
            self._nat.withdraw(pair for binding in bindings for pair, _ in pairs(binding))
        self._netlink_do_delete(link)
        with self._lock:
            self._ports.give_back(bindings)
            self._used.discard(address)

    def _netlink_do_delete(self, link: str) -> None:
        with self._lock:
            self._netlink.delete_link(link)

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
        self._last = 0
        (_SYSCTL / "ip_forward").write_text("1")
        (_SYSCTL / "conf" / NAME / "route_localnet").write_text("1")
        self._nat = Nat()
        published = [p for one in self._known for p in _ports(one.address, one.network_bindings)]
        self._nat.build(str(self._subnet), NAME, published)
        self._ready = True


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
