"""Address translation for containers: nftables through libnftables, in this process.

One table, `ip roadstead`, in the instance's network namespace: two maps from host port to
container, and a masquerade for what leaves the bridge. Publishing a port adds map elements; the
rules stay as they are.
"""

import ctypes
import ctypes.util
import threading
from collections.abc import Iterable

TABLE = "roadstead"


class NatFailure(Exception):
    """nftables refused; the text is its own."""


class Nat:
    """The NAT table of the namespace in which it is opened."""

    def __init__(self) -> None:
        name = ctypes.util.find_library("nftables") or "libnftables.so.1"
        try:
            self._library = ctypes.CDLL(name)
        except OSError as error:
            raise NatFailure(
                f"{name} cannot be loaded ({error}); `apt-get install libnftables1` brings it"
            ) from error
        self._library.nft_ctx_new.restype = ctypes.c_void_p
        self._library.nft_ctx_get_error_buffer.restype = ctypes.c_char_p
        self._context = ctypes.c_void_p(self._library.nft_ctx_new(0))
        self._library.nft_ctx_buffer_error(self._context)
        self._library.nft_ctx_buffer_output(self._context)
        self._lock = threading.Lock()

    def close(self) -> None:
        with self._lock:
            self._library.nft_ctx_free(self._context)

    def build(
        self, subnet: str, bridge: str, published: Iterable[tuple[str, int, str, int]]
    ) -> None:
        """Set up the table, from scratch and in one transaction, with these ports published.

        `published`: (protocol, host port, address, container port).
        """
        ports = list(published)
        maps = "".join(
            f"map {protocol}_ports {{ type inet_service : ipv4_addr . inet_service; "
            f"{_elements(protocol, ports)} }}\n"
            for protocol in ("tcp", "udp")
        )
        rules = "".join(
            f"fib daddr type local meta l4proto {protocol} "
            f"dnat ip to {protocol} dport map @{protocol}_ports\n"
            for protocol in ("tcp", "udp")
        )
        self._run(
            f"table ip {TABLE}\ndelete table ip {TABLE}\n"
            f"table ip {TABLE} {{\n{maps}"
            # The bridge has route_localnet, for ports published on the loopback: what a container
            # itself sends there must not reach what listens for this instance alone.
            "chain loopback { type filter hook prerouting priority raw; "
            f'iifname "{bridge}" ip daddr 127.0.0.0/8 drop; }}\n'
            f"chain prerouting {{ type nat hook prerouting priority dstnat; {rules} }}\n"
            f"chain output {{ type nat hook output priority -100; {rules} }}\n"
            "chain postrouting { type nat hook postrouting priority srcnat;\n"
            f'ip saddr {subnet} oifname != "{bridge}" masquerade\n'
            # A container that calls the instance's port, and the instance itself through its
            # loopback: the answer has to come back this way.
            f'ip saddr {subnet} ip daddr {subnet} oifname "{bridge}" ct status dnat masquerade\n'
            f'ip saddr 127.0.0.0/8 oifname "{bridge}" masquerade\n'
            "}\n}\n"
        )

    def publish(self, ports: Iterable[tuple[str, int, str, int]]) -> None:
        """Lead host ports to containers."""
        commands = [
            f"add element ip {TABLE} {protocol}_ports {{ {host} : {address} . {port} }}"
            for protocol, host, address, port in ports
        ]
        if commands:
            self._run("\n".join(commands))

    def withdraw(self, ports: Iterable[tuple[str, int]]) -> None:
        """Stop leading host ports anywhere. `ports`: (protocol, host port)."""
        for protocol, host in ports:
            try:
                self._run(f"delete element ip {TABLE} {protocol}_ports {{ {host} }}")
            except NatFailure as failure:
                if "No such file or directory" not in str(failure):
                    raise

    def remove(self) -> None:
        """Delete the table."""
        self._run(f"table ip {TABLE}\ndelete table ip {TABLE}\n")

    def _run(self, commands: str) -> None:
        with self._lock:
            code = self._library.nft_run_cmd_from_buffer(self._context, commands.encode())
            if code:
                text = self._library.nft_ctx_get_error_buffer(self._context) or b""
                raise NatFailure(f"nftables: {text.decode(errors='replace').strip()}")


def _elements(protocol: str, ports: list[tuple[str, int, str, int]]) -> str:
    elements = ", ".join(
        f"{host} : {address} . {port}" for kind, host, address, port in ports if kind == protocol
    )
    return f"elements = {{ {elements} }};" if elements else ""
