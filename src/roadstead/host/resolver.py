"""The VPC's resolver: DNS at the second address of each VPC that this machine carries.

Names that were told are answered here; for others the machine's own resolvers are asked. Only
clients inside the VPC are answered at all. Nothing is kept, so an answer is as new as the feed.
"""

import asyncio
import logging
from collections.abc import Mapping
from ipaddress import IPv4Address

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from roadstead.clock import Clock
from roadstead.host.dns_messages import refusal, response, wire
from roadstead.host.machine_rules import DNS_PORT
from roadstead.host.names import Names
from roadstead.host.ruleset import Network
from roadstead.host.told import Key, Told
from roadstead.host.upstream import NoAnswer, Upstream

ASKED_AT_ONCE_MAX = 512
"""Questions that are passed on at a time; to others the answer is SERVFAIL at once."""
CONNECTIONS_MAX = 128
SILENT_SECONDS_MAX = 10.0
UNTOLD_SECONDS_MAX = 5.0
"""After a start names are not known yet: so long, clients are asked to try again."""

log = logging.getLogger(__name__)


class Resolver:
    """Answers for all VPCs of this machine. `run` it; tell it of VPCs and of what was told."""

    def __init__(self, told: Told, clock: Clock, upstream: Upstream | None = None) -> None:
        self._told = told
        self._clock = clock
        self._upstream = upstream or Upstream()
        self._names = Names()
        self._asked = asyncio.Semaphore(ASKED_AT_ONCE_MAX)
        self._wanted: dict[str, Network] = {}
        self._news = asyncio.Event()
        self._began = clock.monotonic()
        self._group: asyncio.TaskGroup | None = None

    def note(self, changed: set[Key]) -> None:
        """Take these items over."""
        for kind, key in changed:
            if kind == "name":
                self._names.put(key, self._told.names.get(key))
            elif kind == "zone":
                self._names.put_zone(key, self._told.zones.get(key))

    def serve(self, networks: Mapping[str, Network]) -> None:
        """Listen in these VPCs and no others."""
        self._wanted = dict(networks)
        self._news.set()

    async def run(self) -> None:
        """Answer for ever."""
        listeners: dict[tuple[str, Network], _Listener] = {}
        try:
            async with asyncio.TaskGroup() as self._group:
                while True:
                    await self._news.wait()
                    self._news.clear()
                    wanted = set(self._wanted.items())
                    for gone in set(listeners) - wanted:
                        listeners.pop(gone).close()
                    for come in wanted - set(listeners):
                        listener = _Listener(self, *come)
                        try:
                            await listener.open()
                        except OSError as error:
                            log.error("names are not answered at %s: %s", come[1].resolver, error)
                            listener.close()
                        else:
                            listeners[come] = listener
        finally:
            for listener in listeners.values():
                listener.close()

    def answer_soon(
        self, question: bytes, vpc_id: str, listener: "_Listener", to: tuple[str, int]
    ) -> None:
        """Answer a datagram as soon as it can be."""
        if self._group is not None:
            self._group.create_task(self._answer_datagram(question, vpc_id, listener, to))

    async def answer(self, question: bytes, vpc_id: str, *, over_tcp: bool) -> bytes | None:
        """The answer to a question, both in wire format; None to what is no question."""
        try:
            query = dns.message.from_wire(question)
        except dns.exception.DNSException:
            return None
        if query.flags & dns.flags.QR:
            return None
        if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
            return refusal(query, dns.rcode.NOTIMP)
        asked = query.question[0]
        if asked.rdclass != dns.rdataclass.IN:
            return refusal(query, dns.rcode.REFUSED)
        if not self._told.lots and self._clock.monotonic() - self._began < UNTOLD_SECONDS_MAX:
            return refusal(query, dns.rcode.SERVFAIL)
        name = asked.name.to_text(omit_final_dot=True).lower()
        found = self._names.ask(name, dns.rdatatype.to_text(asked.rdtype), vpc_id)
        if found is not None:
            return wire(response(query, found), query, over_tcp=over_tcp)
        if self._asked.locked():
            return refusal(query, dns.rcode.SERVFAIL)
        async with self._asked:
            try:
                return await self._upstream.ask(question, over_tcp=over_tcp)
            except NoAnswer as error:
                log.debug("%s: %s", name, error)
                return refusal(query, dns.rcode.SERVFAIL)

    async def _answer_datagram(
        self, question: bytes, vpc_id: str, listener: "_Listener", to: tuple[str, int]
    ) -> None:
        try:
            answer = await self.answer(question, vpc_id, over_tcp=False)
        except Exception:  # one odd question must not end the answers to all others
            log.exception("a question could not be answered: %r", question[:200])
            return
        if answer is not None:
            listener.send(answer, to)


class _Listener(asyncio.DatagramProtocol):
    """Both sockets at one VPC's resolver address."""

    def __init__(self, resolver: Resolver, vpc_id: str, network: Network) -> None:
        self._resolver = resolver
        self._vpc_id = vpc_id
        self._network = network
        self._datagrams: asyncio.DatagramTransport | None = None
        self._server: asyncio.Server | None = None
        self._connections = 0

    async def open(self) -> None:
        """Raises: OSError when somebody else listens there."""
        address = self._network.resolver
        loop = asyncio.get_running_loop()
        self._datagrams, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(address, DNS_PORT)
        )
        self._server = await asyncio.start_server(self._converse, address, DNS_PORT)

    def close(self) -> None:
        """Listen no more."""
        if self._datagrams is not None:
            self._datagrams.close()
        if self._server is not None:
            self._server.close()

    def send(self, answer: bytes, to: tuple[str, int]) -> None:
        """Send a datagram, if we still listen."""
        if self._datagrams is not None and not self._datagrams.is_closing():
            self._datagrams.sendto(answer, to)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if self._is_inside(address[0]):
            self._resolver.answer_soon(data, self._vpc_id, self, address)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer questions over one connection until the client has no more."""
        self._connections += 1
        try:
            if self._connections > CONNECTIONS_MAX:
                return
            if not self._is_inside(writer.get_extra_info("peername")[0]):
                return
            while True:
                async with asyncio.timeout(SILENT_SECONDS_MAX):
                    length = int.from_bytes(await reader.readexactly(2), "big")
                    question = await reader.readexactly(length)
                    answer = await self._resolver.answer(question, self._vpc_id, over_tcp=True)
                    if answer is None:
                        return
                    writer.write(len(answer).to_bytes(2, "big") + answer)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            return
        except Exception:  # as for a datagram
            log.exception("a question could not be answered")
        finally:
            self._connections -= 1
            writer.close()

    def _is_inside(self, address: str) -> bool:
        return IPv4Address(address) in self._network.cidr
