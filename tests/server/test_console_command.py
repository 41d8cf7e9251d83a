"""`roadstead console` as a process, against a real server."""

import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import build
from real_server import KEY_ID, PATIENCE_SECONDS, SECRET, RealServer

from roadstead.cli import place

ROOT = {"ROADSTEAD_ROOT_ACCESS_KEY_ID": KEY_ID, "ROADSTEAD_ROOT_SECRET_ACCESS_KEY": SECRET}


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RealServer]:
    """A server that the command finds by its data directory; its console is built in `site`."""
    monkeypatch.setenv("ROADSTEAD_CONSOLE_DIR", str(tmp_path / "site"))
    server = RealServer(tmp_path / "data")
    server.start()
    place.write_running(place.existing(server.data_dir), server.port, "default")
    yield server
    if server.process.poll() is None:
        server.kill()


def console(server: RealServer, *options: str, **environ: str) -> Any:
    return subprocess.run(
        [
            *(sys.executable, "-m", "roadstead", "console"),
            *("--data-dir", str(server.data_dir), *options),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
        env={**os.environ, **ROOT, **environ},
    )


def signed_in(server: RealServer, token: str) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection(f"127.0.0.1:{server.port}", timeout=PATIENCE_SECONDS)
    body = json.dumps({"token": token})
    connection.request("POST", "/console/sign-in", body, {"content-type": "application/json"})
    answer = connection.getresponse()
    found = answer.status, json.loads(answer.read())
    connection.close()
    return found


def test_it_prints_a_link_that_signs_in_once(running: RealServer, tmp_path: Path) -> None:
    build(tmp_path / "site")
    done = console(running)
    assert done.returncode == 0, done.stderr
    link = re.fullmatch(
        rf"http://127\.0\.0\.1:{running.port}/console/#sign-in=(\S+)\n", done.stdout
    )
    assert link is not None, done.stdout
    key = {"accessKeyId": KEY_ID, "secretAccessKey": SECRET}
    assert signed_in(running, link[1]) == (200, key)
    assert signed_in(running, link[1])[0] == 403
    running.stop()
    assert link[1] not in running.errors.read_text()


def test_it_opens_the_link_in_a_browser(running: RealServer, tmp_path: Path) -> None:
    build(tmp_path / "site")
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    browser.chmod(0o755)
    done = console(running, "--open", BROWSER=f"{browser} %s")
    assert done.returncode == 0, done.stderr
    assert opened.read_text() == done.stdout.strip()


def test_without_a_browser_it_says_so(running: RealServer, tmp_path: Path) -> None:
    build(tmp_path / "site")
    done = console(running, "--open", BROWSER="/bin/false %s", PATH=str(tmp_path), DISPLAY="")
    assert (done.returncode, done.stdout[:7]) == (1, "http://")
    assert "Open the link in one" in done.stderr


def test_without_a_console_it_says_how_to_get_one(running: RealServer) -> None:
    done = console(running)
    assert (done.returncode, done.stdout) == (1, "")
    assert "make console" in done.stderr


def test_without_a_server_it_says_so(running: RealServer) -> None:
    running.stop()
    done = console(running)
    assert (done.returncode, done.stdout) == (4, "")
    assert "cannot be reached" in done.stderr
