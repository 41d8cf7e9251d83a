"""Which ports of this machine's addresses are somebody's already.

Read from the kernel's tables rather than tried: the server may not bind low ports, and the proxy
must not be asked to share one.
"""

from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
DATAGRAM_TABLES = (Path("/proc/net/udp"), Path("/proc/net/udp6"))
LISTENING = "0A"
UNCONNECTED = "07"
"""Of a socket for datagrams, which takes them from anybody then; of TCP there is no such line."""
EVERY_ADDRESS = frozenset(("00000000", "0" * 32))
"""Who listens there keeps others from every address, also from those that are yet to come."""
LOOPBACK = EVERY_ADDRESS | {
    "0100007F",  # 127.0.0.1, as the kernel writes it on little-endian machines
    "7F000001",
    "0000000000000000FFFF00000100007F",
}
"""Addresses on which a listener keeps others from the loopback address."""


def taken_ports(of: frozenset[str], tables: tuple[Path, ...] = TABLES) -> frozenset[int]:
    """Ports that somebody listens on at one of these addresses, for TCP unless told otherwise."""
    found = set()
    for table in tables:
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            address, _, port = fields[1].rpartition(":")
            if fields[3] in (LISTENING, UNCONNECTED) and address in of:
                found.add(int(port, 16))
    return frozenset(found)
