"""A server that is killed under write load: what it acknowledged is there, nothing half there."""

import http.client
import os
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from real_server import Client, RealServer

ROUNDS = int(os.environ.get("ROADSTEAD_KILL_ROUNDS", "30"))
WRITERS = 8
CONTAINER = {"name": "app", "image": "busybox", "memory": 64, "essential": True}


@pytest.fixture
def process(tmp_path: Path) -> Iterator[RealServer]:
    server = RealServer(tmp_path / "data")
    yield server
    if server.process.poll() is None:
        server.kill()


class Writer(threading.Thread):
    """Registers revisions and tags them until the server is gone."""

    def __init__(self, server: RealServer, family: str, enough: "Enough") -> None:
        super().__init__(daemon=True)
        self.registered: list[int] = []
        self.tagged: list[int] = []
        self.refused: list[object] = []
        self._client = server.client()
        self._family = family
        self._enough = enough

    def run(self) -> None:
        try:
            while True:
                self._write()
        except (OSError, http.client.HTTPException, ValueError):
            return  # it was killed, which is the point
        finally:
            self._client.close()

    def _write(self) -> None:
        status, answer = self._client.call(
            "RegisterTaskDefinition", family=self._family, containerDefinitions=[CONTAINER]
        )
        if status != 200:
            self.refused.append(answer)
            return
        definition = answer["taskDefinition"]
        self.registered.append(definition["revision"])
        self._enough.count()
        tags = [{"key": "written", "value": str(definition["revision"])}]
        status, _ = self._client.call(
            "TagResource", resourceArn=definition["taskDefinitionArn"], tags=tags
        )
        if status == 200:
            self.tagged.append(definition["revision"])


class Enough:
    """Is reached after so many acknowledged writes."""

    def __init__(self, wanted: int) -> None:
        self._left = wanted
        self._lock = threading.Lock()
        self.reached = threading.Event()

    def count(self) -> None:
        with self._lock:
            self._left -= 1
            if self._left <= 0:
                self.reached.set()


def revisions(client: Client, family: str) -> list[int]:
    """All revisions of the family that the server knows, in order."""
    found: list[int] = []
    page: dict[str, str] = {}
    while True:
        answer = client.must("ListTaskDefinitions", familyPrefix=family, **page)
        found += [int(arn.rpartition(":")[2]) for arn in answer["taskDefinitionArns"]]
        if "nextToken" not in answer:
            return found
        page = {"nextToken": answer["nextToken"]}


def check(client: Client, family: str, writers: list[Writer]) -> None:
    acknowledged = sorted(number for writer in writers for number in writer.registered)
    kept = revisions(client, family)
    assert len(set(acknowledged)) == len(acknowledged), "a revision was given twice"
    assert set(acknowledged) <= set(kept), "an acknowledged write is missing"
    assert len(kept) - len(acknowledged) <= len(writers), "more was kept than was on its way"
    assert kept == list(range(1, len(kept) + 1)), "a write is half there"
    for number in {number for writer in writers for number in writer.tagged[-1:]}:
        described = client.must(
            "DescribeTaskDefinition", taskDefinition=f"{family}:{number}", include=["TAGS"]
        )
        assert described["tags"] == [{"key": "written", "value": str(number)}]
    following = client.must(
        "RegisterTaskDefinition", family=family, containerDefinitions=[CONTAINER]
    )
    assert following["taskDefinition"]["revision"] == len(kept) + 1, "a number is used twice"


def test_no_acknowledged_write_is_lost_when_the_server_is_killed(process: RealServer) -> None:
    random = Random(20261121)
    for number in range(ROUNDS):
        family = f"round-{number}"
        process.start()
        enough = Enough(random.randint(1, 400))
        writers = [Writer(process, family, enough) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        assert enough.reached.wait(60)
        process.kill()
        for writer in writers:
            writer.join(60)
        assert [writer.refused for writer in writers if writer.refused] == []
        process.start()
        client = process.client()
        check(client, family, writers)
        client.close()
        process.kill()


def test_a_server_that_is_told_to_stop_ends_with_status_0_and_keeps_everything(
    process: RealServer,
) -> None:
    process.start()
    client = process.client()
    client.must("CreateCluster", clusterName="kept")
    client.close()
    assert process.stop() == 0
    process.start()
    client = process.client()
    assert len(client.must("ListClusters")["clusterArns"]) == 1
    client.close()
    assert process.stop() == 0


def test_a_second_server_on_the_same_directory_says_who_has_it(process: RealServer) -> None:
    process.start()
    other = RealServer(process.data_dir)
    with pytest.raises(AssertionError, match=f"in use by process {process.process.pid}"):
        other.start()
    assert other.process.wait(30) == 1
    assert other.process.stdout is not None
    other.process.stdout.close()
    assert process.stop() == 0


def test_a_server_whose_disk_is_full_stops_with_a_plain_sentence_and_loses_nothing(
    process: RealServer,
) -> None:
    """Files may not grow beyond a limit, which is what a full disk looks like from inside."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    process.start(preexec_fn=limit)
    enough = Enough(10**9)
    writers = [Writer(process, "full", enough) for _ in range(2)]
    for writer in writers:
        writer.start()
    assert process.process.wait(60) == 1
    for writer in writers:
        writer.join(60)
    assert "What was acknowledged is safe" in process.errors.read_text()
    assert "Traceback" not in process.errors.read_text()
    assert process.process.stdout is not None
    process.process.stdout.close()
    process.start()
    client = process.client()
    check(client, "full", writers)
    client.close()
    assert process.stop() == 0
