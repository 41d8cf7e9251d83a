"""Hearing the fabric feed: conversations that break off, and begin anew."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from roadstead.clock import SystemClock
from roadstead.control import fabric_items
from roadstead.control.fabric_items import NameItem, ZoneItem
from roadstead.host import feed
from roadstead.host.control_plane import ControlPlaneDoor
from roadstead.host.told import Key, Told
from roadstead.keys import Key as AccessKey

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-ndjson\r\nconnection: close\r\n\r\n"
ACCESS_KEY = AccessKey(
    access_key_id="AKIA", secret_access_key="secret", kind="host", account="1", arn="arn:1"
)
PATIENCE_SECONDS = 20


def zone(name: str) -> bytes:
    return fabric_items.line("zone", name, ZoneItem(name=name))


def name(text: str, address: str) -> bytes:
    return fabric_items.line("name", text, NameItem(name=text, type="A", ttl=1, records=(address,)))


class Conversations:
    """A control plane that says what it is told to, one conversation after the other."""

    def __init__(self, *said: bytes) -> None:
        self._said = list(said)
        self.requests: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append(await reader.readuntil(b"\r\n\r\n"))
        if self._said:
            writer.write(self._said.pop(0))
            await writer.drain()
        else:
            await asyncio.sleep(PATIENCE_SECONDS)
        writer.close()


def hear(plane: Conversations, is_enough: Callable[[Told], bool]) -> tuple[Told, list[set[Key]]]:
    """What was heard once it is enough, and the lots."""
    told = Told()
    lots: list[set[Key]] = []

    async def run() -> None:
        server = await asyncio.start_server(plane.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        clock = SystemClock()
        door = ControlPlaneDoor(f"http://127.0.0.1:{port}", "us-east-1", ACCESS_KEY, clock)
        enough = asyncio.Event()

        def heard(changed: set[Key]) -> None:
            lots.append(changed)
            if is_enough(told):
                enough.set()

        async with server, asyncio.TaskGroup() as group:
            listening = group.create_task(feed.listen_for_ever(told, door, clock, heard))
            async with asyncio.timeout(PATIENCE_SECONDS):
                await enough.wait()
            listening.cancel()

    asyncio.run(run())
    return told, lots


def test_a_new_conversation_tells_everything_and_what_it_lacks_is_gone() -> None:
    plane = Conversations(
        HEAD + zone("one") + name("a.one", "10.0.0.1") + fabric_items.IN_SYNC + zone("two"),
        HEAD + zone("one") + zone("three") + fabric_items.IN_SYNC,
    )
    told, lots = hear(plane, lambda told: "three" in told.zones)
    assert set(told.zones) == {"one", "three"}, "a lot that was not told to its end does not count"
    assert told.names == {}
    assert lots == [
        {("zone", "one"), ("name", "a.one")},
        {("zone", "three"), ("name", "a.one")},
    ]
    assert all(b"Credential=AKIA/" in request for request in plane.requests)
    assert datetime.now(UTC).strftime("%Y%m%d").encode() in plane.requests[0]


def test_refusals_and_nonsense_are_survived() -> None:
    refusal = b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
    plane = Conversations(
        refusal,
        HEAD + b"nonsense\n",
        HEAD
        + zone("one")
        + b'{"kind":"tunnel","key":"t","value":{"is":"new"}}\n'
        + fabric_items.IN_SYNC,
    )
    told, lots = hear(plane, lambda told: bool(told.zones))
    assert set(told.zones) == {"one"}
    assert lots == [{("zone", "one")}]
