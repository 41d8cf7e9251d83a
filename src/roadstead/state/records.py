"""Record, Table, Index, Projection: the shape of the state.

Each service declares its own; a View holds them all.

A record is what is stored; a table names one kind of record; an index finds records by a key and
keeps them in order, so that a page of a list costs the page and not the list; a projection is any
other derived structure (placement's arrays) that follows every change of its tables.
Only records are kept on disk. Indexes and projections are made anew at every start.
"""

from collections.abc import Callable, Iterable
from typing import Any, Generic, Protocol, TypeVar

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing that is stored. Every field but `arn` needs a default, so that old logs decode."""

    arn: str
    """Its key in its table: the ARN, or, where AWS gives none, a string that looks like one."""
    version: int = 0
    """How many commits have changed it. Written by the state, never by a transition."""


R = TypeVar("R", bound=Record)

Order = Any
"""Whatever sorts: a string, a number, or a tuple of them; of one type within an index."""


class Table(Generic[R]):
    """One kind of record."""

    __slots__ = ("name", "record_type", "share")

    def __init__(
        self, name: str, record_type: type[R], share: Callable[[R], None] | None = None
    ) -> None:
        """`share` is called for each record that was read from a log, before anyone sees it: it
        may put one object in the place of many equal ones, and nothing else."""
        self.name = name
        self.record_type = record_type
        self.share = share

    def __repr__(self) -> str:
        return f"Table({self.name})"


class Index(Generic[R]):
    """Finds records by the keys that `keys` gives, ordered by `order`, else by ARN."""

    __slots__ = ("keys", "name", "order", "table")

    def __init__(
        self,
        name: str,
        table: Table[R],
        keys: Callable[[R], Iterable[str]],
        order: Callable[[R], Order] | None = None,
    ) -> None:
        self.name = name
        self.table = table
        self.keys = keys
        self.order = order

    def __repr__(self) -> str:
        return f"Index({self.name})"


class Projection(Protocol):
    """A derived structure that follows the tables which its class names in `tables`.

    Made empty, then told of every record.
    """

    def apply(self, table: Table[Any], before: Record | None, after: Record | None) -> None:
        """A record was added (`before` None), changed, or removed (`after` None)."""
        ...


class Schema(msgspec.Struct, frozen=True):
    """All that a view holds. Each service contributes its own; `join` makes one of them."""

    tables: tuple[Table[Any], ...] = ()
    indexes: tuple[Index[Any], ...] = ()
    projections: tuple[type[Any], ...] = ()

    def join(self, other: "Schema") -> "Schema":
        """Both schemas as one."""
        return Schema(
            self.tables + other.tables,
            self.indexes + other.indexes,
            self.projections + other.projections,
        )


class Change(msgspec.Struct, frozen=True, gc=False):
    """What a commit did to one record. `before` None: it is new; `after` None: it is gone."""

    table: Table[Any]
    arn: str
    before: Any
    after: Any
