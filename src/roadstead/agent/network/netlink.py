"""The few requests of rtnetlink that a container's network needs, over a raw socket.

A socket speaks for the network namespace in which it was made, whichever thread uses it later.

Source: rtnetlink(7), linux/if_link.h
"""

import os
import socket
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import Self

_REQUEST_ACK = 0x5
_CREATE_EXCL = 0x600
_DUMP = 0x300
_NEWLINK, _DELLINK, _GETLINK, _NEWADDR, _GETADDR, _NEWROUTE = 16, 17, 18, 20, 22, 24
_ERROR, _DONE = 2, 3
_IFF_UP = 1
_RTN_UNREACHABLE = 7
_HEADER = struct.Struct("=IHHII")
_LINK = struct.Struct("=BxHiII")
_ADDRESS = struct.Struct("=BBBBI")
_ROUTE = struct.Struct("=BBBBBBBBI")
_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_MASTER, _IFLA_LINKINFO, _IFLA_NET_NS_FD = 1, 3, 10, 18, 28
_INFO_KIND, _INFO_DATA, _VETH_PEER = 1, 2, 1


class Netlink:
    """A netlink socket of the calling thread's network namespace."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0)
        self._socket.bind((0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def add_bridge(self, name: str) -> None:
        """Raises: FileExistsError"""
        kind = _attribute(_IFLA_LINKINFO, _attribute(_INFO_KIND, b"bridge\0"))
        self._ask(_NEWLINK, _CREATE_EXCL, _link(0, _IFF_UP) + _name(name) + kind)

    def add_veth(
        self, name: str, bridge_index: int, peer_name: str, peer_namespace_fd: int, peer_mac: bytes
    ) -> None:
        """A pair of links: one end on a bridge here, the other in another namespace."""
        peer = (
            _link(0)
            + _name(peer_name)
            + _attribute(_IFLA_ADDRESS, peer_mac)
            + _attribute(_IFLA_NET_NS_FD, struct.pack("=I", peer_namespace_fd))
        )
        kind = _attribute(_INFO_KIND, b"veth\0") + _attribute(
            _INFO_DATA, _attribute(_VETH_PEER, peer)
        )
        master = _attribute(_IFLA_MASTER, struct.pack("=I", bridge_index))
        info = _attribute(_IFLA_LINKINFO, kind)
        self._ask(_NEWLINK, _CREATE_EXCL, _link(0, _IFF_UP) + _name(name) + master + info)

    def move_link(self, index: int, namespace_fd: int, name: str) -> None:
        """Move a link into another namespace, and call it `name` there."""
        namespace = _attribute(_IFLA_NET_NS_FD, struct.pack("=I", namespace_fd))
        self._ask(_NEWLINK, 0, _link(index) + namespace + _name(name))

    def set_up(self, index: int) -> None:
        self._ask(_NEWLINK, 0, _link(index, _IFF_UP))

    def delete_link(self, name: str) -> bool:
        """False when there is no such link."""
        try:
            self._ask(_DELLINK, 0, _link(0) + _name(name))
        except OSError as error:
            if error.errno == 19:  # ENODEV
                return False
            raise
        return True

    def add_address(self, index: int, address: str, prefix_length: int) -> None:
        packed = socket.inet_aton(address)
        body = _ADDRESS.pack(socket.AF_INET, prefix_length, 0, 0, index)
        body += _attribute(1, packed) + _attribute(2, packed)
        self._ask(_NEWADDR, _CREATE_EXCL, body)

    def add_default_route(self, gateway: str, index: int) -> None:
        body = _ROUTE.pack(socket.AF_INET, 0, 0, 0, 254, 3, 0, 1, 0)
        body += _attribute(5, socket.inet_aton(gateway))
        body += _attribute(4, struct.pack("=I", index))
        self._ask(_NEWROUTE, _CREATE_EXCL, body)

    def add_unreachable_route(self, address: str) -> None:
        """Nobody here reaches this address, whatever other routes there are."""
        body = _ROUTE.pack(socket.AF_INET, 32, 0, 0, 254, 3, 0, _RTN_UNREACHABLE, 0)
        self._ask(_NEWROUTE, _CREATE_EXCL, body + _attribute(1, socket.inet_aton(address)))

    def addresses(self) -> list[tuple[int, str, int]]:
        """(link index, IPv4 address, prefix length) of every address in the namespace."""
        found = []
        body = _ADDRESS.pack(socket.AF_INET, 0, 0, 0, 0)
        for data in self._dump(_GETADDR, body):
            _, prefix_length, _, _, index = _ADDRESS.unpack_from(data)
            attributes = _attributes(data[_ADDRESS.size :])
            packed = attributes.get(2) or attributes.get(1)  # IFA_LOCAL, IFA_ADDRESS
            if packed:
                found.append((index, socket.inet_ntoa(packed), prefix_length))
        return found

    def links(self) -> dict[str, int]:
        """Name → index of every link in the namespace."""
        found = {}
        for data in self._dump(_GETLINK, _link(0)):
            index = _LINK.unpack_from(data)[2]
            name = _attributes(data[_LINK.size :])[_IFLA_IFNAME]
            found[name.rstrip(b"\0").decode()] = index
        return found

    def devices(self) -> dict[str, int]:
        """Hardware address → index of every link in the namespace that has one."""
        found = {}
        for data in self._dump(_GETLINK, _link(0)):
            packed = _attributes(data[_LINK.size :]).get(_IFLA_ADDRESS)
            if packed:
                found[packed.hex(":")] = _LINK.unpack_from(data)[2]
        return found

    def _ask(self, kind: int, flags: int, body: bytes) -> None:
        """Raises: OSError with what the kernel says"""
        self._socket.send(
            _HEADER.pack(_HEADER.size + len(body), kind, flags | _REQUEST_ACK, 1, 0) + body
        )
        number = struct.unpack_from("=i", self._socket.recv(16384), _HEADER.size)[0]
        if number:
            raise OSError(-number, f"netlink request {kind}: {os.strerror(-number)}")

    def _dump(self, kind: int, body: bytes) -> list[bytes]:
        self._socket.send(_HEADER.pack(_HEADER.size + len(body), kind, _DUMP | 1, 1, 0) + body)
        found: list[bytes] = []
        while True:
            data = self._socket.recv(65536)
            while data:
                length, answer, _, _, _ = _HEADER.unpack_from(data)
                if answer == _DONE:
                    return found
                if answer == _ERROR:
                    number = struct.unpack_from("=i", data, _HEADER.size)[0]
                    raise OSError(-number, f"netlink dump {kind}: {os.strerror(-number)}")
                found.append(data[_HEADER.size : length])
                data = data[(length + 3) & ~3 :]


def device_news(data: bytes) -> Iterator[tuple[bool, int, str]]:
    """(is there, link index, hardware address) of every link that a piece of news is about."""
    while len(data) >= _HEADER.size:
        length, kind, _, _, _ = _HEADER.unpack_from(data)
        body = data[_HEADER.size : length]
        if kind in (_NEWLINK, _DELLINK) and body[0] == socket.AF_UNSPEC:  # not of a bridge's ports
            packed = _attributes(body[_LINK.size :]).get(_IFLA_ADDRESS)
            if packed:
                yield kind == _NEWLINK, _LINK.unpack_from(body)[2], packed.hex(":")
        data = data[(length + 3) & ~3 :]


def _link(index: int, flags: int = 0) -> bytes:
    return _LINK.pack(0, 0, index, flags, flags)


def _name(name: str) -> bytes:
    return _attribute(_IFLA_IFNAME, name.encode() + b"\0")


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", len(value) + 4, kind) + value + b"\0" * (-len(value) % 4)


def _attributes(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3FFF] = data[4:length]
        data = data[(length + 3) & ~3 :]
    return found
