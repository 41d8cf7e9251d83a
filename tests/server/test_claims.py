"""Two servers never share a port, not even when they start at the same moment."""

import socket

import pytest

from roadstead.server.http import ListenError, claim


def test_what_is_claimed_is_refused_to_the_next_until_it_is_given_up() -> None:
    first = claim("127.0.0.1:0")
    address = f"127.0.0.1:{first.port}"
    with first.name, pytest.raises(ListenError, match=r"Address already in use.*--port"):
        claim(address)
    with claim(address).name:
        pass


def test_what_somebody_listens_on_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(ListenError, match="use"):
        claim(f"127.0.0.1:{other.getsockname()[1]}")


def test_free_ports_differ_while_nobody_listens_on_them_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = claim("127.0.0.1:0")
    bind = socket.socket.bind

    def bind_there(self: socket.socket, address: object) -> None:
        """The kernel gives the same port again, once."""
        if address == ("127.0.0.1", 0):
            monkeypatch.setattr(socket.socket, "bind", bind)
            address = ("127.0.0.1", first.port)
        bind(self, address)  # type: ignore[arg-type]  # what the test was called with

    monkeypatch.setattr(socket.socket, "bind", bind_there)
    second = claim("127.0.0.1:0")
    with first.name, second.name:
        assert second.port != first.port
