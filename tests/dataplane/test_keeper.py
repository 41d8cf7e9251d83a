"""The host's keeper of the proxy: confined, started again, adopted, ended without a trace."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.dataplane.test_traffic import a_balancer, url_of
from tests.dataplane.world import World, ask
from tests.load_balancers import a_listener, a_rule, an_answer

from roadstead.clock import SystemClock
from roadstead.data_dir import DataDir
from roadstead.elbv2.records.load_balancer import Listener, LoadBalancer
from roadstead.host import cgroups, confinement
from roadstead.host.fabric import Names
from roadstead.host.proxy import GROUP, ProxyKeeper, end_traces

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="the host program is root"),
    # A host that ends leaves the proxy running; here both ends are in one process.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Kept:
    """A data plane whose proxy a keeper keeps."""

    def __init__(self, data_dir: DataDir) -> None:
        self.data_dir = data_dir
        self.world = World(data_dir.dataplane)
        self.balancer: LoadBalancer = a_balancer()
        self.listener: Listener = a_listener()
        self.world.put(self.balancer, self.listener)
        self.answer("one")
        self.keeper = ProxyKeeper(data_dir, SystemClock())
        self.keeping: asyncio.Future[None] | None = None

    def answer(self, text: str) -> None:
        self.world.put(a_rule(self.listener, action=an_answer("200", text)))

    def keep(self) -> None:
        self.keeper = ProxyKeeper(self.data_dir, SystemClock())
        self.keeping = asyncio.ensure_future(self.keeper.run())

    async def let_go(self) -> None:
        if self.keeping is not None:
            self.keeping.cancel()
            await asyncio.gather(self.keeping, return_exceptions=True)

    async def says(self, text: str) -> None:
        deadline = asyncio.get_running_loop().time() + 10
        while True:
            try:
                if (await ask(url_of(self.balancer)))[1] == text:
                    return
            except OSError:
                pass
            log = self.data_dir.logs / "proxy.log"
            assert asyncio.get_running_loop().time() < deadline, log.read_text()[-1500:]
            await asyncio.sleep(0.02)


@asynccontextmanager
async def kept() -> AsyncIterator[Kept]:
    root = Path(tempfile.mkdtemp(prefix="rs-kp-"))
    data_dir = DataDir(root)
    here = Kept(data_dir)
    running = asyncio.ensure_future(here.world.plane.run())
    group = Names(data_dir.short_id).cgroup
    try:
        here.keep()
        await here.says("one")
        yield here
        assert here.world.plane.failures == 0
    finally:
        await here.let_go()
        end_traces(data_dir)
        cgroups.remove(group)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        shutil.rmtree(root)


def test_the_proxy_is_confined_and_still_sees_changes() -> None:
    async def story() -> None:
        async with kept() as here:
            pid = here.keeper.pid
            status = dict(
                line.split(":\t", 1)
                for line in Path(f"/proc/{pid}/status").read_text().splitlines()
                if ":\t" in line
            )
            assert set(status["Uid"].split()) == {str(confinement.USER_ID)}
            assert status["CapEff"] == status["CapBnd"] == f"{1 << 10:016x}"
            assert status["NoNewPrivs"] == "1"
            inside = Path(f"/proc/{pid}/root")
            assert not (inside / "root").exists()
            assert not (inside / "etc/shadow").exists()
            assert not (inside / str(here.data_dir.keys_file)[1:]).exists()
            here.answer("two")
            await here.says("two")

    asyncio.run(story())


def test_a_proxy_that_dies_is_started_again() -> None:
    async def story() -> None:
        async with kept() as here:
            before = here.keeper.pid
            assert before is not None
            os.kill(before, signal.SIGKILL)
            while here.keeper.pid == before:
                await asyncio.sleep(0.01)
            await here.says("one")
            assert here.keeper.pid != before

    asyncio.run(story())


def test_the_next_host_adopts_the_proxy() -> None:
    async def story() -> None:
        async with kept() as here:
            before = here.keeper.pid
            await here.let_go()
            await here.says("one")
            here.data_dir.proxy_file.unlink()  # as if the host was killed before it wrote it down
            here.keep()
            while here.keeper.pid is None:
                await asyncio.sleep(0.01)
            assert here.keeper.pid == before

    asyncio.run(story())


def test_a_proxy_that_is_stopped_leaves_nothing() -> None:
    async def story() -> None:
        async with kept() as here:
            pid = here.keeper.pid
            await here.keeper.stop()
            assert not Path(f"/proc/{pid}").exists()
            assert GROUP not in cgroups.children(Names(here.data_dir.short_id).cgroup)
            assert not here.data_dir.proxy_file.exists()

    asyncio.run(story())
