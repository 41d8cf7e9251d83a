"""`roadstead up`, in the background and in the foreground, prints a link that signs in, once."""

import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from house import COMMAND_SECONDS_MAX, House, until

LINK = re.compile(r"^  console    (http://127\.0\.0\.1:\d+/console/)#sign-in=(\S+)   \(good once")


def link_in(printed: str) -> re.Match[str]:
    (found,) = filter(None, map(LINK.match, printed.splitlines()))
    return found


def sign_in(house: House, token: str) -> int:
    """The HTTP status of using the token."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{house.port}/console/sign-in",
        json.dumps({"token": token}).encode(),
        {"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            assert json.loads(answer.read())["accessKeyId"].startswith("AKIA")
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def a_console(path: Path) -> Path:
    path.mkdir()
    (path / "index.html").write_text("<!doctype html><title>here</title>")
    return path


def test_what_up_prints_signs_in(unbuilt: House, tmp_path: Path) -> None:
    unbuilt._environment["ROADSTEAD_CONSOLE_DIR"] = str(a_console(tmp_path / "site"))
    words = ("--instances", "0", "--port", str(unbuilt.port))
    printed = unbuilt.roadstead("up", "--detach", *words)
    link = link_in(printed)
    with urllib.request.urlopen(link[1]) as page:
        assert b"<title>here" in page.read()
    assert [sign_in(unbuilt, link[2]) for _ in range(2)] == [200, 403]
    logs = [path.read_text(errors="replace") for path in unbuilt.path.rglob("*.log")]
    assert logs
    assert [log for log in logs if link[2] in log] == []
    unbuilt.roadstead("down")

    output = tmp_path / "foreground"
    with open(output, "wb") as file:
        up = subprocess.Popen(
            [sys.executable, "-m", "roadstead", "up", *words],
            stdout=file,
            stderr=subprocess.STDOUT,
            env=unbuilt._environment,
        )
    try:
        until(lambda: "Press Ctrl-C" in output.read_text(), "it is ready")
        assert sign_in(unbuilt, link_in(output.read_text())[2]) == 200
    finally:
        up.send_signal(signal.SIGINT)
        up.wait(COMMAND_SECONDS_MAX)


def test_up_says_when_no_console_is_built(unbuilt: House, tmp_path: Path) -> None:
    unbuilt._environment["ROADSTEAD_CONSOLE_DIR"] = str(tmp_path / "nowhere")
    words = ("--instances", "0", "--port", str(unbuilt.port))
    printed = unbuilt.roadstead("up", "--detach", *words)
    (line,) = [each for each in printed.splitlines() if each.startswith("  console    ")]
    assert "`make console`" in line
