"""ProxyAdmin: what the running proxy says of itself, through its admin socket."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

ANSWER_SECONDS_MAX = 5.0
VERSIONS = "(version_text|warming_clusters)$"


class ProxyUnreachable(Exception):
    """There is no proxy, or it does not answer."""


class Taken(msgspec.Struct, frozen=True):
    """Which versions of its configuration the proxy has."""

    listeners: str = ""
    clusters: str = ""
    routes: Mapping[str, str] = {}
    warming_clusters: int = 0


class ProxyAdmin:
    """One socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def taken(self) -> Taken:
        """Raises: ProxyUnreachable"""
        text = await self.get(f"/stats?filter={VERSIONS}")
        values = dict(line.partition(": ")[::2] for line in text.splitlines())
        routes = {
            name.partition(".rds.")[2].removesuffix(".version_text"): value.strip('"')
            for name, value in values.items()
            if ".rds." in name
        }
        return Taken(
            listeners=values.get("listener_manager.lds.version_text", "").strip('"'),
            clusters=values.get("cluster_manager.cds.version_text", "").strip('"'),
            routes=routes,
            warming_clusters=int(values.get("cluster_manager.warming_clusters", "0")),
        )

    async def clusters(self) -> list[dict[str, Any]]:
        """Every cluster with its hosts. Raises: ProxyUnreachable"""
        text = await self.get("/clusters?format=json")
        found: list[dict[str, Any]] = msgspec.json.decode(text).get("cluster_statuses", [])
        return found

    async def listeners(self) -> dict[str, str]:
        """Names of listeners; with the proxy's complaint if it could not take the last of that
        name, else empty. Raises: ProxyUnreachable
        """
        text = await self.get("/config_dump?resource=dynamic_listeners")
        found = {}
        for each in msgspec.json.decode(text).get("configs", ()):
            error = each.get("error_state", {})
            # One that was never taken has its name in what failed only.
            name = each.get("name") or error.get("failed_configuration", {}).get("name", "")
            found[name] = str(error.get("details", ""))
        return found

    async def reopen_logs(self) -> None:
        """Raises: ProxyUnreachable"""
        await self._ask("POST", "/reopen_logs")

    async def get(self, path: str) -> str:
        """Raises: ProxyUnreachable"""
        return await self._ask("GET", path)

    async def _ask(self, method: str, path: str) -> str:
        try:
            async with (
                aiohttp.ClientSession(
                    connector=aiohttp.UnixConnector(str(self._socket)),
                    timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS_MAX),
                ) as session,
                session.request(method, f"http://proxy{path}") as answer,
            ):
                text = await answer.text()
        except (TimeoutError, OSError, aiohttp.ClientError) as error:
            raise ProxyUnreachable(str(error) or type(error).__name__) from error
        if answer.status != 200:
            raise ProxyUnreachable(f"{path} is answered with {answer.status}: {text[:200]}")
        return text
