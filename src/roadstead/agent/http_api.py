"""The network's door: signed API calls and signed websockets, through aiohttp.

Imported late, because loading aiohttp is most of an agent's start.
"""

import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import msgspec
import yarl

from roadstead.agent.api import ApiFailure
from roadstead.agent.connecting import ConnectionFailed
from roadstead.agent_protocol.channel import Channel, ChannelClosed, ChannelRefused
from roadstead.aws.http import HttpRequest
from roadstead.aws.signed_frames import signed_frame
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.clock import Clock

SERVICE = "ecs"
TARGET_PREFIX = "AmazonEC2ContainerServiceV20141113"
CONTENT_TYPE = "application/x-amz-json-1.1"
CALL_SECONDS_MAX = 30.0
MESSAGE_BYTES_MAX = 16 * 1024 * 1024
CLOSE_SECONDS_MAX = 5.0
ABNORMAL_CLOSE = 1006
"""RFC 6455: the connection broke without a close frame."""


class Network:
    """Calls and connects with one set of keys. Close it at the end."""

    def __init__(self, backend: str, region: str, credentials: Credentials, clock: Clock) -> None:
        self._backend = backend
        self._region = region
        self._credentials = credentials
        self._clock = clock
        self._session = aiohttp.ClientSession(
            raise_for_status=_keep_refusal,
            timeout=aiohttp.ClientTimeout(total=CALL_SECONDS_MAX),
            trust_env=True,
        )

    async def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """One attempt at one ECS API call. Raises: ApiFailure"""
        url = urlsplit(self._backend)
        body = msgspec.json.encode(request)
        headers = {
            "host": url.netloc,
            "content-type": CONTENT_TYPE,
            "x-amz-target": f"{TARGET_PREFIX}.{operation}",
        }
        path = f"{url.path}/"
        headers |= self._sign(HttpRequest("POST", path, "", headers, body))
        try:
            async with self._session.post(
                yarl.URL(f"{url.scheme}://{url.netloc}{path}", encoded=True),
                data=body,
                headers=headers,
            ) as response:
                answer = await response.read()
        except ChannelRefused as refusal:
            raise _api_failure(refusal.status, refusal.body) from refusal
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ApiFailure("", f"{operation} at {self._backend}: {_told(error)}") from error
        try:
            return msgspec.json.decode(answer, type=dict[str, Any])
        except msgspec.DecodeError as error:
            raise ApiFailure("", f"{operation}: the answer is not JSON: {error}") from error

    async def open_acs(self, endpoint: str, query: str) -> Channel:
        """A websocket to ACS. Raises: ChannelRefused, ConnectionFailed"""
        socket, _ = await self._open(endpoint, query)
        return WebsocketChannel(socket)

    async def open_tcs(self, endpoint: str, query: str) -> Channel:
        """A websocket to TCS whose frames are signed. Raises: ChannelRefused, ConnectionFailed"""
        socket, handshake = await self._open(endpoint, query)

        def seal(text: str) -> str:
            now = self._clock.now()
            return signed_frame(
                text.encode(), handshake, self._credentials, self._region, SERVICE, now
            ).decode()

        return WebsocketChannel(socket, seal)

    async def close(self) -> None:
        """Drop all connections."""
        await self._session.close()

    async def _open(
        self, endpoint: str, query: str
    ) -> tuple[aiohttp.ClientWebSocketResponse, HttpRequest]:
        url = urlsplit(endpoint)
        if url.scheme not in ("http", "https"):
            raise ConnectionFailed(f"the endpoint {endpoint!r} is no http or https URL")
        path = f"{url.path.rstrip('/')}/ws"
        handshake = HttpRequest("GET", path, query, {"host": url.netloc}, b"")
        headers = {"Host": url.netloc} | self._sign(handshake)
        try:
            socket = await self._session.ws_connect(
                yarl.URL(f"{url.scheme}://{url.netloc}{path}?{query}", encoded=True),
                headers=headers,
                max_msg_size=MESSAGE_BYTES_MAX,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS_MAX),
            )
        except (aiohttp.ClientError, TimeoutError, OSError, ssl.SSLError) as error:
            raise ConnectionFailed(f"{endpoint}: {_told(error)}") from error
        return socket, handshake

    def _sign(self, request: HttpRequest) -> dict[str, str]:
        return sign(request, self._credentials, self._region, SERVICE, self._clock.now())


class WebsocketChannel:
    """A websocket as a `Channel`."""

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        seal: Callable[[str], str] = lambda text: text,
    ) -> None:
        self._socket = socket
        self._seal = seal
        self.close_code = ABNORMAL_CLOSE
        self.close_reason = ""

    async def send(self, text: str) -> None:
        """Hand one frame over. Raises: ChannelClosed"""
        try:
            await self._socket.send_str(self._seal(text))
        except (aiohttp.ClientError, ConnectionError, RuntimeError) as error:
            raise ChannelClosed(str(error)) from error

    async def receive(self) -> str | None:
        """The next frame; None once the channel is closed."""
        while True:
            message = await self._socket.receive()
            match message.type:
                case aiohttp.WSMsgType.TEXT:
                    return str(message.data)
                case aiohttp.WSMsgType.BINARY:
                    continue
                case aiohttp.WSMsgType.CLOSE:
                    self.close_reason = str(message.extra or "")
            code = self._socket.close_code
            self.close_code = ABNORMAL_CLOSE if code is None else code
            return None

    async def close(self, code: int, reason: str) -> None:
        """Close it, telling the other side why."""
        await self._socket.close(code=code, message=reason.encode())


async def _keep_refusal(response: aiohttp.ClientResponse) -> None:
    """An answer that is no success keeps its body: it says why."""
    if response.status >= 300:
        body = await response.text(errors="replace")
        raise ChannelRefused(response.status, body)


def _api_failure(status: int, body: str) -> ApiFailure:
    try:
        document = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        return ApiFailure("", f"HTTP {status}: {body[:200]}", status)
    kind = str(document.get("__type", "")).rpartition("#")[2]
    message = str(document.get("message") or document.get("Message") or "")
    return ApiFailure(kind, message, status)


def _told(error: BaseException) -> str:
    return str(error) or type(error).__name__
