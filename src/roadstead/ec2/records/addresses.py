"""Which addresses of each subnet are taken: one number a subnet, one bit an address.

Follows the interfaces, so that an address is found without looking at those that are there. A
subnet is at most a /16, so the last sixteen bits of an address tell it from its neighbours.
"""

from ipaddress import IPv4Address
from typing import Any

from roadstead.ec2.records.network import NETWORK_INTERFACES, NetworkInterface
from roadstead.state.records import Record, Table

_BITS = 0xFFFF


class TakenAddresses:
    """Subnet → its taken addresses."""

    tables: tuple[Table[Any], ...] = (NETWORK_INTERFACES,)

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def apply(self, table: Table[Any], before: Record | None, after: Record | None) -> None:
        """Follow one interface."""
        if isinstance(before, NetworkInterface):
            left = self._taken[before.subnet_id] & ~(1 << _place(before.private_ip_address))
            if left:
                self._taken[before.subnet_id] = left
            else:
                del self._taken[before.subnet_id]
        if isinstance(after, NetworkInterface):
            taken = self._taken.get(after.subnet_id, 0)
            self._taken[after.subnet_id] = taken | 1 << _place(after.private_ip_address)

    def lowest_free(self, subnet_id: str, first: IPv4Address, last: IPv4Address) -> str | None:
        """The lowest free address from `first` to `last`, or None."""
        width = int(last) - int(first) + 1
        if width <= 0:
            return None
        free = ~(self._taken.get(subnet_id, 0) >> (int(first) & _BITS)) & ((1 << width) - 1)
        return str(first + ((free & -free).bit_length() - 1)) if free else None

    def free_count(self, subnet_id: str, first: IPv4Address, last: IPv4Address) -> int:
        """How many addresses from `first` to `last` are free."""
        width = max(0, int(last) - int(first) + 1)
        taken = self._taken.get(subnet_id, 0) >> (int(first) & _BITS) & ((1 << width) - 1)
        return width - taken.bit_count()

    def is_free(self, subnet_id: str, address: str) -> bool:
        """Whether no interface of the subnet has the address."""
        return not self._taken.get(subnet_id, 0) >> _place(address) & 1


def _place(address: str) -> int:
    return int(IPv4Address(address)) & _BITS
