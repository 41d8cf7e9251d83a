"""The console's pages over HTTP: which file comes for which path, and with which headers."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import ask, build, serving

from api_server import ApiServer
from roadstead.control.operations import VERSION
from roadstead.server import console_site
from roadstead.server.console_site import find, places

SECRET = "what nobody may read"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text(SECRET)
    return build(tmp_path / "site")


@pytest.fixture
def server(site: Path) -> Iterator[ApiServer]:
    with serving(site) as server:
        yield server


def test_the_index_page_comes_with_what_protects_it(server: ApiServer) -> None:
    answer = ask(server, "/console/")
    assert (answer.status, answer.text) == (200, "<!doctype html><title>one</title>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    assert "access-control-allow-origin" not in answer.headers


def test_a_page_that_the_browser_has_is_not_sent_again(server: ApiServer) -> None:
    etag = ask(server, "/console/").headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = ask(server, "/console/", if_none_match=known)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == etag
        assert answer.headers["cache-control"] == "no-cache"
    assert ask(server, "/console/", if_none_match='"other"').status == 200


def test_assets_are_kept_for_ever(server: ApiServer) -> None:
    answer = ask(server, "/console/assets/index-one.js")
    assert (answer.status, answer.text) == (200, "console.log('one')")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in answer.headers
    other = ask(server, "/console/favicon.svg")
    assert other.headers["content-type"] == "image/svg+xml"
    assert other.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br, zstd", "br", b"brotli of one"),
        ("gzip", "gzip", b"gzip of one"),
        ("GZIP;q=0.5, br;q=0", "gzip", b"gzip of one"),
        ("gzip; q=0.000, br; q=0.0", "", b"console.log('one')"),
        ("identity", "", b"console.log('one')"),
    ],
)
def test_a_compressed_file_is_sent_to_who_takes_it(
    server: ApiServer, accepted: str, encoding: str, body: bytes
) -> None:
    answer = ask(server, "/console/assets/index-one.js", accept_encoding=accepted)
    assert answer.headers.get("content-encoding", "") == encoding
    assert answer.body == body
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["vary"] == "Accept-Encoding"


def test_each_encoding_has_its_own_etag(server: ApiServer) -> None:
    path = "/console/assets/index-one.js"
    etags = {ask(server, path, accept_encoding=each).headers["etag"] for each in ("br", "gzip", "")}
    assert len(etags) == 3


@pytest.mark.parametrize(
    "path",
    [
        "/console/clusters/default/services",
        "/console/tasks/arn%3Aaws%3Aecs%3Aus-east-1%3A1%3Atask%2Fdefault%2Fabc",
        "/console/task-definitions/web.v2",
        "/console/sign-in",
        "/console/?a=b",
    ],
)
def test_a_path_of_the_consoles_own_gets_the_index_page(server: ApiServer, path: str) -> None:
    answer = ask(server, path)
    assert (answer.status, answer.text) == (200, "<!doctype html><title>one</title>")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["index-gone.js", "", "../assets/x", "%69ndex-gone.js"])
def test_an_asset_that_is_gone_is_no_page(server: ApiServer, name: str) -> None:
    answer = ask(server, f"/console/assets/{name}")
    assert (answer.status, answer.text) == (404, "Not found.\n")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "assets/../../secret.txt",
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "%2e%2e%2fsecret.txt",
        "%252e%252e%252fsecret.txt",
        "..%5csecret.txt",
        "/secret.txt",
        "%2fetc%2fpasswd",
        "//etc/passwd",
        "index.html%00.txt",
        "%00",
        "%ff%fe",
        "secret-link.txt",
        "secret-folder/secret.txt",
        "assets/secret-link.txt",
    ],
)
def test_nothing_outside_of_the_console_is_reached(
    site: Path, server: ApiServer, path: str
) -> None:
    os.symlink(site.parent / "secret.txt", site / "secret-link.txt")
    os.symlink(site.parent / "secret.txt", site / "assets" / "secret-link.txt")
    os.symlink(site.parent, site / "secret-folder")
    answer = ask(server, f"/console/{path}")
    assert answer.text in ("<!doctype html><title>one</title>", "Not found.\n")


def test_a_head_tells_what_a_get_would(server: ApiServer) -> None:
    got, headed = ask(server, "/console/"), ask(server, "/console/", method="HEAD")
    assert (headed.status, headed.body) == (200, b"")
    assert headed.headers["content-length"] == str(len(got.body))
    assert headed.headers["etag"] == got.headers["etag"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_the_console_is_only_read(server: ApiServer, method: str) -> None:
    answer = ask(server, "/console/", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_browsers_are_led_to_the_console_and_clients_are_not(server: ApiServer) -> None:
    for path in ("/", "/console"):
        led = ask(server, path, accept="text/html,application/xhtml+xml,*/*;q=0.8")
        assert (led.status, led.headers["location"]) == (307, "/console/")
    for path, accept in (("/", "*/*"), ("/", ""), ("/?Action=DescribeVpcs", "text/html")):
        assert ask(server, path, accept=accept).status not in (307, 200)
    signed = ask(server, "/", accept="text/html", authorization="AWS4-HMAC-SHA256 x")
    assert signed.status == 400


def test_the_console_learns_region_and_version(server: ApiServer) -> None:
    answer = ask(server, "/console/config.json")
    assert json.loads(answer.body) == {"region": "us-east-1", "version": VERSION}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"


def test_a_new_build_is_noticed(site: Path, server: ApiServer) -> None:
    before = ask(server, "/console/")
    build(site, "number two")
    after = ask(server, "/console/", if_none_match=before.headers["etag"])
    assert (after.status, after.text) == (200, "<!doctype html><title>number two</title>")
    assert ask(server, "/console/assets/index-number%20two.js").status == 200


def test_files_that_come_after_the_index_page_are_noticed(site: Path, server: ApiServer) -> None:
    assert ask(server, "/console/assets/late.js").status == 404
    (site / "assets" / "late.js").write_text("late")
    assert ask(server, "/console/assets/late.js").text == "late"


def test_what_was_read_is_kept(site: Path, server: ApiServer) -> None:
    path = site / "assets" / "index-one.js"
    assert ask(server, "/console/assets/index-one.js").status == 200
    with open(path, "r+") as file:
        file.write("changed")
    assert ask(server, "/console/assets/index-one.js").text == "console.log('one')"


def test_without_a_build_a_page_says_how_to_get_one(tmp_path: Path) -> None:
    with serving(tmp_path / "<nowhere>") as server:
        answer = ask(server, "/console/clusters")
        assert answer.status == 404
        assert "make console" in answer.text
        assert f"{tmp_path}/&lt;nowhere>" in answer.text
        assert "content-security-policy" in answer.headers
        assert ask(server, "/console/config.json").status == 200
        assert ask(server, "/console/assets/x.js").status == 404
        build(tmp_path / "<nowhere>")
        assert ask(server, "/console/clusters").status == 200
        (tmp_path / "<nowhere>" / "index.html").unlink()
        assert ask(server, "/console/clusters").status == 404


def test_what_is_no_console_is_not_served(
    site: Path, server: ApiServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(console_site, "FILE_BYTES_MAX", 10)
    assert ask(server, "/console/assets/index-one.js").status == 404
    assert "too long for a file of the console" in caplog.text
    monkeypatch.setattr(console_site, "FILES_MAX", 2)
    build(site, "two")
    assert ask(server, "/console/").status == 404
    assert "more than 2 files" in caplog.text


def test_the_console_is_looked_for_in_the_package_and_then_in_the_checkout(tmp_path: Path) -> None:
    package, checkout = places(None)
    assert package.parts[-3:] == ("src", "roadstead", "console_site")
    assert checkout.parts[-2:] == ("console", "dist")
    assert places(tmp_path) == (tmp_path,)
    assert find(tmp_path) is None
    assert find(build(tmp_path)) == tmp_path


def test_the_page_without_a_console_keeps_to_its_own_policy() -> None:
    from roadstead.server.console_pages import NOT_BUILT

    assert re.findall(r"<(?:script|style|link|img)|style=", NOT_BUILT) == []


def test_what_goes_wrong_is_told_and_logged(
    server: ApiServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(console_site.ConsoleSite, "file", fail)
    answer = ask(server, "/console/clusters?secret")
    assert (answer.status, "content-security-policy" in answer.headers) == (500, True)
    assert "RuntimeError: broken" in caplog.text
    assert "secret" not in caplog.text
