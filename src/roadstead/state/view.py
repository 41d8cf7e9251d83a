"""View (read) and Tx (read and write): the records in memory with their indexes.

A Tx writes straight into the view and remembers how to undo it: code inside one update sees its own
writes, and an exception leaves no trace. Nothing here waits, so what is read is one moment.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, cast

import msgspec
from sortedcontainers import SortedList

from roadstead.state.records import Change, Index, Order, Projection, R, Record, Schema, Table

P = TypeVar("P")


class View:
    """The state as it is now. Made from a schema, empty."""

    __slots__ = ("_buckets", "_followers", "_indexes", "_projections", "_rows", "schema")

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._rows: dict[str, dict[str, Any]] = {table.name: {} for table in schema.tables}
        self._buckets: dict[str, dict[str, Any]] = {index.name: {} for index in schema.indexes}
        self._indexes: dict[str, list[Index[Any]]] = {table.name: [] for table in schema.tables}
        self._followers: dict[str, list[Projection]] = {table.name: [] for table in schema.tables}
        self._projections: dict[type[Any], Any] = {}
        assert len(self._rows) == len(schema.tables), "two tables have one name"
        assert len(self._buckets) == len(schema.indexes), "two indexes have one name"
        for index in schema.indexes:
            self._indexes[index.table.name].append(index)
        for kind in schema.projections:
            projection = self._projections[kind] = kind()
            for table in kind.tables:
                self._followers[table.name].append(projection)

    def get(self, table: Table[R], arn: str) -> R | None:
        """The record, or None."""
        return self._rows[table.name].get(arn)

    def must(self, table: Table[R], arn: str) -> R:
        """The record, which the caller knows to exist."""
        return cast(R, self._rows[table.name][arn])

    def all(self, table: Table[R]) -> Iterable[R]:
        """Every record, in no promised order. Walks the table: not for the road of a request."""
        return self._rows[table.name].values()

    def size(self, table: Table[Any]) -> int:
        return len(self._rows[table.name])

    def find(self, index: Index[R], key: str) -> list[R]:
        """The records under `key`, in the index's order; a list of its own, safe to write under."""
        bucket = self._buckets[index.name].get(key)
        if bucket is None:
            return []
        rows = self._rows[index.table.name]
        if index.order is None:
            return [rows[arn] for arn in bucket]
        return [rows[entry[1]] for entry in bucket]

    def count(self, index: Index[Any], key: str) -> int:
        """How many records are under `key`; costs nothing."""
        bucket = self._buckets[index.name].get(key)
        return 0 if bucket is None else len(bucket)

    def count_after(self, index: Index[Any], key: str, after: Order) -> int:
        """How many records under `key` stand behind the order value `after`; cheap."""
        bucket = self._buckets[index.name].get(key)
        if bucket is None:
            return 0
        edge = after if index.order is None else (after, "\U0010ffff")
        return len(bucket) - int(bucket.bisect_right(edge))

    def first(self, index: Index[R], key: str) -> R | None:
        return self._at(index, key, 0)

    def last(self, index: Index[R], key: str) -> R | None:
        return self._at(index, key, -1)

    def keys(self, index: Index[Any]) -> Iterable[str]:
        """Every key of the index that has a record, in order of first appearance."""
        return self._buckets[index.name].keys()

    def walk(
        self, index: Index[R], key: str, *, after: Order | None = None, reverse: bool = False
    ) -> Iterator[R]:
        """The records under `key` from just behind the order value `after`, lazily.

        Nothing may be written under the index while the walk lasts.
        """
        bucket = self._buckets[index.name].get(key)
        if bucket is None:
            return
        rows = self._rows[index.table.name]
        plain = index.order is None
        start: Any = None
        if after is not None:
            # An entry is (order, arn); "\U0010ffff" sorts behind every ARN, "" before.
            edge = "" if reverse else "\U0010ffff"
            start = after if plain else (after, edge)
        entries = (
            bucket.irange(None, start, inclusive=(True, False), reverse=True)
            if reverse
            else bucket.irange(start, None, inclusive=(False, True))
        )
        for entry in entries:
            yield rows[entry if plain else entry[1]]

    def projection(self, kind: type[P]) -> P:
        """The projection of this kind."""
        return cast(P, self._projections[kind])

    def load(self, table: Table[R], records: Iterable[R]) -> None:
        """Fill an empty table, quickly: indexes are built once, sorted.

        Records are best given one by one, so that what they share is found before the next one.
        """
        rows = self._rows[table.name]
        assert not rows, f"{table} is loaded twice"
        for record in records:
            if table.share is not None:
                table.share(record)
            rows[record.arn] = record
        for index in self._indexes[table.name]:
            entries: dict[str, list[Any]] = {}
            for record in rows.values():
                entry = record.arn if index.order is None else (index.order(record), record.arn)
                for key in index.keys(record):
                    entries.setdefault(key, []).append(entry)
            self._buckets[index.name] = {key: SortedList(found) for key, found in entries.items()}
        for follower in self._followers[table.name]:
            for record in rows.values():
                follower.apply(table, None, record)

    def _at(self, index: Index[R], key: str, position: int) -> R | None:
        bucket = self._buckets[index.name].get(key)
        if bucket is None:
            return None
        entry = bucket[position]
        return cast(R, self._rows[index.table.name][entry if index.order is None else entry[1]])

    def _replace(self, table: Table[Any], arn: str, before: Any, after: Any) -> None:
        """Put `after` where `before` was, in rows, indexes and projections."""
        rows = self._rows[table.name]
        if after is None:
            rows.pop(arn, None)
        else:
            rows[arn] = after
        for index in self._indexes[table.name]:
            self._reindex(index, arn, before, after)
        for follower in self._followers[table.name]:
            follower.apply(table, before, after)

    def _reindex(self, index: Index[Any], arn: str, before: Any, after: Any) -> None:
        old_keys = () if before is None else tuple(index.keys(before))
        new_keys = () if after is None else tuple(index.keys(after))
        old_entry: Any = arn
        new_entry: Any = arn
        if index.order is not None:
            old_entry = None if before is None else (index.order(before), arn)
            new_entry = None if after is None else (index.order(after), arn)
        if old_keys == new_keys and old_entry == new_entry:
            return
        buckets = self._buckets[index.name]
        for key in old_keys:
            if key not in new_keys or old_entry != new_entry:
                bucket = buckets[key]
                bucket.remove(old_entry)
                if not bucket:
                    del buckets[key]
        for key in new_keys:
            if key not in old_keys or old_entry != new_entry:
                existing = buckets.get(key)
                if existing is None:
                    buckets[key] = SortedList((new_entry,))
                else:
                    existing.add(new_entry)


class Tx(View):
    """One update: reads the view, writes it, and can take all of it back."""

    __slots__ = ("_before",)

    def __init__(self, view: View) -> None:
        self.schema = view.schema
        self._rows = view._rows
        self._buckets = view._buckets
        self._indexes = view._indexes
        self._followers = view._followers
        self._projections = view._projections
        self._before: dict[tuple[str, str], tuple[Table[Any], Any]] = {}

    def put(self, table: Table[R], record: R) -> R:
        """Store a record, new or changed; returns it as stored, with its version."""
        rows = self._rows[table.name]
        now = rows.get(record.arn)
        if now is record:
            return record
        touched = (table.name, record.arn)
        if touched not in self._before:
            self._before[touched] = (table, now)
        base: Record | None = self._before[touched][1]
        version = 1 if base is None else base.version + 1
        if record.version != version:
            record = msgspec.structs.replace(record, version=version)
        self._replace(table, record.arn, now, record)
        return record

    def delete(self, table: Table[Any], arn: str) -> None:
        """Remove a record; one that is not there is no error."""
        now = self._rows[table.name].get(arn)
        if now is None:
            return
        self._before.setdefault((table.name, arn), (table, now))
        self._replace(table, arn, now, None)

    def changes(self) -> list[Change]:
        """What this update did, one entry a record, in order of first touch."""
        found = []
        for (name, arn), (table, before) in self._before.items():
            after = self._rows[name].get(arn)
            if after is not before:
                found.append(Change(table, arn, before, after))
        return found

    def undo(self) -> None:
        """Leave everything as it was before this update."""
        for (name, arn), (table, before) in reversed(self._before.items()):
            now = self._rows[name].get(arn)
            if now is not before:
                self._replace(table, arn, now, before)
        self._before.clear()
