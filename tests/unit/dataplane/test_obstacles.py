"""What Envoy would take and this machine cannot carry."""

import asyncio
import socket
from pathlib import Path

import pytest

from roadstead.dataplane import obstacles
from roadstead.dataplane.book import Changes
from roadstead.dataplane.proxy_admin import ProxyAdmin
from roadstead.dataplane.snapshot.messages import Json, address

NOTHING: obstacles.Served = {"listeners": {}, "routes": {}, "clusters": {}}


def test_more_files_than_can_be_watched_are_refused() -> None:
    allowed = int(obstacles.WATCHES_MAX.read_text()) - obstacles.WATCHES_KEPT
    clusters = {f"c{number}": {} for number in range(allowed + 2)}
    found = obstacles.beyond_watches(Changes(clusters=clusters), NOTHING)
    assert len(found) == 2
    assert all("fs.inotify.max_user_instances" in why for why in found.values())
    served = {**NOTHING, "clusters": clusters}
    assert obstacles.beyond_watches(Changes(clusters={"c1": {}}), served) == {}


def test_a_listener_waits_for_its_first_routes() -> None:
    changes = Changes(listeners={"a": {}, "b": {}}, routes={"a": {}, "b": {}})
    refused = {"routes/a": "it is wrong"}
    found = obstacles.without_routes(changes, NOTHING, refused)
    assert found == {"listeners/a": "its routes are refused: it is wrong"}
    served = {**NOTHING, "routes": {"a": {}}}
    assert obstacles.without_routes(changes, served, refused) == {}


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_a_port_that_somebody_has_is_told(tmp_path: Path, host: str) -> None:
    """On every address, the load balancer's own is among them."""
    with socket.create_server((host, 0)) as somebody:
        port = somebody.getsockname()[1]
        listeners: dict[str, Json] = {
            "app-web-1": {"address": address("172.31.1.0", port)},
            "app-web-1-udp": {"address": address("172.31.1.0", port, "UDP")},
            f"loopback-{port}": {"address": address("127.0.0.1", port)},
        }
        admin = ProxyAdmin(tmp_path / "nobody")
        changes = Changes(listeners=listeners)
        found = asyncio.run(obstacles.without_port(changes, NOTHING, admin))
        everywhere = {"listeners/app-web-1"} if host == "0.0.0.0" else set()
        assert found.keys() == {f"listeners/loopback-{port}", *everywhere}
        served = {**NOTHING, "listeners": listeners}
        assert asyncio.run(obstacles.without_port(changes, served, admin)) == {}


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_a_port_for_datagrams_that_somebody_has_is_told(tmp_path: Path, host: str) -> None:
    """TCP on the same port is another matter."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as somebody:
        somebody.bind((host, 0))
        port = somebody.getsockname()[1]
        changes = Changes(
            listeners={
                "net-dns-1": {"address": address("172.31.1.0", port)},
                "net-dns-1-udp": {"address": address("172.31.1.0", port, "UDP")},
            }
        )
        admin = ProxyAdmin(tmp_path / "nobody")
        found = asyncio.run(obstacles.without_port(changes, NOTHING, admin))
        everywhere = {"listeners/net-dns-1-udp"} if host == "0.0.0.0" else set()
        assert found.keys() == everywhere
        assert all("`ss -lunp sport" in why for why in found.values())
