"""`roadstead targets`: what it prints of a proxy that runs, and says where none does."""

import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from roadstead import data_dir as data_dirs
from roadstead.cli import targets
from roadstead.data_dir import DataDir
from roadstead.dataplane.snapshot.names import Files


def host(address: str, port: int, **counted: int) -> dict[str, object]:
    """As Envoy's admin socket shows a host."""
    return {
        "address": {"socket_address": {"address": address, "port_value": port}},
        "stats": [{"name": name, "value": str(value)} for name, value in counted.items()],
    }


CLUSTERS = [
    {
        "name": "web-1",
        "host_statuses": [
            host("172.31.0.9", 80, rq_total=2, rq_success=2, cx_total=1),
            host("172.31.0.8", 80, rq_total=7, rq_success=5, rq_error=2, rq_active=1, cx_total=3),
        ],
    }
]


class Admin(BaseHTTPRequestHandler):
    """Plays the proxy's admin socket."""

    def do_GET(self) -> None:  # the name that the library calls
        assert self.path == "/clusters?format=json"
        content = json.dumps({"cluster_statuses": CLUSTERS}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def address_string(self) -> str:
        return "a socket has none"

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def place(tmp_path: Path) -> DataDir:
    return data_dirs.claim(tmp_path / "d", "123456789012", "us-east-1")


@pytest.fixture
def proxy(place: DataDir) -> Iterator[None]:
    socket = Path(Files(place.dataplane).admin_socket)
    socket.parent.mkdir(parents=True)
    with socketserver.ThreadingUnixStreamServer(str(socket), Admin) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("proxy")
def test_requests_are_counted_by_target(place: DataDir, capsys: pytest.CaptureFixture[str]) -> None:
    assert targets.show(place.path, False) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["TARGET", "GROUP", "TARGET", "REQUESTS", "SUCCEEDED", "FAILED", "ACTIVE", "CONNECTIONS"],
        ["web-1", "172.31.0.8:80", "7", "5", "2", "1", "3"],
        ["web-1", "172.31.0.9:80", "2", "2", "0", "0", "1"],
    ]
    assert targets.show(place.path, True) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [(each["address"], each["failed"]) for each in shown] == [
        ("172.31.0.8", 2),
        ("172.31.0.9", 0),
    ]


def test_without_a_proxy_it_says_who_keeps_one(
    place: DataDir, capsys: pytest.CaptureFixture[str]
) -> None:
    assert targets.show(place.path, False) == 4
    said = capsys.readouterr().err
    assert said.startswith("No proxy answers at ")
    assert "`roadstead up` keeps one running." in said
