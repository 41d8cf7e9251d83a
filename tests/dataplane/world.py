"""A data plane on loopback: a state in memory, the real Envoy, backends in this process.

Load balancers have addresses 127.1.x.y, so that each has its own; connections to targets come from
them as they would in a VPC.
"""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from tests.dataplane.backends import Backend
from tests.given import a_call
from tests.load_balancers import a_target, target_group_arn

from roadstead.acm.records.certificate import CERTIFICATES
from roadstead.clock import SystemClock
from roadstead.control.schema import SCHEMA
from roadstead.dataplane.plane import DataPlane
from roadstead.dataplane.program import arguments, envoy
from roadstead.dataplane.snapshot.names import Files
from roadstead.elb.records.instance import CLASSIC_INSTANCES
from roadstead.elb.records.load_balancer import CLASSIC_LOAD_BALANCERS
from roadstead.elbv2.records.load_balancer import LISTENERS, LOAD_BALANCERS, RULES
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TARGETS, Target, target_arn
from roadstead.state.records import Record
from roadstead.state.view import Tx, View

TABLES = {
    table.record_type: table
    for table in (
        CERTIFICATES,
        CLASSIC_INSTANCES,
        CLASSIC_LOAD_BALANCERS,
        LISTENERS,
        LOAD_BALANCERS,
        RULES,
        TARGET_GROUPS,
        TARGETS,
    )
}
CLIENT = "127.0.0.1"
"""Where requests come from."""
PATIENCE_SECONDS = 15.0
_numbers = itertools.count(os.getpid() % 200 * 1000)


def an_address() -> str:
    """A loopback address that nobody else in this run uses."""
    number = next(_numbers)
    return f"127.1.{number // 250 % 250}.{number % 250 + 1}"


class World:
    """State, data plane and proxy."""

    def __init__(self, root: Path) -> None:
        self.view = View(SCHEMA)
        self.root = root
        self.files = Files(root)
        self.backends: list[Backend] = []
        self.proxy: asyncio.subprocess.Process | None = None
        self.plane = DataPlane(
            root,
            envoy(),
            lambda: self.view,
            self.update,
            lambda _: a_call(),
            SystemClock(),
        )

    def update(self, change: Callable[[Tx], Any]) -> Any:
        tx = Tx(self.view)
        result = change(tx)
        self.plane.note(tx.changes())
        return result

    def put(self, *records: Record) -> None:
        def change(tx: Tx) -> None:
            for record in records:
                tx.put(TABLES[type(record)], record)

        self.update(change)

    def remove(self, *records: Record) -> None:
        def change(tx: Tx) -> None:
            for record in records:
                tx.delete(TABLES[type(record)], record.arn)

        self.update(change)

    async def backend(self, name: str, *, group: str = "web", **fields: Any) -> Backend:
        """A backend that is a target, new to its group."""
        found = await Backend(name, an_address()).start()
        self.backends.append(found)
        fields = {"status": "initial", "reason": "Elb.RegistrationInProgress", **fields}
        self.put(a_target(found.address, found.port, group=group, **fields))
        return found

    def target(self, backend: Backend, group: str = "web") -> Target | None:
        arn = target_arn(target_group_arn(group), backend.address, backend.port)
        return self.view.get(TARGETS, arn)

    async def start_proxy(self) -> None:
        await self.until(Path(self.files.bootstrap).exists, "the bootstrap is there")
        with open(self.root / "envoy.log", "ab") as log:
            self.proxy = await asyncio.create_subprocess_exec(
                str(envoy()), *arguments(self.files, 1), stdout=log, stderr=log
            )

    async def kill_proxy(self) -> None:
        if self.proxy is not None and self.proxy.returncode is None:
            self.proxy.kill()
            await self.proxy.wait()

    async def healthy(self, *backends: Backend, group: str = "web") -> None:
        for each in backends:

            def is_healthy(each: Backend = each) -> bool:
                target = self.target(each, group)
                return target is not None and target.status == "healthy"

            await self.until(is_healthy, f"{each.name} is healthy")

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait for it. Raises: AssertionError"""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not is_so():
            log = self.root / "envoy.log"
            said = log.read_text()[-1500:] if log.exists() else ""
            assert asyncio.get_running_loop().time() < deadline, f"not so: {what}\n{said}"
            await asyncio.sleep(0.02)

    async def taken(self) -> None:
        """Wait until the proxy has all that was written."""
        from roadstead.dataplane.proxy_admin import ProxyUnreachable

        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            try:
                if await self.plane.carrier.is_taken():
                    return
            except ProxyUnreachable:
                pass
            assert asyncio.get_running_loop().time() < deadline, (
                self.root / "envoy.log"
            ).read_text()[-1500:]
            await asyncio.sleep(0.03)


async def ask(url: str, **options: Any) -> tuple[int, str, dict[str, str]]:
    """Status, body and headers of one request on a connection of its own."""
    method = options.pop("method", "GET")
    async with (
        aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(local_addr=(CLIENT, 0)),
        ) as session,
        session.request(method, url, allow_redirects=False, ssl=False, **options) as answer,
    ):
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, await answer.text(), headers


@asynccontextmanager
async def world(*records: Record) -> AsyncIterator[World]:
    """A running data plane that holds these records; nothing is left of it afterwards."""
    root = Path(tempfile.mkdtemp(prefix="rs-dp-"))
    here = World(root)
    here.put(*records)
    running = asyncio.ensure_future(here.plane.run())
    try:
        await here.start_proxy()
        await here.taken()
        yield here
        assert here.plane.failures == 0
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await here.kill_proxy()
        for each in here.backends:
            each.kill()
        shutil.rmtree(root, ignore_errors=True)
