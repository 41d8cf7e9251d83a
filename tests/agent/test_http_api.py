"""Calls and websockets over loopback: signed so that the server's own check believes them."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from roadstead.agent.api import ApiFailure
from roadstead.agent.connecting import ConnectionFailed
from roadstead.agent.http_api import Network
from roadstead.agent_protocol.channel import ChannelClosed, ChannelRefused
from roadstead.aws.http import HttpRequest
from roadstead.aws.signed_frames import open_frame
from roadstead.aws.sigv4 import AccessKey, Credentials, authenticate
from roadstead.clock import SystemClock

CREDENTIALS = Credentials("AKIDEXAMPLE", "secret")
CLOCK = SystemClock()


class Keys:
    def find(self, access_key_id: str) -> AccessKey | None:
        return AccessKey("AKIDEXAMPLE", "secret", "123456789012", "arn:aws:iam::123456789012:root")


def plain(request: web.Request, body: bytes) -> HttpRequest:
    headers = {name.lower(): value for name, value in request.headers.items()}
    path, _, query = request.raw_path.partition("?")
    return HttpRequest(request.method, path, query, headers, body)


class Server:
    """Remembers what it was asked; answers what the test says."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Any]] = []
        self.status = 200
        self.body = '{"fine":true}'
        self.frames: list[bytes] = []
        self.close = (1000, b"")

    async def call(self, request: web.Request) -> web.Response:
        body = await request.read()
        authenticate(plain(request, body), Keys(), CLOCK.now(), service="ecs")
        self.seen.append((request.headers["x-amz-target"], json.loads(body)))
        return web.Response(status=self.status, text=self.body)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        handshake = plain(request, b"")
        authenticate(handshake, Keys(), CLOCK.now(), service="ecs")
        self.seen.append(("connect", dict(request.query)))
        if self.status != 200:
            return web.Response(status=self.status, text=self.body)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("hello")
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                caller, body = open_frame(message.data.encode(), handshake, Keys(), CLOCK.now())
                self.frames.append(body)
                self.seen.append(("frame", caller is not None))
                await socket.close(code=self.close[0], message=self.close[1])
        return socket


Story = Callable[[Server, Network, str], Awaitable[None]]


def over_loopback(story: Story) -> None:
    async def run() -> None:
        server = Server()
        app = web.Application()
        app.router.add_post("/", server.call)
        app.router.add_get("/acs/ws", server.connect)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        network = Network(url, "us-east-1", CREDENTIALS, CLOCK)
        try:
            async with asyncio.timeout(20):
                await story(server, network, url)
        finally:
            await network.close()
            await runner.cleanup()

    asyncio.run(run())


def test_a_call_is_signed_and_its_answer_read() -> None:
    async def story(server: Server, network: Network, url: str) -> None:
        assert await network.call("DiscoverPollEndpoint", {"cluster": "c"}) == {"fine": True}
        target = "AmazonEC2ContainerServiceV20141113.DiscoverPollEndpoint"
        assert server.seen == [(target, {"cluster": "c"})]

    over_loopback(story)


def test_an_error_keeps_its_type_and_message() -> None:
    async def story(server: Server, network: Network, url: str) -> None:
        server.status = 400
        server.body = '{"__type":"com.amazonaws.ecs#ClientException","message":"no"}'
        with pytest.raises(ApiFailure) as failure:
            await network.call("SubmitTaskStateChange", {})
        assert (failure.value.type, failure.value.message) == ("ClientException", "no")
        server.status, server.body = 502, "<html>"
        with pytest.raises(ApiFailure) as failure:
            await network.call("SubmitTaskStateChange", {})
        assert (failure.value.type, failure.value.status) == ("", 502)

    over_loopback(story)


def test_nobody_answering_is_a_failure_without_type() -> None:
    async def story(server: Server, network: Network, url: str) -> None:
        nobody = Network("http://127.0.0.1:9", "us-east-1", CREDENTIALS, CLOCK)
        with pytest.raises(ApiFailure) as failure:
            await nobody.call("DiscoverPollEndpoint", {})
        assert failure.value.type == ""
        with pytest.raises(ConnectionFailed):
            await nobody.open_acs("http://127.0.0.1:9/acs/", "a=b")
        with pytest.raises(ConnectionFailed):
            await nobody.open_acs("ws://127.0.0.1:9/acs/", "a=b")
        await nobody.close()

    over_loopback(story)


def test_a_websocket_is_signed_with_its_query_and_carries_frames() -> None:
    async def story(server: Server, network: Network, url: str) -> None:
        query = "clusterArn=a%20b&containerInstanceArn=arn%3Aaws%3Aecs%2Fx"
        channel = await network.open_acs(f"{url}/acs/", query)
        assert await channel.receive() == "hello"
        server.close = (1008, b"InactiveInstanceException: gone")
        await channel.send('{"type":"x"}')
        assert await channel.receive() is None
        assert (channel.close_code, channel.close_reason) == (
            1008,
            "InactiveInstanceException: gone",
        )
        assert server.seen[1:] == [("frame", False)]
        with pytest.raises(ChannelClosed):
            await channel.send("late")

    over_loopback(story)


def test_telemetry_frames_are_signed_one_by_one() -> None:
    async def story(server: Server, network: Network, url: str) -> None:
        channel = await network.open_tcs(f"{url}/acs/", "cluster=c&containerInstance=i")
        await channel.receive()
        await channel.send('{"type":"x"}')
        assert await channel.receive() is None
        assert (server.frames, server.seen[1:]) == ([b'{"type":"x"}'], [("frame", True)])

    over_loopback(story)


def test_a_refusal_before_the_upgrade_keeps_its_body() -> None:
    async def story(server: Server, network: Network, url: str) -> None:
        server.status, server.body = 400, '{"InactiveInstanceException":"gone"}'
        with pytest.raises(ChannelRefused) as refusal:
            await network.open_acs(f"{url}/acs/", "a=b")
        assert (refusal.value.status, refusal.value.body) == (400, server.body)

    over_loopback(story)


def test_a_refusal_without_a_body_is_a_refusal_all_the_same() -> None:
    async def story(server: Server, network: Network, url: str) -> None:
        async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 500 broken\r\ncontent-length: 0\r\n\r\n")
            await writer.drain()
            writer.close()

        breaking = await asyncio.start_server(cut, "127.0.0.1", 0)
        port = breaking.sockets[0].getsockname()[1]
        with pytest.raises(ChannelRefused):
            await network.open_acs(f"http://127.0.0.1:{port}/acs/", "a=b")
        breaking.close()
        await breaking.wait_closed()

    over_loopback(story)
