"""What the control plane told this machine of networks: the fabric feed's items, by kind and key.

Told in lots, each true as a whole; a new conversation tells everything again, and what it does not
name is gone. Nobody else writes here, so whoever reads without waiting reads one moment.
"""

from collections.abc import Iterable
from typing import Any, TypeVar, cast

import msgspec

from roadstead.control.fabric_items import (
    VALUES,
    InterfaceItem,
    Line,
    NameItem,
    SecurityGroupItem,
    Value,
    VpcItem,
    ZoneItem,
)

T = TypeVar("T")
Key = tuple[str, str]
"""Kind and key of an item."""
Items = dict[Key, Value]

_decoder = msgspec.json.Decoder(Line)
_values = {kind: msgspec.json.Decoder(type_ | None) for kind, type_ in VALUES.items()}


class Told:
    """The items of all lots that were heard to their end."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, Any]] = {kind: {} for kind in VALUES}
        self.lots = 0
        """How many lots were heard; none yet: nothing is known."""

    @property
    def vpcs(self) -> dict[str, VpcItem]:
        return self._of("vpc", VpcItem)

    @property
    def interfaces(self) -> dict[str, InterfaceItem]:
        return self._of("interface", InterfaceItem)

    @property
    def groups(self) -> dict[str, SecurityGroupItem]:
        return self._of("security-group", SecurityGroupItem)

    @property
    def zones(self) -> dict[str, ZoneItem]:
        return self._of("zone", ZoneItem)

    @property
    def names(self) -> dict[str, NameItem]:
        return self._of("name", NameItem)

    def change(self, lot: dict[Key, Value | None]) -> set[Key]:
        """Take in what changed; the items that are other than before."""
        self.lots += 1
        return {key for key, value in lot.items() if key[0] in VALUES and self._put(key, value)}

    def replace(self, lot: dict[Key, Value | None]) -> set[Key]:
        """Take in everything; the items that are other than before, or gone."""
        gone: Iterable[Key] = [
            (kind, key)
            for kind, items in self._kinds.items()
            for key in items
            if lot.get((kind, key)) is None
        ]
        return self.change({**lot, **dict.fromkeys(gone)})

    def _put(self, where: Key, value: Value | None) -> bool:
        kind, key = where
        items = self._kinds[kind]
        if items.get(key) == value:
            return False
        if value is None:
            del items[key]
        else:
            items[key] = value
        return True

    def _of(self, kind: str, _type: type[T]) -> dict[str, T]:
        return cast("dict[str, T]", self._kinds[kind])


def read(line: bytes) -> tuple[Key, Value | None] | None:
    """One line of the feed; None for `in-sync`. Of a kind that only newer machines know, no value.

    Raises: msgspec.DecodeError for a line that is not an item.
    """
    item = _decoder.decode(line)
    if item.kind == "in-sync":
        return None
    decoder = _values.get(item.kind)
    return (item.kind, item.key), None if decoder is None else decoder.decode(item.value)
