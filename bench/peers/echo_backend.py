"""A web server that costs next to nothing: `python -m bench.peers.echo_backend PORT…`.

Answers each request with the same 128 bytes and looks at nothing but where requests end, so that
what is measured in front of it is the proxy.
"""

import asyncio
import sys
from typing import cast

import uvloop

BODY = b"x" * 127 + b"\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 128\r\n\r\n" + BODY
BACKLOG = 1024


class _Answering(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        self._transport.write(ANSWER * data.count(b"\r\n\r\n"))


async def _serve(ports: list[int]) -> None:
    loop = asyncio.get_running_loop()
    for port in ports:
        await loop.create_server(_Answering, "127.0.0.1", port, backlog=BACKLOG)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_serve([int(each) for each in sys.argv[1:]]))
