"""The fabric's rules in force on this machine, and how they follow what is wanted.

The kernel keeps the rules while no host runs. A host that starts finds them, lets them stand until
it knows what they should be, then replaces all in one transaction; from then on a change of one
interface or group is one small transaction. Whatever is not in force yet is closed.
"""

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from typing import TypeVar

from roadstead.control.fabric_items import SecurityGroupItem
from roadstead.host import nftables, permissions, ruleset
from roadstead.host.nftables import NftablesError
from roadstead.host.ruleset import ControlPlane, Network, Port, Seat

GARBAGE_MAX = 64
"""Chains and sets that nobody needs any more may gather; with the next, all is written anew."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Firewall:
    """The two tables of one data directory. Its methods block, and may be called by any thread."""

    def __init__(
        self, table: str, control_plane: ControlPlane, *, reach_machine: bool = False
    ) -> None:
        self._table = table
        self._control_plane = control_plane
        self._reach_machine = reach_machine
        self._lock = threading.Lock()
        self._networks: tuple[Network, ...] = ()
        self._seats: dict[str, Seat] = {}
        self._groups: dict[str, SecurityGroupItem] = {}
        self._ports: dict[str, Port] = {}
        self._combinations: Counter[str] = Counter()
        self._garbage = 0
        self._is_complete = False
        """Whether what the kernel has is what is remembered here."""

    def begin(self, network: Network) -> None:
        """Have tables of today's layout, closed if there were none; found ones stay in force."""
        with self._lock:
            self._networks = (network,)
            if not self.is_found():
                self._run([self._skeleton()])

    def replace(
        self,
        networks: tuple[Network, ...],
        groups: Mapping[str, SecurityGroupItem],
        seats: Mapping[str, Seat],
    ) -> None:
        """Have exactly this in force, and the ports that were admitted, from one moment on.

        Raises: NftablesError: then the rules are what they were.
        """
        with self._lock:
            self._networks = networks
            self._groups = {name: one for name, one in groups.items() if _is_sound(name)}
            self._seats = dict(seats)
            self._write_all()

    def change(
        self,
        groups: Mapping[str, SecurityGroupItem | None],
        seats: Mapping[str, Seat | None],
    ) -> None:
        """Have these groups and these interfaces' seats in force as given; None: no more.

        Raises: NftablesError: then the rules are what they were, and the next call writes all.
        """
        with self._lock:
            changed_groups = {
                name: one
                for name, one in groups.items()
                if _is_sound(name) and self._groups.get(name) != one
            }
            changed_seats = {
                name: one for name, one in seats.items() if self._seats.get(name) != one
            }
            if not changed_groups and not changed_seats and self._is_complete:
                return
            commands = self._commands(changed_groups, changed_seats)
            _put(self._groups, changed_groups)
            _put(self._seats, changed_seats)
            if not self._is_complete or self._garbage > GARBAGE_MAX:
                self._write_all()
                return
            self._is_complete = False
            self._run(commands)
            self._is_complete = True

    def admit(self, name: str, port: Port) -> None:
        """Let a port send as who it is; done before the port is up.

        Raises: NftablesError
        """
        self.admit_all({name: port})

    def admit_all(self, admitted: Mapping[str, Port]) -> None:
        """The same for several, in one go.

        Raises: NftablesError
        """
        with self._lock:
            fresh = {name: port for name, port in admitted.items() if name not in self._ports}
            for name, port in admitted.items():
                before = self._ports.get(name)
                if before is not None and before != port:
                    self._run(ruleset.ports(self._table, "delete", {name: before}))
                    fresh[name] = port
            self._ports.update(admitted)
            if fresh:
                self._run(ruleset.ports(self._table, "add", fresh))

    def dismiss(self, names: list[str]) -> None:
        """Forget ports that are gone.

        Raises: NftablesError
        """
        with self._lock:
            gone = {name: self._ports.pop(name) for name in names if name in self._ports}
            if gone:
                self._run(ruleset.ports(self._table, "delete", gone))

    def is_found(self) -> bool:
        """Whether the kernel has tables of today's layout.

        Raises: NftablesError
        """
        try:
            for chain in (f"ip {self._table} {ruleset.LAYOUT}", f"bridge {self._table} sent"):
                nftables.run(f"list chain {chain}")
        except NftablesError as error:
            if "No such file or directory" in str(error):
                return False
            raise
        return True

    def _commands(
        self,
        groups: Mapping[str, SecurityGroupItem | None],
        seats: Mapping[str, Seat | None],
    ) -> list[str]:
        """What changes these, given what is in force; also counts what nobody needs any more."""
        table = self._table
        commands: list[str] = []
        for name, item in groups.items():
            if item is not None:
                commands += ruleset.group(table, item)
            elif name in self._groups:
                empty = SecurityGroupItem(group_id=name, vpc_id="")
                commands += ruleset.group(table, empty)
                self._garbage += 1
        left = [self._seats[name] for name in seats if name in self._seats]
        come = [seat for seat in seats.values() if seat is not None]
        commands += ruleset.elements(table, "delete", left)
        for seat in come:
            if not self._combinations[seat.combination]:
                commands += ruleset.combined(table, seat)
        commands += ruleset.elements(table, "add", come)
        self._combinations.update(each.combination for each in come)
        for each in left:
            name = each.combination
            self._combinations[name] -= 1
            if not self._combinations[name]:
                del self._combinations[name]
                self._garbage += 1
        return commands

    def _write_all(self) -> None:
        self._is_complete = False
        table = self._table
        commands = [self._skeleton()]
        for item in self._groups.values():
            commands += ruleset.group(table, item)
        combinations = {each.combination: each for each in self._seats.values()}
        for seat in combinations.values():
            commands += ruleset.combined(table, seat)
        commands += ruleset.elements(table, "add", self._seats.values())
        commands += ruleset.ports(table, "add", self._ports)
        self._run(commands)
        self._combinations = Counter(each.combination for each in self._seats.values())
        self._garbage = 0
        self._is_complete = True

    def _skeleton(self) -> str:
        return ruleset.skeleton(
            self._table, self._networks, self._control_plane, reach_machine=self._reach_machine
        )

    def _run(self, commands: list[str]) -> None:
        nftables.run("\n".join(commands) + "\n")


def remove(table: str) -> None:
    """Leave no rule of a data directory."""
    nftables.remove_table(table)
    nftables.remove_table(table, family="bridge")


def _is_sound(group_id: str) -> bool:
    if permissions.is_group_id(group_id):
        return True
    log.warning("the security group %r has no id that rules can be named after", group_id)
    return False


def _put(kept: dict[str, T], changed: Mapping[str, T | None]) -> None:
    for name, value in changed.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
