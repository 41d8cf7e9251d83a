"""The control plane hears what happened to instances: signed, in order, and at last."""

import json
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from carrier import Host, is_alive, until

from roadstead import keys
from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import AccessKey, authenticate


class ControlPlane:
    """Listens to reports as a control plane would; refuses while `is_ill`."""

    def __init__(self, port: int = 0) -> None:
        self.requests: list[HttpRequest] = []
        self.alive_when_terminated: list[bool] = []
        self.watched: list[int] = []
        self.is_ill = False
        plane = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                plane.hear(HttpRequest("POST", self.path, "", headers, body))
                self.send_response(500 if plane.is_ill else 200)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def hear(self, request: HttpRequest) -> None:
        if self.is_ill:
            return
        if json.loads(request.body)["state"] == "terminated":
            self.alive_when_terminated.append(all(map(is_alive, self.watched)))
        self.requests.append(request)

    def states(self, instance_id: str) -> list[str]:
        heard = [json.loads(request.body) for request in self.requests]
        return [one["state"] for one in heard if one["instanceId"] == instance_id]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def plane() -> Iterator[ControlPlane]:
    one = ControlPlane()
    yield one
    one.close()


@pytest.fixture
def reporting_host(tmp_path: Path, plane: ControlPlane) -> Iterator[Host]:
    one = Host(tmp_path / "d", plane.endpoint)
    one.start()
    yield one
    one.clean_up()


def test_every_change_of_state_is_told_in_order(reporting_host: Host, plane: ControlPlane) -> None:
    instance_id = reporting_host.add()
    reporting_host.call("stop", instanceId=instance_id)
    reporting_host.call("start", instanceId=instance_id)
    reporting_host.call("terminate", instanceId=instance_id)
    until(lambda: len(plane.states(instance_id)) == 4)
    assert plane.states(instance_id) == ["running", "stopped", "running", "terminated"]


def test_reports_are_signed_with_the_hosts_key(reporting_host: Host, plane: ControlPlane) -> None:
    reporting_host.add()
    request = until(lambda: plane.requests[:1])[0]
    assert request.headers["x-amz-target"] == "Roadstead_20261121.SubmitInstanceStateChange"
    caller = authenticate(request, _Keys(reporting_host), datetime.now(UTC), service="roadstead")
    assert (caller.arn, caller.region) == (
        "arn:aws:iam::123456789012:role/roadstead-host",
        "us-east-1",
    )


def test_a_termination_is_told_while_the_agent_is_connected(
    reporting_host: Host, plane: ControlPlane
) -> None:
    instance_id = reporting_host.add()
    until(lambda: plane.states(instance_id) == ["running"])
    plane.watched = [reporting_host.instance(instance_id)["agentPid"]]
    reporting_host.call("terminate", instanceId=instance_id)
    assert plane.alive_when_terminated == [True]
    assert not is_alive(plane.watched[0])


def test_reports_wait_for_a_control_plane_that_is_ill_even_when_the_host_is_killed(
    reporting_host: Host, plane: ControlPlane
) -> None:
    plane.is_ill = True
    instance_id = reporting_host.add()
    reporting_host.call("stop", instanceId=instance_id)
    until(lambda: "answered 500" in reporting_host.instance(instance_id)["reportError"])
    reporting_host.kill(signal.SIGKILL)
    plane.is_ill = False
    reporting_host.start()
    until(lambda: not reporting_host.instance(instance_id)["unreported"])
    assert plane.states(instance_id) == ["running", "stopped"]
    assert reporting_host.instance(instance_id)["reportError"] == ""


class _Keys:
    """The keys of a host's data directory."""

    def __init__(self, host: Host) -> None:
        self._keys = keys.read(host.data_dir.keys_file)

    def find(self, access_key_id: str) -> AccessKey | None:
        for key in self._keys:
            if key.access_key_id == access_key_id:
                return AccessKey(key.access_key_id, key.secret_access_key, key.account, key.arn)
        return None
