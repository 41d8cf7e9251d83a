"""Tiny web servers for the proxy to lead requests to, each on a loopback address of its own."""

import asyncio
from collections import Counter

BUSY_SECONDS = 0.0


class Backend:
    """Answers every request with its name; keeps what it saw."""

    def __init__(self, name: str, address: str = "127.0.0.1", port: int = 0) -> None:
        self.name = name
        self.address = address
        self.port = port
        self.status = 200
        self.delay_seconds = 0.0
        self.body: bytes | None = None
        """Instead of its name."""
        self.breaks = 0
        """So many of the next requests are read to their end, then the connection is reset."""
        self.seen: Counter[str] = Counter()
        self.headers: list[dict[str, str]] = []
        self.active = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> "Backend":
        self._server = await asyncio.start_server(self._serve, self.address, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def kill(self) -> None:
        """As SIGKILL: nobody listens any more, connections are reset."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                first, *lines = head.rstrip().split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (x.partition(": ") for x in lines)
                }
                if "content-length" in headers:
                    await reader.readexactly(int(headers["content-length"]))
                path = first.split(" ")[1]
                is_check = headers.get("user-agent", "").startswith("ELB-HealthChecker")
                self.seen["check" if is_check else path] += 1
                if not is_check:
                    self.headers.append(headers)
                    self.headers = self.headers[-50:]
                    self.active += 1
                    if self.delay_seconds:
                        await asyncio.sleep(self.delay_seconds)
                    self.active -= 1
                if self.breaks and not is_check:
                    self.breaks -= 1
                    writer.transport.abort()
                    return
                if headers.get("upgrade") == "websocket":
                    writer.write(
                        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        b"Connection: Upgrade\r\n\r\n"
                    )
                    while data := await reader.read(1000):
                        writer.write(data.upper())
                    return
                body = self.name.encode() if self.body is None else self.body
                writer.write(
                    f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            return
        finally:
            self._open.discard(writer)
            writer.close()
