"""Names of the fabric: which records a question gets, of what the control plane told. Pure.

A name may have several owners (the instances of a service): their records are one set, of which
each answer has some, beginning with another one each time.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address

import msgspec

from roadstead.control.fabric_items import NameItem, ZoneItem

RECORDS_MAX = 8
"""Source: https://docs.aws.amazon.com/cloud-map/latest/dg/services-route53.html (multivalue answer
routing: up to eight)"""
LABELS_MAX = 127


class Record(msgspec.Struct, frozen=True):
    """One record of an answer."""

    name: str
    type: str
    ttl: int
    data: str


class Answer(msgspec.Struct, frozen=True):
    """What is known of a name of ours."""

    records: tuple[Record, ...] = ()
    additional: tuple[Record, ...] = ()
    exists: bool = True
    """Whether the name has records of any type."""
    zone: str = ""


class Names:
    """The names and zones that were told."""

    def __init__(self) -> None:
        self._items: dict[str, NameItem] = {}
        self._by_name: dict[str, dict[str, NameItem]] = {}
        self._zones: dict[str, ZoneItem] = {}
        self._asked = 0

    def put(self, key: str, item: NameItem | None) -> None:
        """A name is as given now; None: its owner has it no more."""
        before = self._items.pop(key, None)
        if before is not None:
            owners = self._by_name[before.name]
            del owners[key]
            if not owners:
                del self._by_name[before.name]
        if item is not None:
            self._items[key] = item
            self._by_name.setdefault(item.name, {})[key] = item

    def put_zone(self, key: str, item: ZoneItem | None) -> None:
        """A domain is ours; None: no more."""
        if item is None:
            self._zones.pop(key, None)
        else:
            self._zones[key] = item

    def ask(self, name: str, kind: str, vpc_id: str) -> Answer | None:
        """What a client in this VPC is told of a name (lower case, no dot at its end).

        None: the name is none of ours, and others may know it.
        """
        items = [one for one in self._by_name.get(name, {}).values() if _is_seen(one, vpc_id)]
        zone = self._zone_of(name, vpc_id)
        if not items:
            return None if zone is None else Answer(exists=self._has_below(name, vpc_id), zone=zone)
        self._asked += 1
        records = self._records(items, kind)
        additional: list[Record] = []
        if kind == "SRV":
            for target in dict.fromkeys(one.data.rpartition(" ")[2].rstrip(".") for one in records):
                found = self._by_name.get(target.lower(), {}).values()
                additional += self._records([one for one in found if _is_seen(one, vpc_id)], "A")
        return Answer(tuple(records), tuple(additional), zone=zone or name)

    def _records(self, items: Iterable[NameItem], kind: str) -> list[Record]:
        """The records of one type: each once, in turn, and no more than an answer has."""
        found: dict[str, Record] = {}
        most = RECORDS_MAX
        for item in items:
            if item.type == kind:
                most = min(most, item.answered_max or RECORDS_MAX)
                for data in item.records:
                    if _is_sound(kind, data):
                        found[data] = Record(item.name, kind, item.ttl, data)
        ordered = [found[data] for data in sorted(found)]
        start = self._asked % len(ordered) if ordered else 0
        return (ordered[start:] + ordered[:start])[:most]

    def _zone_of(self, name: str, vpc_id: str) -> str | None:
        zones = {one.name for one in self._zones.values() if one.vpc_id in ("", vpc_id)}
        return next((parent for parent in _parents(name) if parent in zones), None)

    def _has_below(self, name: str, vpc_id: str) -> bool:
        """Whether the name is a zone's own, which exists though nothing is asked of it."""
        return any(one.name == name and one.vpc_id in ("", vpc_id) for one in self._zones.values())


def _parents(name: str) -> Iterable[str]:
    """The name itself and what it lies in, the nearest first."""
    labels = name.split(".")[:LABELS_MAX]
    return (".".join(labels[first:]) for first in range(len(labels)))


def _is_seen(item: NameItem, vpc_id: str) -> bool:
    return item.vpc_id in ("", vpc_id)


def _is_sound(kind: str, data: str) -> bool:
    """Whether it can be sent as what it says it is."""
    try:
        if kind == "A":
            IPv4Address(data)
            return True
        priority, weight, port, target = data.split(" ")
        return all(0 <= int(one) <= 65_535 for one in (priority, weight, port)) and bool(target)
    except ValueError:
        return False
