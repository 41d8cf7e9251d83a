"""Book: what the proxy should be told, resource by resource, and what it has been told.

Pieces are entered by key; a resource that a piece no longer contributes is dropped. What differs
from what is served is asked for by kind. No files here, no proxy.
"""

from collections.abc import Iterable, Mapping

import msgspec

from roadstead.dataplane.snapshot.messages import Json, discovery
from roadstead.dataplane.snapshot.names import digest
from roadstead.dataplane.snapshot.piece import Piece

KINDS = ("listeners", "routes", "clusters")


class Changes(msgspec.Struct, frozen=True):
    """Resources that are new or different, and names of those that are to go."""

    listeners: dict[str, Json] = {}
    routes: dict[str, Json] = {}
    clusters: dict[str, Json] = {}
    gone_listeners: frozenset[str] = frozenset()
    gone_routes: frozenset[str] = frozenset()
    gone_clusters: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name) for name in self.__struct_fields__)

    @property
    def is_to_be_validated(self) -> bool:
        """Whether there is anything new; what only goes needs nobody's opinion."""
        return bool(self.listeners or self.routes or self.clusters)

    def without(self, refused: Iterable[str]) -> "Changes":
        """These changes, but for the resources of these names (`kind/name`)."""
        names = set(refused)
        kept = {
            kind: {
                name: each
                for name, each in getattr(self, kind).items()
                if f"{kind}/{name}" not in names
            }
            for kind in KINDS
        }
        return msgspec.structs.replace(self, **kept)

    def each(self) -> Iterable[tuple[str, "Changes"]]:
        """Every new resource alone, by `kind/name`."""
        for kind in KINDS:
            for name, resource in getattr(self, kind).items():
                alone = msgspec.structs.replace(Changes(), **{kind: {name: resource}})
                yield f"{kind}/{name}", alone


class Book:
    """The wanted resources, and those that are served."""

    def __init__(self) -> None:
        self._pieces: dict[str, Piece] = {}
        self.wanted: dict[str, dict[str, Json]] = {kind: {} for kind in KINDS}
        self.served: dict[str, dict[str, Json]] = {kind: {} for kind in KINDS}
        self.certificates: dict[str, tuple[str, str]] = {}

    def enter(self, key: str, piece: Piece) -> None:
        """What the piece contributes from now on."""
        before = self._pieces.pop(key, Piece())
        if piece != Piece():
            self._pieces[key] = piece
        for kind in KINDS:
            wanted, new = self.wanted[kind], getattr(piece, kind)
            for name in getattr(before, kind):
                if name not in new:
                    wanted.pop(name, None)
            wanted.update(new)
        if before.certificates or piece.certificates:
            self.certificates = {}
            for each in self._pieces.values():
                self.certificates.update(each.certificates)

    def changes(self) -> Changes:
        """What is wanted and not served, and the other way round."""
        found: dict[str, object] = {}
        for kind in KINDS:
            wanted, served = self.wanted[kind], self.served[kind]
            found[kind] = {name: each for name, each in wanted.items() if served.get(name) != each}
            found[f"gone_{kind}"] = frozenset(served.keys() - wanted.keys())
        return msgspec.convert(found, Changes)

    def serve(self, changes: Changes) -> None:
        """Note that these are served now; what is gone is so by `forget`."""
        for kind in KINDS:
            self.served[kind].update(getattr(changes, kind))

    def forget(self, kind: str, names: Iterable[str]) -> None:
        """Note that these are served no more."""
        for name in names:
            self.served[kind].pop(name, None)


def collection(resources: Mapping[str, Json]) -> tuple[str, bytes]:
    """The version and the content of the file of all of these."""
    return versioned(resources[name] for name in sorted(resources))


def versioned(resources: Iterable[Json]) -> tuple[str, bytes]:
    """The version and the content of a file: the version tells the content."""
    found = list(resources)
    version = digest(msgspec.json.encode(found))
    return version, discovery(version, found)
