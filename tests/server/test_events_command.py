"""`roadstead events` as a process, against a real server."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from real_server import KEY_ID, PATIENCE_SECONDS, SECRET, RealServer

from roadstead.cli import place

ROOT = {"ROADSTEAD_ROOT_ACCESS_KEY_ID": KEY_ID, "ROADSTEAD_ROOT_SECRET_ACCESS_KEY": SECRET}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RealServer]:
    """A server that the command finds by its data directory."""
    server = RealServer(tmp_path / "data")
    server.start()
    place.write_running(place.existing(server.data_dir), server.port, "default")
    yield server
    if server.process.poll() is None:
        server.kill()


def register(server: RealServer, number: int) -> str:
    """A new container instance is one event; its id."""
    client = server.client()
    client.must("CreateCluster", clusterName="default")
    answer = client.must(
        "RegisterContainerInstance",
        cluster="default",
        instanceIdentityDocument=json.dumps({"instanceId": f"i-{number:017x}"}),
        totalResources=[{"name": "CPU", "type": "INTEGER", "integerValue": 1024}],
    )
    client.close()
    return str(answer["containerInstance"]["containerInstanceArn"].rpartition("/")[2])


def words(server: RealServer, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "roadstead", "events"),
        *("--data-dir", str(server.data_dir), *options),
    ]


def events(server: RealServer, *options: str, status: int = 0) -> Any:
    done = subprocess.run(
        words(server, *options),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
        env={**os.environ, **ROOT},
    )
    assert done.returncode == status, done.stderr
    return done


def test_it_prints_a_line_for_each_event_that_is_kept(running: RealServer) -> None:
    ids = [register(running, number) for number in (1, 2)]
    lines = events(running).stdout.splitlines()
    assert [line.split("  ")[1] for line in lines] == [f"container instance {each}" for each in ids]
    assert lines[0].endswith("ACTIVE  agent not connected  0 running, 0 pending  CPU 1024 left")
    assert events(running, "--type", "task").stdout == ""
    assert len(events(running, "--since", "1h", "--cluster", "default").stdout.splitlines()) == 2


def test_json_is_one_event_a_line(running: RealServer) -> None:
    register(running, 1)
    (line,) = events(running, "--json").stdout.splitlines()
    assert json.loads(line)["detail-type"] == "ECS Container Instance State Change"


def test_what_makes_no_sense_is_told(running: RealServer) -> None:
    assert (
        "There is no type 'pod'; there are container-instance, deployment, hook, service, task."
        in (events(running, "--type", "pod", status=1).stderr)
    )
    assert "Say it as 30s, 10m, 2h or 1d." in events(running, "--since", "x", status=2).stderr


def test_without_a_server_it_says_so(running: RealServer) -> None:
    running.stop()
    assert "cannot be reached" in events(running, "--follow", status=4).stderr


def test_who_follows_misses_nothing_while_the_server_restarts(running: RealServer) -> None:
    register(running, 1)
    following = subprocess.Popen(
        words(running, "--follow", "--json", "--since", "1h"),
        stdout=subprocess.PIPE,
        env={**os.environ, **ROOT},
    )
    try:
        assert number(following) == 1
        register(running, 2)
        assert number(following) == 2
        running.kill()
        running.start()
        register(running, 3)
        assert number(following) == 3
    finally:
        following.kill()
        following.wait()
        assert following.stdout is not None
        following.stdout.close()


def number(following: "subprocess.Popen[bytes]") -> int:
    """The number of the next event that it prints."""
    assert following.stdout is not None
    ready, _, _ = select.select([following.stdout], [], [], PATIENCE_SECONDS)
    assert ready, "no event came"
    return int(json.loads(following.stdout.readline())["id"][-12:], 16)
