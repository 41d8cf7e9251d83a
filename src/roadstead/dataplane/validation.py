"""Validator: Envoy's own opinion of resources, before the serving one gets them.

`envoy --mode validate` builds everything and serves nothing, in a process of its own.
"""

import asyncio
import contextlib
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from roadstead.dataplane.book import Changes
from roadstead.dataplane.snapshot.messages import Json
from roadstead.dataplane.snapshot.names import Files
from roadstead.dataplane.snapshot.trial import trial

SECONDS_MAX = 30.0
ARGUMENTS = ("--mode", "validate", "--disable-hot-restart", "--concurrency", "1", "-l", "critical")
REASON = re.compile(r"error initializing configuration '[^']*': (?P<why>.*)", re.DOTALL)
REASON_CHARACTERS_MAX = 500


class Validator:
    """Asks the program `envoy`."""

    def __init__(self, envoy: Path, files: Files, folder: Path | None = None) -> None:
        """folder: where what is asked about is put for Envoy to read."""
        self._envoy = envoy
        self._folder = folder
        self._files = files

    async def refused(self, changes: Changes, routes: Mapping[str, Json]) -> dict[str, str]:
        """`kind/name` → why, of the resources that Envoy would not take; mostly none.

        routes: all tables, also those that do not change.
        """
        if not changes.is_to_be_validated or not await self._complaint(changes, routes):
            return {}
        found = {}
        for name, alone in changes.each():
            why = await self._complaint(alone, routes)
            if why:
                found[name] = why
        return found

    async def _complaint(self, changes: Changes, routes: Mapping[str, Json]) -> str:
        """What Envoy says against it; empty if nothing."""
        needed = {
            name: table
            for name, table in routes.items()
            if name in changes.routes or name in changes.listeners
        }
        content = trial(
            changes.listeners, {**needed, **changes.routes}, changes.clusters, self._files
        )
        with tempfile.NamedTemporaryFile(
            prefix="roadstead-trial-", suffix=".json", dir=self._folder
        ) as file:
            file.write(msgspec.json.encode(content))
            file.flush()
            return await self._run(file.name)

    async def _run(self, path: str) -> str:
        process = await asyncio.create_subprocess_exec(
            str(self._envoy),
            *ARGUMENTS,
            "-c",
            path,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(SECONDS_MAX):
                said, _ = await process.communicate()
        except TimeoutError:
            return f"Envoy did not come to an end with it in {SECONDS_MAX:g} s"
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode == 0:
            return ""
        text = said.decode(errors="replace").strip()
        match = REASON.search(text)
        return (match["why"] if match else text)[:REASON_CHARACTERS_MAX] or "Envoy refused it"
