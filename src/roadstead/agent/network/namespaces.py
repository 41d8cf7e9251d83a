"""Making a network namespace with an address, ready for a container."""

import os
import socket
import threading

import msgspec

from roadstead.agent.network.netlink import Netlink
from roadstead.agent.runtime import kernel

INSIDE = "eth0"


class Place(msgspec.Struct, frozen=True):
    """A network namespace on the bridge. It lives as long as `descriptor` or a process in it."""

    descriptor: int
    link: str
    address: str


def make_place(  # what a link needs to know
    instance: Netlink, bridge_index: int, link: str, address: str, prefix_length: int, gateway: str
) -> Place:
    """A new namespace, joined to the bridge by a veth pair.

    `instance` is a socket of the bridge's namespace. The namespace is made in a thread of its own,
    which ends in it.
    Raises: OSError
    """
    made: list[int | BaseException] = []
    thread = threading.Thread(
        target=_furnish,
        args=(made, instance, bridge_index, link, address, prefix_length, gateway),
        name="namespace",
    )
    thread.start()
    thread.join()
    result = made[0]
    if isinstance(result, BaseException):
        raise result
    return Place(result, link, address)


def _furnish(
    made: list[int | BaseException],
    instance: Netlink,
    bridge_index: int,
    link: str,
    address: str,
    prefix_length: int,
    gateway: str,
) -> None:
    descriptor = -1
    try:
        here = f"/proc/self/task/{threading.get_native_id()}/ns/net"
        outside = os.readlink(here)
        kernel.unshare(kernel.CLONE_NEWNET)
        assert os.readlink(here) != outside, "the new namespace must not be the instance's"
        descriptor = os.open(here, os.O_RDONLY | os.O_CLOEXEC)
        instance.add_veth(link, bridge_index, INSIDE, descriptor, mac(address))
        with Netlink() as inside:  # a socket of the new namespace
            index = socket.if_nametoindex(INSIDE)
            inside.set_up(1)
            inside.add_address(index, address, prefix_length)
            inside.set_up(index)
            inside.add_default_route(gateway, index)
        made.append(descriptor)
    except BaseException as error:  # noqa: BLE001  # handed to the caller, who raises it
        if descriptor >= 0:
            os.close(descriptor)
        made.append(error)


def mac(address: str) -> bytes:
    """The hardware address that goes with an IPv4 address, as Docker chooses it."""
    return b"\x02\x42" + socket.inet_aton(address)
