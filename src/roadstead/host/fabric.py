"""The VPC on this machine: a bridge with its subnets' gateways, and address translation.

The machine reaches every address in the VPC over the bridge; what instances send elsewhere leaves
under the machine's own address. Making it again completes what is missing and harms nothing, so a
restarted host simply makes it.
"""

import re
from ipaddress import IPv4Network
from pathlib import Path

import msgspec

from roadstead.host import links, nftables
from roadstead.host.records import HostError, Vpc

DEFAULT_CIDR = "172.31.0.0/16"
CIDRS = (
    DEFAULT_CIDR,
    *(f"172.{second}.0.0/16" for second in range(30, 19, -1)),
    *(f"10.{second}.0.0/16" for second in range(213, 224)),
)
"""Where a VPC may lie, in the order in which they are tried. Docker's own networks begin at
172.17.0.0/16 and go up, so we come down from the other end."""

IP_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
FORWARD_CHAIN = "ip filter FORWARD"


class Names(msgspec.Struct, frozen=True):
    """What one data directory's fabric is called on this machine."""

    short_id: str

    @property
    def bridge(self) -> str:
        return f"rsbr-{self.short_id}"

    @property
    def mac(self) -> str:
        return "02:00:00:" + ":".join(self.short_id[i : i + 2] for i in (0, 2, 4))

    @property
    def table(self) -> str:
        return f"roadstead-{self.short_id}"

    @property
    def cgroup(self) -> str:
        return f"/roadstead-{self.short_id}"


def choose_cidr(asked: str, taken: list[IPv4Network]) -> str:
    """The /16 to use: the one asked for, or the first that overlaps nothing on this machine.

    Raises: HostError when the one asked for is no /16 or overlaps, or none is free.
    """
    if asked:
        try:
            network = IPv4Network(asked)
        except ValueError as error:
            raise HostError(
                f"The VPC's range '{asked}' is not a network ({error}). "
                "Give a /16 such as 172.31.0.0/16 with --vpc-cidr."
            ) from error
        if network.prefixlen != 16 or not network.is_private:
            raise HostError(
                f"The VPC's range '{asked}' is not a private /16. Give one such as 172.31.0.0/16."
            )
        if overlapping := [str(one) for one in taken if one.overlaps(network)]:
            raise HostError(
                f"The VPC's range {asked} overlaps {overlapping[0]}, which this machine uses "
                "already (`ip route`). Choose another /16 with --vpc-cidr."
            )
        return asked
    for cidr in CIDRS:
        if not any(one.overlaps(IPv4Network(cidr)) for one in taken):
            return cidr
    raise HostError(
        "Every range that Roadstead would use for its VPC overlaps one that this machine uses "
        "already (`ip route`). Choose a free private /16 with --vpc-cidr."
    )


def make(vpc: Vpc, names: Names, alias: str) -> None:
    """Make the VPC's bridge, its gateway addresses, forwarding and address translation.

    Raises: HostError when the VPC's range has come to overlap something of this machine's.
    """
    taken = links.routes_and_addresses(without=names.bridge)
    if overlapping := [one for one in taken if one.overlaps(IPv4Network(vpc.cidr))]:
        raise HostError(
            f"The VPC's range {vpc.cidr} overlaps {overlapping[0]}, which this machine now uses "
            "(`ip route`). Take that route away, or start from nothing with "
            "`roadstead down --purge` and --vpc-cidr."
        )
    links.make_bridge(
        names.bridge,
        alias,
        names.mac,
        [f"{subnet.gateway}/{subnet.network.prefixlen}" for subnet in vpc.subnets],
    )
    if IP_FORWARD.read_text().strip() != "1":
        IP_FORWARD.write_text("1")
    Path(f"/proc/sys/net/ipv4/conf/{names.bridge}/send_redirects").write_text("0")
    nftables.replace_table(names.table, _rules(vpc, names.bridge))
    _let_through(names)


def remove(names: Names) -> None:
    """Take away the bridge with its cables, and every rule. Forwarding stays on: others use it."""
    links.remove_bridge(names.bridge)
    nftables.remove_table(names.table)
    _stop_letting_through(names)


def _rules(vpc: Vpc, bridge: str) -> str:
    return f"""
    chain egress {{
        type nat hook postrouting priority srcnat; policy accept;
        ip saddr {vpc.cidr} ip daddr != {vpc.cidr} oifname != "{bridge}" masquerade
    }}
    """


def _let_through(names: Names) -> None:
    """Where a firewall (Docker's, for one) drops what is forwarded, except what is ours."""
    listing = _forward_chain()
    if "policy drop" not in listing or names.table in listing:
        return
    nftables.run(
        "\n".join(
            f'insert rule {FORWARD_CHAIN} {side} "{names.bridge}" counter accept '
            f'comment "{names.table}"'
            for side in ("iifname", "oifname")
        )
    )


def _stop_letting_through(names: Names) -> None:
    mark = re.compile(rf'comment "{re.escape(names.table)}" # handle (\d+)')
    for handle in mark.findall(_forward_chain()):
        nftables.run(f"delete rule {FORWARD_CHAIN} handle {handle}")


def _forward_chain() -> str:
    """The rules that iptables keeps for forwarding, with their handles; empty if it has none."""
    try:
        return nftables.run(f"list chain {FORWARD_CHAIN}")
    except nftables.NftablesError as error:
        if "No such file or directory" in str(error):
            return ""
        raise
