"""Network devices over netlink: bridges, the cables of instances, and what hangs on them.

Functions here act on the namespace of the calling thread; `plug_in` is the one that reaches into
another, by way of `namespaces.run_inside`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from roadstead.host import namespaces
from roadstead.host.records import Instance, Subnet

NET_SETTINGS = Path("/proc/sys/net")
BRIDGE_SETTINGS = {
    "ipv4/conf/{name}/forwarding": "1",
    "ipv4/conf/{name}/send_redirects": "0",
    "ipv4/conf/{name}/proxy_arp_pvlan": "1",
    "ipv4/neigh/{name}/proxy_delay": "0",
}
"""Source: https://docs.kernel.org/networking/ip-sysctl.html"""
NTF_MASTER, NUD_NOARP = 0x04, 0x40
"""Of a bridge's entry that says behind which port an address is, for good.

Source: linux/neighbour.h
"""
INTERFACE = "eth0"
"""What an instance calls its primary network interface."""


@contextmanager
def netlink() -> Iterator[Any]:
    """A netlink socket in the calling thread's namespace, opened now and closed at the end."""
    from pyroute2 import IPRoute  # 0.3 s to import: only programs that touch links pay for it

    with IPRoute() as socket:
        yield socket


def index_of(socket: Any, name: str) -> int | None:
    """The index of a device, None if there is none of this name."""
    found = socket.link_lookup(ifname=name)
    return int(found[0]) if found else None


def make_bridge(name: str, alias: str, mac: str, addresses: Iterable[str]) -> None:
    """Make a bridge that is up and has `addresses` (`a.b.c.d/n`), or complete the one there is.

    It answers for every address behind it (its ports are isolated), at once.

    A bridge without a hardware address of its own takes one of its ports', and changes it as they
    come and go: neighbours would lose their gateway for a while.
    """
    with netlink() as socket:
        if index_of(socket, name) is None:
            socket.link("add", ifname=name, kind="bridge", address=mac, ifalias=alias)
        for setting, value in BRIDGE_SETTINGS.items():
            (NET_SETTINGS / setting.format(name=name)).write_text(value)
        index = index_of(socket, name)
        present = _addresses_of(socket, index)
        for address in addresses:
            if address not in present:
                socket.addr("add", index=index, address=address, family=2)
        _speak_no_ipv6(name)
        socket.link("set", index=index, state="up")


def addresses(name: str) -> set[str]:
    """The addresses (`a.b.c.d/n`) of a device; none if there is none of this name."""
    with netlink() as socket:
        index = index_of(socket, name)
        return set() if index is None else _addresses_of(socket, index)


def set_addresses(name: str, come: Iterable[str] = (), go: Iterable[str] = ()) -> None:
    """Add addresses to a device that lacks them, and take others away."""
    with netlink() as socket:
        index = index_of(socket, name)
        present = _addresses_of(socket, index)
        for address in come:
            if address not in present:
                socket.addr("add", index=index, address=address, family=2)
        for address in go:
            if address in present:
                socket.addr("delete", index=index, address=address, family=2)


def remove_bridge(name: str) -> None:
    """Remove a bridge and every cable plugged into it."""
    with netlink() as socket:
        index = index_of(socket, name)
        if index is None:
            return
        for port in [link["index"] for link in socket.get_links(master=index)]:
            socket.link("del", index=port)
        socket.link("del", index=index)


def bridges() -> set[str]:
    """Names of this machine's bridges."""
    with netlink() as socket:
        return {link.get_attr("IFLA_IFNAME") for link in socket.get_links(kind="bridge")}


def ports(bridge: str) -> set[str]:
    """Names of the devices plugged into a bridge."""
    with netlink() as socket:
        index = index_of(socket, bridge)
        if index is None:
            return set()
        return {link.get_attr("IFLA_IFNAME") for link in socket.get_links(master=index)}


def remove_link(name: str) -> None:
    """Remove a device; nothing happens if there is none of this name."""
    with netlink() as socket:
        index = index_of(socket, name)
        if index is not None:
            socket.link("del", index=index)


def plug_in(instance: Instance, subnet: Subnet, bridge: str) -> None:
    """Give an instance its primary interface: a cable from the bridge into its namespace.

    An instance whose cable is in place is left as it is, but for what older versions left out.
    """
    with netlink() as socket, open(namespaces.path_of(instance.namespace), "rb") as target:
        if index_of(socket, instance.link) is None:
            socket.link(
                "add",
                ifname=instance.link,
                kind="veth",
                peer={
                    "ifname": INTERFACE,
                    "address": instance.mac,
                    "net_ns_fd": target.fileno(),
                },
            )
        socket.link(
            "set",
            index=index_of(socket, instance.link),
            master=index_of(socket, bridge),
        )
        alias = f"{instance.instance_id} {instance.eni_id}"
        raise_port(socket, instance.link, alias, instance.mac)
    namespaces.run_inside(instance.namespace, lambda: _configure(instance, subnet))


def raise_port(socket: Any, name: str, alias: str, mac: str) -> None:
    """Set a bridge's port up, isolated: what it sends reaches this machine, and no other port.

    Nor does it hear what is for others: a bridge that has to learn who is where sends to everybody
    what is for one that was silent for five minutes.

    alias: what it is for; the kernel takes none when a device is made.
    """
    index = index_of(socket, name)
    socket.brport("set", index=index, isolated=1, learning=0, unicast_flood=0)
    socket.fdb("replace", ifindex=index, lladdr=mac, flags=NTF_MASTER, state=NUD_NOARP)
    _speak_no_ipv6(name)
    socket.link("set", index=index, ifalias=alias, state="up")


def routes_and_addresses(without: str) -> list[IPv4Network]:
    """Networks that this machine reaches other than by its default route or device `without`."""
    with netlink() as socket:
        ours = index_of(socket, without)
        found = [
            IPv4Network((route.get_attr("RTA_DST"), route["dst_len"]))
            for route in socket.get_routes(family=2)
            if route.get_attr("RTA_DST") and route.get_attr("RTA_OIF") != ours
        ]
        found += [
            IPv4Network((entry.get_attr("IFA_ADDRESS"), entry["prefixlen"]), strict=False)
            for entry in socket.get_addr(family=2)
            if entry["index"] != ours
        ]
    return found


def _speak_no_ipv6(name: str) -> None:
    """Let the kernel give a device no address by itself.

    A VPC has IPv4 alone. And whenever an address of this machine comes or goes, browsers on it
    break off what they are loading (ERR_NETWORK_CHANGED): the console would fail with each task.
    """
    setting = NET_SETTINGS / f"ipv6/conf/{name}/disable_ipv6"
    if setting.exists():  # else this kernel speaks no IPv6 at all
        setting.write_text("1")


def _addresses_of(socket: Any, index: int | None) -> set[str]:
    return {
        f"{entry.get_attr('IFA_LOCAL') or entry.get_attr('IFA_ADDRESS')}/{entry['prefixlen']}"
        for entry in socket.get_addr(index=index, family=2)
    }


def _configure(instance: Instance, subnet: Subnet) -> None:
    """Set up lo and eth0. Runs inside the instance's namespace."""
    with netlink() as socket:
        socket.link("set", index=index_of(socket, "lo"), state="up")
        index = index_of(socket, INTERFACE)
        address = f"{instance.address}/{subnet.network.prefixlen}"
        socket.addr("replace", index=index, address=address, family=2)
        socket.link("set", index=index, state="up")
        socket.route("replace", dst="0.0.0.0/0", gateway=subnet.gateway, oif=index)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
