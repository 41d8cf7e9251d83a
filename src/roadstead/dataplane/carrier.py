"""Carrier: follows the state and keeps the proxy's files as the state says.

Two lanes. Targets: the endpoints file of a group is written as soon as a change of its targets is
durable; nothing is asked and nothing else is looked at. Configuration (listeners, routes,
clusters): gathered for a moment, shown to Envoy's own validation, then written in the order in
which no request meets something that is not there yet: clusters, and once they are warm, routes and
listeners; what goes, goes the other way round. What Envoy refuses stays as it was, and is told.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from roadstead.clock import Clock
from roadstead.dataplane import obstacles
from roadstead.dataplane.book import Book, Changes, collection, versioned
from roadstead.dataplane.disk import Disk
from roadstead.dataplane.proxy_admin import ProxyAdmin, ProxyUnreachable, Taken
from roadstead.dataplane.snapshot import pieces
from roadstead.dataplane.snapshot.bootstrap import bootstrap
from roadstead.dataplane.snapshot.endpoints import without
from roadstead.dataplane.snapshot.messages import Json
from roadstead.dataplane.snapshot.piece import Piece
from roadstead.dataplane.validation import Validator
from roadstead.state.records import Change
from roadstead.state.view import View

GATHER_SECONDS = 0.05
"""Configuration that changes within this time is validated once."""
WARM_SECONDS_MAX = 10.0
"""How long routes wait for new clusters: their targets are checked for the first time."""
LEAVE_SECONDS_MAX = 5.0
"""How long clusters wait for routes to let go of them."""
ASK_AGAIN_SECONDS = 0.05
TRY_AGAIN_SECONDS = 5.0
BOOTSTRAP_SECONDS = 1.0
PROBLEMS_AGAIN_SECONDS = 15.0
"""What the proxy did not take is tried again: a port may have become free."""

log = logging.getLogger(__name__)


class Validates(Protocol):
    """Who is asked before configuration is served."""

    async def refused(self, changes: Changes, routes: dict[str, Json]) -> dict[str, str]: ...


class Carrier:
    """One data plane. `run` it in the program's TaskGroup; `note` what has become durable."""

    def __init__(
        self,
        view: Callable[[], View],
        disk: Disk,
        validator: Validator | Validates,
        admin: ProxyAdmin,
        clock: Clock,
        resting: Callable[[str], Collection[tuple[str, int]]],
    ) -> None:
        """resting: cluster → addresses and ports that are left out for the moment."""
        self._view = view
        self._resting = resting
        self._disk = disk
        self._files = disk.files
        self._validator = validator
        self._admin = admin
        self._clock = clock
        self._targets: dict[str, None] = {}
        self._configuration: dict[str, None] = {}
        self._targets_news = asyncio.Event()
        self._configuration_news = asyncio.Event()
        self._book = Book()
        self._versions: dict[str, str] = {}
        self._is_configuring = True
        self.problems: dict[str, str] = {}
        """`kind/name` of a resource that the proxy does not have as it should be → why."""
        self.endpoints_written = 0
        self.look_at_everything()

    def look_at_everything(self) -> None:
        """Make all pieces anew."""
        self._note_keys(pieces.keys(self._view()))

    def note(self, changes: Iterable[Change]) -> None:
        """These changes are durable."""
        view = self._view()
        for change in changes:
            self._note_keys(pieces.affected(view, change))

    def look_at(self, key: str) -> None:
        """Make one piece anew."""
        self._note_keys((key,))

    async def run(self) -> None:
        """Write what changes, for ever."""
        self._disk.prepare()
        self._write_targets()
        await self._configure_until_done()
        self._drop_leftovers()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_bootstrap(), name="bootstrap")
            group.create_task(self._carry_targets(), name="targets")
            group.create_task(self._carry_configuration(), name="configuration")

    async def _keep_bootstrap(self) -> None:
        """The sign that all else is there. A host that ends its proxy takes it away."""
        content = msgspec.json.format(msgspec.json.encode(bootstrap(self._files)), indent=2)
        path = Path(self._files.bootstrap)
        again_at = 0.0
        while True:
            if not path.exists():
                self._disk.remove(path)
            self._disk.put(path, content)
            if self.problems and self._clock.monotonic() >= again_at:
                again_at = self._clock.monotonic() + PROBLEMS_AGAIN_SECONDS
                self._configuration_news.set()
            await self._clock.sleep(BOOTSTRAP_SECONDS)

    async def is_taken(self) -> bool:
        """Whether the proxy has all that was written for it. Raises: ProxyUnreachable"""
        if self._configuration or self._is_configuring:
            return False
        taken = await self._admin.taken()
        if taken.clusters != self._versions.get("clusters"):
            return False
        if taken.listeners == self._versions.get("listeners"):
            return True
        # A version with one listener that the proxy cannot take is not noted by it as a whole.
        found = await self._admin.listeners()
        complaints = {f"listeners/{name}": why for name, why in found.items() if why}
        self._tell({**self.problems, **complaints})
        return bool(complaints) and found.keys() == self._book.served["listeners"].keys()

    def is_served(self, listener: str) -> bool:
        """Whether a listener of that name is among those that are served as wanted."""
        return listener in self._book.served["listeners"]

    def _note_keys(self, keys: Iterable[str]) -> None:
        for key in keys:
            if key.startswith("targets|"):
                self._targets[key] = None
                self._targets_news.set()
            else:
                self._configuration[key] = None
                self._configuration_news.set()

    async def _carry_targets(self) -> None:
        while True:
            await self._targets_news.wait()
            self._targets_news.clear()
            try:
                self._write_targets()
            except OSError as error:
                log.error("targets cannot be written: %s; trying again", error)
                self._targets_news.set()
                await self._clock.sleep(TRY_AGAIN_SECONDS)

    def _write_targets(self) -> None:
        """Raises: OSError; what was not written is looked at again."""
        view = self._view()
        while self._targets:
            key = next(iter(self._targets))
            piece = self._render(view, key) or Piece()
            for name, resource in piece.endpoints.items():
                _, content = versioned((without(resource, self._resting(name)),))
                self.endpoints_written += self._disk.put(self._files.endpoints(name), content)
            del self._targets[key]

    def _render(self, view: View, key: str) -> Piece | None:
        """The piece; None, and the proxy keeps what it has, if it cannot be made."""
        try:
            return pieces.render(view, key, self._files)
        except Exception:  # one load balancer that is not understood must not stop the others
            log.exception("%s cannot be made into configuration; it stays as it was", key)
            return None

    async def _carry_configuration(self) -> None:
        while True:
            await self._configuration_news.wait()
            await self._clock.sleep(GATHER_SECONDS)
            self._configuration_news.clear()
            await self._configure_until_done()

    async def _configure_until_done(self) -> None:
        """Configure; a disk that takes nothing is tried again, with nothing forgotten."""
        self._is_configuring = True
        keys = dict(self._configuration)
        self._configuration = {}
        view = self._view()
        for key in keys:
            piece = self._render(view, key)
            if piece is not None:
                self._book.enter(key, piece)
        while True:
            try:
                await self._configure(self._book.changes())
            except OSError as error:
                log.error("the proxy cannot be configured: %s; trying again", error)
                await self._clock.sleep(TRY_AGAIN_SECONDS)
            else:
                self._is_configuring = False
                return

    async def _configure(self, changes: Changes) -> None:
        """Raises: OSError"""
        if changes.is_empty and self._versions:
            return
        for name, (chain, key) in self._book.certificates.items():
            self._disk.put(self._files.certificate(name), chain.encode())
            self._disk.put(self._files.key(name), key.encode())
        refused = await self._validator.refused(changes, self._book.wanted["routes"])
        served = self._book.served
        refused |= obstacles.beyond_watches(changes.without(refused), served)
        refused |= obstacles.without_routes(changes, served, refused)
        refused |= await obstacles.without_port(changes, served, self._admin)
        self._tell(refused)
        changes = changes.without(refused)
        new_clusters = changes.clusters.keys() - self._book.served["clusters"].keys()
        self._book.serve(changes)
        self._write_clusters()
        if new_clusters and (changes.routes or changes.listeners):
            await self._until(self._is_warm, WARM_SECONDS_MAX)
        for name, table in changes.routes.items():
            version, content = versioned((table,))
            self._versions[f"routes/{name}"] = version
            self._disk.put(self._files.routes(name), content)
        self._book.forget("listeners", changes.gone_listeners)
        self._write_listeners()
        if changes.gone_clusters or changes.gone_routes:
            await self._until(self._has_let_go, LEAVE_SECONDS_MAX)
            self._drop(changes)
        self._disk.keep_certificates(self._book.certificates, self._book.served["listeners"])

    def _drop(self, changes: Changes) -> None:
        """Clusters and files that nothing leads to any more."""
        self._book.forget("clusters", changes.gone_clusters)
        self._book.forget("routes", changes.gone_routes)
        self._write_clusters()
        for name in changes.gone_routes:
            self._versions.pop(f"routes/{name}", None)
            self._disk.remove(self._files.routes(name))
        for name in changes.gone_clusters:
            self._disk.remove(self._files.endpoints(name))

    def _drop_leftovers(self) -> None:
        """What a former server wrote for things that are gone since."""
        self._disk.keep_only("routes", self._book.served["routes"])
        self._disk.keep_only("endpoints", self._book.wanted["clusters"])
        self._disk.keep_certificates(self._book.certificates, self._book.served["listeners"])

    def _write_clusters(self) -> None:
        self._versions["clusters"], content = collection(self._book.served["clusters"])
        for name in self._book.served["clusters"]:
            if not Path(self._files.endpoints(name)).exists():
                # Envoy refuses a cluster whose file is not there.
                self._note_keys(key for key in pieces.keys(self._view()) if key[:8] == "targets|")
                self._write_targets()
                break
        self._disk.put(self._files.clusters, content)

    def _write_listeners(self) -> None:
        self._versions["listeners"], content = collection(self._book.served["listeners"])
        self._disk.put(self._files.listeners, content)

    def _is_warm(self, taken: Taken) -> bool:
        return taken.clusters == self._versions["clusters"] and taken.warming_clusters == 0

    def _has_let_go(self, taken: Taken) -> bool:
        if taken.listeners != self._versions["listeners"]:
            return False
        return all(
            version == self._versions.get(f"routes/{name}", version)
            for name, version in taken.routes.items()
        )

    async def _until(self, is_so: Callable[[Taken], bool], seconds_max: float) -> None:
        """Return once the proxy says so; at once if there is none, and after a while anyway."""
        give_up_at = self._clock.monotonic() + seconds_max
        while self._clock.monotonic() < give_up_at:
            try:
                if is_so(await self._admin.taken()):
                    return
            except ProxyUnreachable:
                return
            await self._clock.sleep(ASK_AGAIN_SECONDS)

    def _tell(self, refused: dict[str, str]) -> None:
        for name, why in refused.items():
            if self.problems.get(name) != why:
                log.warning("the proxy does not have %s as it should be: %s", name, why)
        self.problems = refused
