"""HTTP: bytes to requests and back, and websockets to channels, over granian in our own loop.

Spoken through ASGI: unlike granian's RSGI it can refuse a websocket with a body and close one with
a reason, and agents read both. What a request means is for `dispatch` and `agent_sessions`.

Everything that anybody may do without a key has a limit here: how many connections there are, how
long one may stay silent, how long its headers and its body may be and how long they may take.
"""

import asyncio
import logging
import resource
import socket
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import MappingProxyType
from typing import Any, NamedTuple

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from roadstead.aws.http import BODY_BYTES_MAX, HttpRequest, HttpResponse
from roadstead.clock import Clock
from roadstead.server.console_pages import (
    ConsolePages,
    is_console,
    is_for_a_browser,
    lead_to_console,
)
from roadstead.server.cross_origin import CrossOrigin
from roadstead.server.dispatch import Dispatcher
from roadstead.server.slow_bodies import SlowBodies, TooSlow
from roadstead.server.websockets import WebsocketUpgrade

HEALTH_PATH = "/healthz"
BACKLOG = 1024
CONNECTIONS_MAX = 32_768
"""Of one program: two for each of 10,000 agents, and room for clients. Those beyond wait in the
kernel, unanswered, until one ends; so fewer are taken than there may be open files."""
FILES_KEPT_FREE = 256
SILENT_MS_MAX = 60_000
"""Without a request, or in the middle of one's headers; after that the connection is closed."""
HEADER_BYTES_MAX = 64 * 1024
BODY_SECONDS_MIN = 30.0
"""A body may take so long at least, and twice that at most."""
BODY_BYTES_SWALLOWED_MAX = 8 * 1024 * 1024
"""A body that is too long is read up to here, so that the client hears why it is refused."""
READY_SECONDS_MAX = 10.0
READY_RETRY_SECONDS = 0.01

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
OpenStream = Callable[[HttpRequest, Receive, Send], Awaitable[None]]
"""Serves one stream to its end, or refuses it."""

log = logging.getLogger(__name__)


class ListenError(Exception):
    """An address cannot be listened on; the text says why and what would help."""


class HttpApplication:
    """The ASGI application: requests to the dispatcher, websockets to `open_websocket`, readers of
    streams to those, by path, and browsers to the console.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        open_websocket: Callable[[WebsocketUpgrade], Awaitable[None]],
        *,
        streams: Mapping[str, OpenStream] = MappingProxyType({}),
        console: ConsolePages | None = None,
        cross_origin: CrossOrigin | None = None,
        body_seconds: float = BODY_SECONDS_MIN,
    ) -> None:
        self._dispatcher = dispatcher
        self._open_websocket = open_websocket
        self._streams = streams
        self._console = console
        self._cross_origin = cross_origin
        self._slow_bodies = SlowBodies(body_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._open_websocket(
                WebsocketUpgrade(request_of(scope, b""), str(scope["scheme"]), receive, send)
            )
            return
        if scope["path"] == HEALTH_PATH:
            await _respond(send, HttpResponse(200, [("content-type", "text/plain")], b"ok\n"))
            return
        request = request_of(scope, b"")
        if self._cross_origin and not is_console(request.path):
            send = self._cross_origin.naming(request, send)
            preflight = self._cross_origin.preflight(request)
            if preflight is not None:
                await _respond(send, preflight)
                return
        open_stream = self._streams.get(scope["path"])
        if open_stream is not None:
            await open_stream(request, receive, send)
            return
        reading = _body(receive, request.headers.get("content-length"))
        try:
            body = await self._slow_bodies.limited(reading)
        except TooSlow:
            await _respond(send, self._dispatcher.refuse_slowness(request))
            return
        if body is None:
            await _respond(send, self._dispatcher.refuse_length(request))
            return
        request = HttpRequest(request.method, request.path, request.query, request.headers, body)
        if self._console is not None:
            if is_console(request.path):
                await _respond(send, self._console.answer(request))
                return
            if is_for_a_browser(request):
                await _respond(send, lead_to_console())
                return
        await _respond(send, await self._dispatcher.answer(request, scope["scheme"]))


def request_of(scope: Scope, body: bytes) -> HttpRequest:
    """The request as the wire modules see it."""
    pairs = scope["headers"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
    if len(headers) != len(pairs):
        headers = {}
        for raw_name, raw_value in pairs:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    return HttpRequest(
        scope.get("method", "GET"),
        scope["raw_path"].decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        headers,
        body,
    )


async def _body(receive: Receive, content_length: str | None) -> bytes | None:
    """The body; None when it is longer than any request may be. What is too much is not kept."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body") or str(len(body)) == content_length:
        return body if len(body) <= BODY_BYTES_MAX else None
    parts = [body]
    length = len(body)
    while message.get("more_body") and length <= BODY_BYTES_SWALLOWED_MAX:
        message = await receive()
        part: bytes = message.get("body", b"")
        length += len(part)
        if length <= BODY_BYTES_MAX:
            parts.append(part)
    return b"".join(parts) if length <= BODY_BYTES_MAX else None


async def _respond(send: Send, response: HttpResponse) -> None:
    headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers
    ]
    if response.status not in (204, 304):  # the first has none, the second that of what it spares
        headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def connections_max(listeners: int) -> int:
    """How many connections each of so many listeners may take, with the open files we may have."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        files = CONNECTIONS_MAX + FILES_KEPT_FREE
    return max(1, min(CONNECTIONS_MAX, files - FILES_KEPT_FREE) // listeners)


class Claim(NamedTuple):
    """An address that nobody listens on, and that no other server takes before we do."""

    host: str
    port: int
    name: socket.socket
    """An abstract name, which the kernel gives to one program of a network namespace. granian lets
    several programs share a port (SO_REUSEPORT), and each would get some of the requests."""


def claim(address: str) -> Claim:
    """The address to listen on; port 0 becomes a free one. Its name is closed to give it up.

    Raises: ListenError
    """
    host, _, port_text = address.rpartition(":")
    host = host.strip("[]")
    if not host or not port_text.isdigit() or int(port_text) > 65535:
        raise ListenError(f"'{address}' is no address to listen on. Give host:port.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port_text)))
            probe.listen(1)
        except OSError as error:
            raise _refused(address, error) from error
        port = probe.getsockname()[1]
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0roadstead-{host}:{port}")
        except OSError as error:
            name.close()
            if port_text == "0":  # another one, since the probe still has this one
                return claim(address)
            raise _refused(address, error) from error
        return Claim(host, port, name)


def _refused(address: str, error: OSError) -> ListenError:
    return ListenError(
        f"Cannot listen on {address}: {error.strerror}. "
        "Stop what uses it, or choose another port with --port."
    )


class HttpServer:
    """Listens on one address. `run` it in the program's TaskGroup; `stop` ends it."""

    def __init__(self, application: HttpApplication, claimed: Claim, connections: int) -> None:
        self.host = claimed.host
        self.port = claimed.port
        self._claimed = claimed
        self._server = Server(
            application,
            address=self.host,
            port=self.port,
            interface=Interfaces.ASGINL,
            backlog=BACKLOG,
            backpressure=connections,
            # Without HTTP/2, which no SDK and no agent speaks to ECS: it has other limits.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=SILENT_MS_MAX, max_buffer_size=HEADER_BYTES_MAX
            ),
            log_enabled=False,
        )
        self._stopping = False

    async def run(self) -> None:
        """Serve until `stop`. Raises: ListenError when it ended by itself."""
        with self._claimed.name:
            await self._server.serve()
        if not self._stopping:
            raise ListenError(f"Listening on {self.host}:{self.port} ended unexpectedly.")

    async def ready(self, clock: Clock) -> None:
        """Return once connections are accepted.

        Raises: ListenError after ten seconds.
        """
        give_up_at = clock.monotonic() + READY_SECONDS_MAX
        while clock.monotonic() < give_up_at:
            try:
                _, writer = await asyncio.open_connection(self.host, self.port)
            except OSError:
                await clock.sleep(READY_RETRY_SECONDS)
                continue
            writer.close()
            await writer.wait_closed()
            return
        raise ListenError(f"{self.host}:{self.port} accepts no connections.")

    def stop(self) -> None:
        """Take no more connections and let `run` return."""
        self._stopping = True
        self._server.stop()  # type: ignore[no-untyped-call]  # granian's is not typed
