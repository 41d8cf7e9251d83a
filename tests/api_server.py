"""A whole control plane in the same process, on a thread of its own, for boto3 to talk to.

Every response is checked against the model before it is sent. The clock can be advanced.
"""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import msgspec
from botocore.config import Config

from roadstead.aws.responses import check_response
from roadstead.control.reconcilers import RECONCILERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ids import SystemIds
from roadstead.keys import Key, Kind
from roadstead.server.control_plane import ControlPlane
from roadstead.server.key_ring import KeyRing
from roadstead.state.view import Tx
from roadstead.store.log import Log
from roadstead.store.memory import MemoryLog

ACCOUNT = "123456789012"
REGION = "us-east-1"
PATIENCE_SECONDS = 20.0


class AdjustableClock:
    """The machine's clock, but `advance` makes time pass: whoever sleeps until then wakes."""

    def __init__(self) -> None:
        self.ahead = timedelta()
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time() + self.ahead.total_seconds()

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        while (left := until - self.monotonic()) > 0:
            moved = self._moved
            try:
                await asyncio.wait_for(moved.wait(), left)
            except TimeoutError:
                return
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        """On the server's own loop: see `ApiServer.advance`."""
        self.ahead += timedelta(seconds=seconds)
        self._moved.set()
        self._moved = asyncio.Event()


def a_key(kind: Kind, name: str) -> Key:
    arns = {
        "root": f"arn:aws:iam::{ACCOUNT}:root",
        "host": f"arn:aws:iam::{ACCOUNT}:role/roadstead-host",
        "instance": f"arn:aws:sts::{ACCOUNT}:assumed-role/ecsInstanceRole/{name}",
    }
    return Key(
        access_key_id=f"AKIA{name.upper().replace('-', '')}",
        secret_access_key=f"secret-of-{name}",
        kind=kind,
        account=ACCOUNT,
        arn=arns[kind],
    )


class ApiServer:
    """A control plane on a thread and a loop of its own."""

    ROOT = a_key("root", "root")
    HOST = a_key("host", "host")
    INSTANCE = a_key("instance", "i-0123456789abcdef0")

    def __init__(self, log: Log | None = None, **options: Any) -> None:
        self.endpoint = ""
        self.clock: AdjustableClock
        self.plane: ControlPlane
        self._log = log or MemoryLog()
        self._options = options
        self._loop: asyncio.AbstractEventLoop
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="roadstead-server")

    @property
    def keys(self) -> tuple[Key, ...]:
        return (self.ROOT, self.HOST, self.INSTANCE)

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(PATIENCE_SECONDS), "the server did not start"
        if not self.endpoint:
            self._thread.join()
            assert self._failure is not None
            raise self._failure

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self.plane.stop)
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive(), "the server did not stop"
        if self._failure is not None:
            raise self._failure

    def on_loop(self, function: Callable[[], Any]) -> Any:
        """What `function` returns, called on the server's own loop."""

        async def call() -> Any:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(PATIENCE_SECONDS)

    def update(self, change: Callable[[Tx], Any]) -> Any:
        """Change the state directly, as no client could."""
        return self.on_loop(lambda: self.plane.store.update(change))

    def advance(self, seconds: float) -> None:
        """Let time pass, for clients that sign too, and then whatever became due happen."""
        self.on_loop(lambda: self.clock.advance(seconds))
        self.settle()

    def signing_time(self, remove_tzinfo: bool = True) -> datetime:
        """What stands for botocore's clock, so that requests are signed in the server's time."""
        now = self.clock.now()
        return now.replace(tzinfo=None) if remove_tzinfo else now

    def settle(self) -> None:
        """Return once no reconciler has anything to look at."""

        async def settled() -> None:
            while True:
                await asyncio.sleep(0)
                for loop in self.plane.loops:
                    loop.wake_due()
                if all(loop.idle for loop in self.plane.loops):
                    return

        asyncio.run_coroutine_threadsafe(settled(), self._loop).result(PATIENCE_SECONDS)

    def client(
        self, service: str = "ecs", *, key: Key | None = None, region: str = REGION, **config: Any
    ) -> Any:
        """A boto3 client that signs with `key`, the root key by default, and does not retry.

        config: botocore's; without `parameter_validation` it sends what the model forbids.
        """
        key = key or self.ROOT
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=20, **config),
        )

    def _serve(self) -> None:
        try:
            asyncio.run(self._run())
        except BaseException as failure:  # noqa: BLE001  # raised again by `stop`
            self._failure = failure
        finally:
            self._started.set()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.clock = AdjustableClock()
        self.plane = ControlPlane(
            self._log,
            KeyRing(self.keys, self.clock),
            self.clock,
            SystemIds(),
            account=ACCOUNT,
            region=REGION,
            reconcilers=RECONCILERS,
            check=check_response,
            **self._options,
        )
        self.plane.ensure_default_vpc(None)
        await self.plane.run(("127.0.0.1:0",), self._ready)

    def _ready(self, addresses: tuple[str, ...]) -> None:
        self.endpoint = f"http://{addresses[0]}"
        self._started.set()


CAPABILITIES = (
    "com.amazonaws.ecs.capability.docker-remote-api.1.17",
    "com.amazonaws.ecs.capability.docker-remote-api.1.18",
    "com.amazonaws.ecs.capability.docker-remote-api.1.19",
    "com.amazonaws.ecs.capability.docker-remote-api.1.21",
    "com.amazonaws.ecs.capability.docker-remote-api.1.25",
    "com.amazonaws.ecs.capability.logging-driver.json-file",
    "com.amazonaws.ecs.capability.privileged-container",
    "com.amazonaws.ecs.capability.task-iam-role",
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
    "ecs.capability.container-restart-policy",
    "ecs.capability.full-sync",
    "ecs.capability.task-cpu-mem-limit",
)


def connect(tx: Tx, arn: str, zone: str = "us-east-1a") -> ContainerInstance:
    """Make the instance look as if its agent had just connected."""
    instance = tx.must(CONTAINER_INSTANCES, arn)
    return tx.put(
        CONTAINER_INSTANCES,
        msgspec.structs.replace(
            instance,
            agent_connected=True,
            connections=instance.connections + 1,
            agent_version="1.0.0",
            agent_hash="0000000",
            docker_version="20.10.24",
            availability_zone=zone,
        ),
    )
