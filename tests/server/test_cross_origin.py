"""Pages of other origins: without a setting none reads an answer, with it those that it names."""

import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import Answer, ask
from event_reader import EventReader

from api_server import ApiServer
from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.server import cross_origin

OURS, OTHER = "https://console.example.com", "https://evil.example.com"
ASKS = {"access_control_request_method": "POST", "access_control_request_headers": "authorization"}


@pytest.fixture
def open_server() -> Iterator[ApiServer]:
    """A server that knows a console elsewhere."""
    server = ApiServer(console_origins=(OURS,))
    server.start()
    yield server
    server.stop()


def list_clusters(server: ApiServer, origin: str, region: str = "us-east-1") -> Answer:
    """As the SDK in a browser sends it."""
    host = server.endpoint.removeprefix("http://")
    request = HttpRequest(
        "POST",
        "/",
        "",
        {
            "host": host,
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters",
        },
        b"{}",
    )
    key = Credentials(server.ROOT.access_key_id, server.ROOT.secret_access_key)
    signed = {**request.headers, **sign(request, key, region, "ecs", datetime.now(UTC))}
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request("POST", "/", b"{}", {**signed, "origin": origin})
    response = connection.getresponse()
    headers = {name.lower(): value for name, value in response.getheaders()}
    answer = Answer(response.status, headers, response.read())
    connection.close()
    return answer


def test_by_default_no_other_page_reads_anything(server: ApiServer) -> None:
    answers = [
        ask(server, "/", method="OPTIONS", origin=OURS, **ASKS),
        list_clusters(server, OURS),
        ask(server, "/events", origin=OURS),
        ask(server, "/console/config.json", origin=OURS),
    ]
    assert [each.status for each in answers] == [400, 200, 400, 200]
    for answer in answers:
        assert [name for name in answer.headers if name.startswith("access-control")] == []


def test_a_browser_that_asks_first_is_told_what_it_may(open_server: ApiServer) -> None:
    for path in ("/", "/events", "/changes"):
        answer = ask(open_server, path, method="OPTIONS", origin=OURS, **ASKS)
        assert (answer.status, answer.body) == (204, b"")
        assert answer.headers["access-control-allow-origin"] == OURS
        assert answer.headers["access-control-allow-methods"] == "GET, HEAD, POST"
        assert answer.headers["access-control-max-age"] == "600"
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers
        allowed = answer.headers["access-control-allow-headers"].split(", ")
        signed = {"authorization", "x-amz-date", "x-amz-target", "x-amz-content-sha256"}
        assert signed | {"content-type", "amz-sdk-request"} <= set(allowed)


def test_an_allowed_page_reads_answers_and_refusals(open_server: ApiServer) -> None:
    read = list_clusters(open_server, OURS)
    refused = ask(open_server, "/", method="POST", origin=OURS)
    for answer, status in ((read, 200), (refused, 400)):
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == OURS
        assert answer.headers["access-control-expose-headers"] == (
            "x-amzn-requestid, x-amzn-errortype"
        )
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers
    assert json.loads(read.body) == {"clusterArns": []}


@pytest.mark.parametrize("path", ["/events", "/changes"])
def test_an_allowed_page_reads_streams(open_server: ApiServer, path: str) -> None:
    reader = EventReader(
        open_server.endpoint, open_server.ROOT, path=path, headers={"origin": OURS}
    )
    assert reader.status == 200
    assert reader.response.headers["access-control-allow-origin"] == OURS
    reader.close()


@pytest.mark.parametrize(
    "origin",
    [OTHER, "", "null", "*", f"{OURS}:444", f"{OURS}.evil.com", OURS.upper(), "http" + OURS[5:]],
)
def test_any_other_page_reads_nothing(open_server: ApiServer, origin: str) -> None:
    answers = [
        ask(open_server, "/", method="OPTIONS", origin=origin, **ASKS),
        list_clusters(open_server, origin),
    ]
    assert [each.status for each in answers] == [400, 200]
    for answer in answers:
        assert [name for name in answer.headers if name.startswith("access-control")] == []
        assert answer.headers["vary"] == "Origin"


def test_pages_elsewhere_have_no_sign_in_here(open_server: ApiServer) -> None:
    answer = ask(
        open_server,
        "/console/sign-in",
        method="POST",
        body=b'{"token": "x"}',
        origin=OURS,
        content_type="application/json",
    )
    assert (answer.status, json.loads(answer.body)["__type"]) == (403, "AccessDeniedException")
    assert "access-control-allow-origin" not in answer.headers


def test_every_header_of_a_signature_may_be_sent() -> None:
    request = HttpRequest("POST", "/", "", {"host": "h"}, b"")
    added = sign(request, Credentials("a", "b", "token"), "us-east-1", "ecs", datetime.now(UTC))
    assert {name.lower() for name in added} <= set(cross_origin.HEADERS)


def test_the_command_refuses_what_is_no_origin(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "roadstead", "server", "--data-dir", str(tmp_path / "d")),
            *("--console-origin", "*"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert re.search(r"'\*' is no origin of a console\. .* There is no `\*`\.", done.stderr)
