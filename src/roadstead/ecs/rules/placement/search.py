"""Search: one task looks for an instance, and who is able to take it.

`is_able` asks one slot, `able` all slots of a zone; `filters` says the same piece by piece, for
reasons and explanations. A property test holds the three together.
"""

from collections.abc import Callable

import msgspec
import numpy as np

from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.host_ports import ports_as_codes
from roadstead.ecs.records.zone import EC2, EXTERNAL, NO_TASKS, Booleans, Zone
from roadstead.ecs.rules.cluster_query.query import Query
from roadstead.ecs.rules.placement.demand import Demand
from roadstead.ecs.rules.placement.wishes import Wishes

MEMBER_OF_UNMET = "MemberOf placement constraint unsatisfied."
DISTINCT_INSTANCE_UNMET = "DistinctInstance placement constraint unsatisfied."
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html"""

_CHANGES_BY_ITSELF, _IS_ANOTHER_KIND, _IS_AWAY = 1, 1_000, 1_000_000


class Search(msgspec.Struct, frozen=True, gc=False):
    """Everything that decides who is able."""

    capacity: Capacity
    cluster_arn: str
    demand: Demand
    group: str
    wishes: Wishes

    @property
    def kind(self) -> int:
        """Which instances take tasks of the demand's launch type."""
        return EXTERNAL if self.demand.launch_type == "EXTERNAL" else EC2

    def is_reached(self, zone: Zone) -> bool:
        """Whether the task can have an address in the zone."""
        zones = self.demand.zones
        return zones is None or zone.name in zones

    @property
    def ports(self) -> set[int] | tuple[()]:
        """The codes of the host ports that the task wants."""
        demand = self.demand
        if demand.host_ports or demand.host_ports_udp:
            return ports_as_codes(demand.host_ports, demand.host_ports_udp)
        return ()


class Filter(msgspec.Struct, frozen=True):
    """One thing that an instance must be or have."""

    reason: str
    """What is said of an instance that has it not."""
    asks: str
    """What it must be or have, for people."""
    fits: Callable[[Zone], Booleans]
    weight: int = _CHANGES_BY_ITSELF
    """How far from able an instance is without it."""


def is_able(zone: Zone, slot: int, search: Search) -> bool:
    """Whether the instance in the slot can take the task now."""
    demand, wishes = search.demand, search.wishes
    if not (
        zone.takes[slot] == search.kind
        and zone.cpu_left[slot] >= demand.cpu_units
        and zone.memory_left[slot] >= demand.memory_mib
        and (
            not demand.has_interface or (zone.interfaces_left[slot] > 0 and search.is_reached(zone))
        )
        and (not demand.requires_attributes or zone.having(demand.requires_attributes)[slot])
        and not any(zone.taken(code)[slot] for code in search.ports)
        and all(
            query.members(zone, search.capacity, search.cluster_arn)[slot]
            for query in wishes.queries
        )
    ):
        return False
    return not wishes.is_distinct or bool(_is_without_group(zone, search)[slot])


def able(zone: Zone, search: Search) -> Booleans:
    """Which slots can take the task now."""
    demand, wishes = search.demand, search.wishes
    found: Booleans = zone.takes == search.kind
    found &= zone.cpu_left >= demand.cpu_units
    found &= zone.memory_left >= demand.memory_mib
    if demand.has_interface:
        found &= zone.interfaces_left > 0
        found &= search.is_reached(zone)
    if demand.requires_attributes:
        found &= zone.having(demand.requires_attributes)
    for code in search.ports:
        found &= ~zone.taken(code)
    for query in wishes.queries:
        found &= query.members(zone, search.capacity, search.cluster_arn)
    if wishes.is_distinct:
        found &= _is_without_group(zone, search)
    return found


def filters(search: Search) -> list[Filter]:
    """What an ACTIVE instance of the launch type must be and have, in the order in which it is
    told: its agent, resources, attributes, constraints."""
    demand = search.demand
    found = [
        Filter("AGENT", "a connected agent", lambda zone: zone.takes != NO_TASKS, _IS_AWAY),
        Filter(
            "RESOURCE:CPU",
            f"{demand.cpu_units} cpu units",
            lambda zone: zone.cpu_left >= demand.cpu_units,
        ),
        Filter(
            "RESOURCE:MEMORY",
            f"{demand.memory_mib} MiB of memory",
            lambda zone: zone.memory_left >= demand.memory_mib,
        ),
    ]
    for reason, ports, odd in (
        ("RESOURCE:PORTS", demand.host_ports, 0),
        ("RESOURCE:PORTS_UDP", demand.host_ports_udp, 1),
    ):
        for port in ports:
            found.append(_port(reason, port, odd))
    if demand.has_interface:
        found += _of_interface(search)
    if demand.requires_attributes:
        names = ", ".join(demand.requires_attributes)
        found.append(
            Filter(
                "ATTRIBUTE",
                f"the attributes {names}",
                lambda zone: zone.having(demand.requires_attributes),
                _IS_ANOTHER_KIND,
            )
        )
    return found + _constraints(search)


def _of_interface(search: Search) -> list[Filter]:
    """An awsvpc task needs a free interface of the instance, and a subnet in its zone."""
    found = [
        Filter("RESOURCE:ENI", "a free network interface", lambda zone: zone.interfaces_left > 0)
    ]
    zones = search.demand.zones
    if zones is not None:
        named = ", ".join(zones) or "none of its subnets is left"
        found.append(
            Filter(
                "LOCATION",
                f"a zone of the task's subnets ({named})",
                lambda zone: np.full(len(zone.instances), search.is_reached(zone)),
                _IS_ANOTHER_KIND,
            )
        )
    return found


def _constraints(search: Search) -> list[Filter]:
    found = [_member_of(query, search) for query in search.wishes.queries]
    if search.wishes.is_distinct:
        found.append(
            Filter(
                DISTINCT_INSTANCE_UNMET,
                f"no task of {_named(search.group)}",
                lambda zone: _is_without_group(zone, search),
                _IS_ANOTHER_KIND,
            )
        )
    return found


def _named(group: str) -> str:
    """A group as people know it: that of a service is its ARN."""
    return f"service {group.rpartition('/')[2]}" if group.startswith("arn:") else group


def _member_of(query: Query, search: Search) -> Filter:
    return Filter(
        MEMBER_OF_UNMET,
        query.text,
        lambda zone: query.members(zone, search.capacity, search.cluster_arn),
        _IS_ANOTHER_KIND,
    )


def _port(reason: str, port: int, odd: int) -> Filter:
    code = port * 2 + odd
    protocol = "udp" if odd else "tcp"
    return Filter(reason, f"host port {port}/{protocol} free", lambda zone: ~zone.taken(code))


def _is_without_group(zone: Zone, search: Search) -> Booleans:
    counts = search.capacity.counts_in(zone, search.cluster_arn, search.group)
    if counts is None:
        return np.ones(len(zone.instances), np.bool_)
    without: Booleans = counts == 0
    return without
