"""What can be done to the server without a key, or by an agent gone wrong, and where it ends."""

import asyncio
import json
import resource
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest

from api_server import ApiServer
from roadstead.agent_protocol.channel import ChannelClosed
from roadstead.server import http
from roadstead.server.http import HttpApplication
from roadstead.server.websockets import (
    CLOSE_CODE_BROKEN,
    CLOSE_CODE_TOO_BIG,
    FRAME_CHARACTERS_MAX,
    WebsocketChannel,
)

PATIENCE_SECONDS = 20
SILENT_CONNECTIONS = 1200
"""More than the HTTP library would take by itself."""
HEALTH = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"

Message = MutableMapping[str, Any]


async def answer_to(server: ApiServer, request: bytes) -> bytes:
    """All that comes back on a connection of its own, until the server closes it."""
    reader, writer = await asyncio.open_connection(
        *server.endpoint.removeprefix("http://").split(":")
    )
    writer.write(request)
    answer = await asyncio.wait_for(reader.read(), PATIENCE_SECONDS)
    writer.close()
    return answer


def test_many_connections_that_say_nothing_keep_nobody_out(server: ApiServer) -> None:
    host, port = server.endpoint.removeprefix("http://").split(":")

    async def visit() -> bytes:
        silent = [await asyncio.open_connection(host, port) for _ in range(SILENT_CONNECTIONS)]
        answer = await answer_to(server, HEALTH)
        for _, writer in silent:
            writer.close()
        return answer

    assert asyncio.run(visit()).startswith(b"HTTP/1.1 200")


def test_a_connection_that_stays_silent_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SILENT_MS_MAX", 100)
    server = ApiServer()
    server.start()
    try:
        for begun in (b"", b"POST / HTTP/1.1\r\nho", HEALTH.replace(b"close", b"keep-alive")):
            answer = asyncio.run(answer_to(server, begun))
            assert answer == b"" or answer.startswith(b"HTTP/1.1 200")
    finally:
        server.stop()


def test_headers_have_a_limit(server: ApiServer) -> None:
    long = b"GET /healthz HTTP/1.1\r\nx: " + b"a" * (2 * http.HEADER_BYTES_MAX) + b"\r\n\r\n"
    assert asyncio.run(answer_to(server, long)).startswith(b"HTTP/1.1 431")


def test_a_listener_takes_no_more_connections_than_there_may_be_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for files, connections in (
        (1024, 1024 - http.FILES_KEPT_FREE),
        (1_000_000, http.CONNECTIONS_MAX),
        (resource.RLIM_INFINITY, http.CONNECTIONS_MAX),
        (10, 1),
    ):
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        assert http.connections_max(1) == connections
        assert http.connections_max(2) == max(1, connections // 2)


def answers(
    server: ApiServer, receive: Callable[[], Awaitable[Message]], **options: Any
) -> list[Message]:
    """What the application sends for a request whose body comes from `receive`."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def ask() -> None:
        application = HttpApplication(server.plane.dispatcher, server.plane.doors.open, **options)
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "raw_path": b"/",
            "query_string": b"",
            "scheme": "http",
            "headers": [],
        }
        await asyncio.wait_for(application(scope, receive, send), PATIENCE_SECONDS)

    asyncio.run(ask())
    return sent


def test_a_body_that_does_not_come_is_given_up(server: ApiServer) -> None:
    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    start, body = answers(server, receive, body_seconds=0.01)
    assert start["status"] == 408
    assert json.loads(body["body"])["__type"] == "RequestTimeoutException"


def test_a_body_that_does_not_end_is_not_read_for_ever(server: ApiServer) -> None:
    chunk = b" " * 1024 * 1024
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        taken += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": True}

    start, _ = answers(server, receive)
    assert start["status"] == 413
    assert taken <= http.BODY_BYTES_SWALLOWED_MAX + len(chunk)


async def _nothing() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def test_an_agent_that_does_not_read_loses_its_connection() -> None:
    async def stuck(_: Message) -> None:
        await asyncio.Event().wait()

    async def play() -> int:
        channel = WebsocketChannel(_nothing, stuck, send_seconds=0.01)
        with pytest.raises(ChannelClosed):
            await asyncio.wait_for(channel.send("{}"), PATIENCE_SECONDS)
        return channel.close_code

    assert asyncio.run(play()) == CLOSE_CODE_BROKEN


def test_an_agent_that_sends_too_long_a_frame_is_told_so_and_closed() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.receive", "text": "a" * (FRAME_CHARACTERS_MAX + 1)}

    async def play() -> str | None:
        return await WebsocketChannel(receive, send).receive()

    assert asyncio.run(play()) is None
    (closing,) = sent
    assert (closing["type"], closing["code"]) == ("websocket.close", CLOSE_CODE_TOO_BIG)
