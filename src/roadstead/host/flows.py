"""Flows that the kernel tracks, forgotten when an address changes hands.

Groups decide how a flow begins; what belongs to one that began passes. The next owner of an address
must not get what was let through to the last one.
"""

import errno
import logging
import os
import socket
import struct
from collections.abc import Iterable
from ipaddress import IPv4Address

NETLINK_NETFILTER = 12
CONNTRACK_DELETE = (1 << 8) | 2
"""Source: linux/netfilter/nfnetlink.h (NFNL_SUBSYS_CTNETLINK),
linux/netfilter/nfnetlink_conntrack.h (IPCTNL_MSG_CT_DELETE), as the attributes below"""
REQUEST_WITH_ANSWER = 0x1 | 0x4
NESTED = 1 << 15
TUPLE_ORIGINAL, TUPLE_IP = 1, 1
ADDRESSES = ((1, 1 << 0), (2, 1 << 1))
"""Of a flow's first packet: the attribute and the filter's flag, of source and destination."""
FILTER, FILTER_ORIGINAL = 25, 1
ANSWER_BYTES_MAX = 4096
NO_SUCH_FLOW = errno.ENOENT

log = logging.getLogger(__name__)


def forget(addresses: Iterable[str]) -> None:
    """Forget every flow from or to these addresses; a kernel that cannot is told of once each."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as connection:
        for address in addresses:
            for attribute, flag in ADDRESSES:
                connection.send(message(address, attribute, flag))
                number = _error(connection.recv(ANSWER_BYTES_MAX))
                if number not in (0, NO_SUCH_FLOW):
                    log.warning(
                        "flows of %s end by themselves only, this kernel cannot forget them: %s",
                        address,
                        os.strerror(number),
                    )
                    return


def message(address: str, attribute: int, flag: int) -> bytes:
    """The request to forget flows with this address as their source or destination."""
    one = _attribute(attribute, IPv4Address(address).packed)
    original = _nested(TUPLE_ORIGINAL, _nested(TUPLE_IP, one))
    chosen = _nested(FILTER, _attribute(FILTER_ORIGINAL, struct.pack("=I", flag)))
    body = struct.pack("=BBH", socket.AF_INET, 0, 0) + original + chosen
    length = struct.calcsize("=IHHII") + len(body)
    return struct.pack("=IHHII", length, CONNTRACK_DELETE, REQUEST_WITH_ANSWER, 1, 0) + body


def _nested(kind: int, content: bytes) -> bytes:
    return _attribute(kind | NESTED, content)


def _attribute(kind: int, content: bytes) -> bytes:
    padding = bytes(-len(content) % 4)
    return struct.pack("=HH", 4 + len(content), kind) + content + padding


def _error(answer: bytes) -> int:
    """The number of the error that the kernel answers; 0 is none."""
    (negative,) = struct.unpack_from("=i", answer, struct.calcsize("=IHHII"))
    return -int(negative)
