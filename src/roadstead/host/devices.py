"""Devices of interfaces that are attached to instances: veth pairs, one end on the VPC's bridge.

The far end appears in its instance's namespace, down and without an address, known by its MAC: the
agent takes it from there. It goes with the namespace that it is in, and the near end with it. The
near end's alias says which attachment it was made for.
"""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from roadstead.host import links, namespaces

NEAR = "rse-"
"""How near ends are called; a device name has at most 15 letters."""
HEX_DIGITS = 11
LEAVING = 0x526F6164
"""The group of devices that are about to be removed: whoever else removes it, does no harm."""


class Device(msgspec.Struct, frozen=True):
    """What an attachment has on this machine."""

    interface_id: str
    attachment_id: str
    mac: str
    address: str
    namespace: str
    bridge: str

    @property
    def near(self) -> str:
        return near_name(self.interface_id)

    @property
    def alias(self) -> str:
        return f"{self.interface_id} {self.attachment_id}"


def near_name(interface_id: str) -> str:
    """The machine's end of an interface."""
    return f"{NEAR}{_digits(interface_id)}"


def far_name(interface_id: str) -> str:
    """The instance's end of an interface."""
    return f"eni{_digits(interface_id)}"


def found(bridges: Iterable[str]) -> dict[str, str]:
    """Near ends on these bridges: name → alias."""
    present = {}
    with links.netlink() as socket:
        for bridge in bridges:
            index = links.index_of(socket, bridge)
            if index is None:
                continue
            for link in socket.get_links(master=index):
                name = link.get_attr("IFLA_IFNAME")
                if name.startswith(NEAR):
                    present[name] = link.get_attr("IFLA_IFALIAS") or ""
    return present


def make(wanted: Iterable[Device]) -> dict[str, str]:
    """Make devices, each in its instance's namespace; one that is there is completed.

    Returns why not, by interface, of those that could not be made.
    """
    failures = {}
    with links.netlink() as socket:
        for device in wanted:
            try:
                _make(socket, device)
            except Exception as error:  # noqa: BLE001  # netlink's own kinds of error; one device's failure is its own
                failures[device.interface_id] = f"the device could not be made: {error}"
                _remove(socket, device.near)
    return failures


def remove(names: Iterable[str]) -> None:
    """Remove near ends, and with each its far end, wherever that is now.

    All in one go: the kernel waits for each removal, some 20 ms, during which it changes nothing
    else of networks.
    """
    with links.netlink() as socket:
        present = [index for name in names if (index := links.index_of(socket, name)) is not None]
        for index in present:
            with _vanished_is_well():
                socket.link("set", index=index, group=LEAVING)
        if present:
            with _vanished_is_well():
                socket.link("del", group=LEAVING)


def _make(socket: Any, device: Device) -> None:
    if links.index_of(socket, device.near) is None:
        with open(namespaces.path_of(device.namespace), "rb") as target:
            socket.link(
                "add",
                ifname=device.near,
                kind="veth",
                master=links.index_of(socket, device.bridge),
                peer={
                    "ifname": far_name(device.interface_id),
                    "address": device.mac,
                    "net_ns_fd": target.fileno(),
                },
            )
    links.raise_port(socket, device.near, device.alias, device.mac)


def _remove(socket: Any, name: str) -> None:
    index = links.index_of(socket, name)
    if index is not None:
        socket.link("del", index=index)


@contextmanager
def _vanished_is_well() -> Iterator[None]:
    """A device goes with its namespace at any moment: then it need not be removed."""
    from pyroute2.netlink.exceptions import NetlinkError

    try:
        yield
    except NetlinkError as error:
        if error.code != errno.ENODEV:
            raise


def _digits(interface_id: str) -> str:
    return interface_id.removeprefix("eni-")[:HEX_DIGITS]
