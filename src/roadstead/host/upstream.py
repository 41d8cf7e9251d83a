"""This machine's own resolvers, for names that are none of ours: questions out, answers back."""

import asyncio
import contextlib
from ipaddress import ip_address
from pathlib import Path

RESOLV_CONF = Path("/etc/resolv.conf")
PORT = 53
SERVERS_MAX = 3
"""Source: man 5 resolv.conf (MAXNS)"""
ANSWER_SECONDS_MAX = 2.0
"""For one server; then the next is asked."""
HEADER_BYTES = 12
TYPE_AND_CLASS_BYTES = 4


class NoAnswer(Exception):
    """None of the machine's resolvers answered in time."""


class _Conversation(asyncio.DatagramProtocol):
    """Takes the answer to one question."""

    def __init__(self, question: bytes) -> None:
        self._question = question
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, _address: object) -> None:
        if not self.answer.done() and answers(data, self._question):
            self.answer.set_result(data)

    def error_received(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Upstream:
    """The servers that `/etc/resolv.conf` names, looked up again with each question."""

    def __init__(self, path: Path = RESOLV_CONF, port: int = PORT) -> None:
        self._path = path
        self._port = port

    async def ask(self, question: bytes, *, over_tcp: bool) -> bytes:
        """The answer to a question, both in wire format.

        Raises: NoAnswer
        """
        for server in servers(self._path):
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
                async with asyncio.timeout(ANSWER_SECONDS_MAX):
                    if over_tcp:
                        return await self._over_tcp(server, question)
                    return await self._over_udp(server, question)
        raise NoAnswer(f"no resolver of {self._path} answered")

    async def _over_udp(self, server: str, question: bytes) -> bytes:
        transport, conversation = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Conversation(question), remote_addr=(server, self._port)
        )
        try:
            transport.sendto(question)
            return await conversation.answer
        finally:
            transport.close()

    async def _over_tcp(self, server: str, question: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(server, self._port)
        try:
            writer.write(len(question).to_bytes(2, "big") + question)
            await writer.drain()
            length = int.from_bytes(await reader.readexactly(2), "big")
            answer = await reader.readexactly(length)
            if not answers(answer, question):
                raise OSError("it answered something else")
            return answer
        finally:
            writer.close()


def servers(path: Path = RESOLV_CONF) -> list[str]:
    """The machine's resolvers, in order."""
    try:
        text = path.read_text(errors="replace")
    except OSError:
        return []
    found = []
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == "nameserver":
            with contextlib.suppress(ValueError):
                found.append(str(ip_address(words[1])))
    return found[:SERVERS_MAX]


def answers(data: bytes, question: bytes) -> bool:
    """Whether this is an answer to that question: its id, its bit that says so, what is asked."""
    if len(data) < HEADER_BYTES or data[:2] != question[:2] or not data[2] & 0x80:
        return False
    end = HEADER_BYTES
    while end < len(question) and question[end]:
        end += 1 + question[end]
    end += 1 + TYPE_AND_CLASS_BYTES
    return data[HEADER_BYTES:end].lower() == question[HEADER_BYTES:end].lower()
