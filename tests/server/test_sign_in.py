"""A sign-in by link over HTTP: who makes one, who uses it, and where its token never gets."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from browser import Answer, ask
from real_server import RealServer
from test_control import call

from api_server import ApiServer, Key
from roadstead.cli.api import Api
from roadstead.ids import SystemIds
from roadstead.state.records import Change


def link(server: ApiServer, key: Key | None = None) -> dict[str, Any]:
    status, answer = call(server, key or server.ROOT, "CreateSignInLink")
    assert status == 200, answer
    return answer


def sign_in(
    server: ApiServer, token: object, content_type: str = "application/json", **headers: str
) -> Answer:
    body = json.dumps({"token": token}).encode()
    return ask(
        server,
        "/console/sign-in",
        method="POST",
        body=body,
        content_type=content_type,
        **headers,
    )


def code(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["__type"]


def test_a_link_gives_the_key_that_made_it_once(server: ApiServer) -> None:
    made = link(server)
    assert made["expiresAt"] == pytest.approx(server.clock.now().timestamp() + 900, abs=20)
    answer = sign_in(server, made["token"], origin=server.endpoint)
    assert answer.status == 200, answer.text
    assert json.loads(answer.body) == {
        "accessKeyId": server.ROOT.access_key_id,
        "secretAccessKey": server.ROOT.secret_access_key,
    }
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = sign_in(server, made["token"])
    assert code(again) == (403, "InvalidSignInLinkException")
    assert "Run `roadstead console` for a new one." in json.loads(again.body)["message"]


def test_a_link_is_good_for_a_quarter_of_an_hour(server: ApiServer) -> None:
    early, late = link(server)["token"], link(server)["token"]
    server.advance(890)
    assert sign_in(server, early).status == 200
    server.advance(11)
    assert code(sign_in(server, late)) == (403, "InvalidSignInLinkException")


def test_only_the_root_key_makes_links(server: ApiServer) -> None:
    for key in (server.HOST, server.INSTANCE):
        status, answer = call(server, key, "CreateSignInLink")
        assert (status, answer["__type"]) == (400, "AccessDeniedException")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://127.0.0.1:1"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
def test_another_sites_page_signs_nobody_in(server: ApiServer, headers: dict[str, str]) -> None:
    token = link(server)["token"]
    assert code(sign_in(server, token, **headers)) == (403, "AccessDeniedException")
    ours = sign_in(server, token, origin=server.endpoint, sec_fetch_site="same-origin")
    assert ours.status == 200, "what was refused used nothing up"


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json; charset=utf-8", 200),
    ],
)
def test_only_json_is_taken(server: ApiServer, content_type: str, status: int) -> None:
    assert sign_in(server, link(server)["token"], content_type).status == status


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[]", 400), (b'{"token": 1}', 400), (b"x" * 5000, 413)],
)
def test_what_is_no_token_is_refused(server: ApiServer, body: bytes, status: int) -> None:
    answer = ask(
        server, "/console/sign-in", method="POST", body=body, content_type="application/json"
    )
    assert code(answer) == (status, "SerializationException")


def test_a_token_gets_into_no_record_and_no_log(
    server: ApiServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    changes: list[Change] = []
    server.on_loop(lambda: server.plane.store.on_commit(lambda each: changes.extend(each.changes)))
    tokens = [link(server)["token"] for _ in range(3)]
    assert sign_in(server, tokens[0]).status == 200
    assert sign_in(server, tokens[1], origin="http://evil.example").status == 403
    assert changes == []
    assert [token for token in tokens if token in caplog.text] == []
    assert server.ROOT.secret_access_key not in caplog.text


def test_a_restart_ends_all_links_and_the_log_knows_none(tmp_path: Path) -> None:
    server = RealServer(tmp_path / "data")
    server.start()
    try:
        from real_server import KEY_ID, SECRET

        key = Key(
            access_key_id=KEY_ID,
            secret_access_key=SECRET,
            kind="root",
            account="123456789012",
            arn="arn:aws:iam::123456789012:root",
        )
        api = Api(f"http://127.0.0.1:{server.port}", "us-east-1", key)
        token = api.roadstead("CreateSignInLink")["token"]
        assert len(token) == len(SystemIds().token())
        server.stop()
        server.start()
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert [path for path in files if token.encode() in path.read_bytes()] == []
        browser = _At(f"http://127.0.0.1:{server.port}")
        assert code(sign_in(browser, token)) == (403, "InvalidSignInLinkException")
    finally:
        server.kill()


class _At(ApiServer):
    """A server that is another process."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
