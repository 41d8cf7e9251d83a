"""GET /events over HTTP: who may read, what comes, and how a stream goes on and ends."""

import asyncio
import json
import time
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from event_reader import EventReader

from api_server import ApiServer
from given import (
    a_call,
    a_cluster,
    a_service,
    a_task,
    an_instance,
    cluster_arn,
    service_arn,
    task_arn,
    tuned,
)
from roadstead.aws.sigv4 import Caller
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.rules.service_events import Announcement
from roadstead.ecs.transitions.service_events import announce
from roadstead.ecs.views.event_filter import EventFilter
from roadstead.server import control_plane, event_streams, sse
from roadstead.server.event_query import EventQuery
from roadstead.state.records import Record
from roadstead.state.view import Tx
from roadstead.store.log import LogError
from roadstead.store.memory import MemoryLog

Message = MutableMapping[str, Any]


@pytest.fixture
def readers(server: ApiServer) -> Iterator["Readers"]:
    """Readers of the server; all are closed in the end."""
    readers = Readers(server)
    yield readers
    readers.close()


class Readers:
    def __init__(self, server: ApiServer) -> None:
        self._server = server
        self._open: list[EventReader] = []

    def __call__(self, query: str = "", **options: Any) -> EventReader:
        options = {"key": self._server.ROOT, **options}
        reader = EventReader(self._server.endpoint, query=query, **options)
        self._open.append(reader)
        return reader

    def close(self) -> None:
        for reader in self._open:
            reader.close()


def put(server: ApiServer, table: Any, *records: Record) -> None:
    server.update(lambda tx: [tx.put(table, each) for each in records])


def put_tasks(server: ApiServer, *numbers: int, **fields: Any) -> None:
    """One commit a task; they have just STOPPED, so that nobody does anything to them."""
    now = server.clock.now()
    for number in numbers:
        put(server, TASKS, a_task(number, last_status="STOPPED", stopped_at=now, **fields))


def tasks_of(reader: EventReader) -> list[tuple[int, str]]:
    """(number, last part of the task's ARN) of all events until the end."""
    return [
        (int(each.number), json.loads(each.data)["resources"][0][-1])
        for each in reader.all()
        if each.kind.startswith("ECS ")
    ]


def test_what_is_kept_comes_and_then_the_end(server: ApiServer, readers: Readers) -> None:
    put_tasks(server, 1, 2)
    reader = readers("follow=false")
    assert reader.response.headers["content-type"] == "text/event-stream; charset=utf-8"
    first, second, end = reader.all()
    assert (first.number, first.kind) == ("1", "ECS Task State Change")
    assert json.loads(first.data)["resources"] == [task_arn(1)]
    assert json.loads(second.data)["id"].endswith(f"{2:012x}")
    assert (end.kind, json.loads(end.data)) == (
        "end",
        {"reason": "These are all events that are kept."},
    )


def test_what_happens_comes_to_who_follows(server: ApiServer, readers: Readers) -> None:
    put_tasks(server, 1)
    reader = readers()
    assert reader.event()[0] == 1
    put_tasks(server, 2)
    number, event = reader.event()
    assert (number, event["resources"]) == (2, [task_arn(2)])


def test_a_reader_goes_on_where_it_ended(server: ApiServer, readers: Readers) -> None:
    put_tasks(server, 1, 2, 3)
    assert readers("after=1").event()[0] == 2
    assert readers(headers={"last-event-id": "2"}).event()[0] == 3
    assert tasks_of(readers("after=3&follow=false")) == []


def test_a_reader_with_the_position_of_another_state_begins_anew(
    server: ApiServer, readers: Readers
) -> None:
    put_tasks(server, 1, 2)
    assert tasks_of(readers("after=700&follow=false")) == [(1, "1"), (2, "2")]


def test_a_reader_hears_how_much_it_missed(server: ApiServer, readers: Readers) -> None:
    server.on_loop(lambda: server.plane.set_tuning(tuned(events_kept_max=2)))
    put_tasks(server, 1, 2, 3, 4, 5)
    reader = readers("after=1")
    missed = next(each for each in iter(reader.next, None) if each.kind)
    assert (missed.kind, json.loads(missed.data)) == ("missed", {"missed": 2})
    assert reader.event()[0] == 4


def test_how_far_back_is_asked_in_seconds(server: ApiServer, readers: Readers) -> None:
    put_tasks(server, 1)
    server.advance(600)
    put_tasks(server, 2)
    now = server.clock.now()
    assert tasks_of(readers("since=60&follow=false", now=now)) == [(2, "2")]
    assert tasks_of(readers("since=1000&follow=false", now=now)) == [(1, "1"), (2, "2")]
    assert tasks_of(readers("since=0&follow=false", now=now)) == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("type=task", [3, 4]),
        ("type=ECS%20Task%20State%20Change&type=service", [3, 4, 5]),
        ("type=container-instance", [2]),
        ("type=deployment", [1]),
        ("type=hook", []),
        ("cluster=default", [1, 2, 3, 4, 5]),
        (f"cluster={cluster_arn('other')}", []),
        ("service=web", [1, 3, 5]),
        (f"service={service_arn()}", [1, 3, 5]),
        (f"task={2:032x}", [4]),
        (f"task={task_arn(1)}&service=web", [3]),
        (f"task={task_arn(2)}&service=web", []),
    ],
)
def test_a_reader_gets_what_it_asks_for(
    server: ApiServer, readers: Readers, query: str, told: list[int]
) -> None:
    put(server, CLUSTERS, a_cluster())
    put(server, SERVICES, a_service(status="INACTIVE", deleted_at=server.clock.now()))
    put(server, CONTAINER_INSTANCES, an_instance(1, agent_connected=False))
    put_tasks(server, 1, service="web")
    put_tasks(server, 2)
    said = Announcement("(service web) is here.", "SERVICE_STEADY_STATE")
    server.update(lambda tx: announce(tx, a_call(), tx.must(SERVICES, service_arn()), said))
    messages = readers(f"{query}&follow=false").all()
    assert [int(each.number) for each in messages if each.kind != "end"] == told


def test_a_reader_hears_of_its_own_region_only(server: ApiServer, readers: Readers) -> None:
    put_tasks(server, 1)
    assert tasks_of(readers("follow=false", region="eu-west-1")) == []


def test_an_unsigned_reader_is_refused(readers: Readers) -> None:
    assert readers(key=None).refusal() == (400, "MissingAuthenticationTokenException")


def test_only_the_root_key_may_read(server: ApiServer, readers: Readers) -> None:
    for key in (server.HOST, server.INSTANCE):
        assert readers(key=key).refusal() == (400, "AccessDeniedException")


def test_a_signature_for_another_service_is_refused(readers: Readers) -> None:
    status, code = readers(service="ecs").refusal()
    assert (status, code) == (400, "InvalidSignatureException")


@pytest.mark.parametrize(
    "query",
    ["type=pod", "after=-1", "after=x", "since=9999999999", "follow=maybe", "colour=red"],
)
def test_a_question_that_makes_no_sense_is_refused(readers: Readers, query: str) -> None:
    assert readers(query).refusal() == (400, "ValidationException")


def test_events_are_not_posted(readers: Readers) -> None:
    assert readers(method="POST").refusal() == (400, "ValidationException")


def test_there_are_only_so_many_streams(
    server: ApiServer, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "STREAMS_MAX", 2)
    first, _ = readers(), readers()
    assert readers().refusal() == (429, "ThrottlingException")
    first.close()
    while server.plane.event_streams.open_streams == 2:
        put_tasks(server, 1)
    assert readers().status == 200


def test_a_quiet_stream_shows_signs_of_life_and_how_far_it_is(
    server: ApiServer, readers: Readers
) -> None:
    put_tasks(server, 1)
    reader = readers("type=hook")
    reader.next()
    server.advance(16)
    assert reader.next().number == "1"


def test_a_stream_ends_when_the_server_stops() -> None:
    server = ApiServer()
    server.start()
    reader = EventReader(server.endpoint, server.ROOT)
    reader.next()
    server.stop()
    (end,) = reader.all()
    assert json.loads(end.data) == {
        "reason": "The control plane is stopping; connect again to go on."
    }
    reader.close()


def test_a_stream_survives_that_the_state_is_replaced(server: ApiServer, readers: Readers) -> None:
    put_tasks(server, 1)
    reader = readers()
    assert reader.event()[0] == 1

    def swap() -> None:
        store = server.plane.store
        view = store.view
        copy = MemoryLog()
        batch = {(t.name, r.arn): (t, r) for t in view.schema.tables for r in view.all(t)}
        appending = copy.append(batch)
        with pytest.raises(StopIteration):
            appending.send(None)
        store.swap(copy.load(view.schema))

    server.settle()
    server.on_loop(swap)
    put_tasks(server, 2)
    assert reader.event()[0] == 2


def test_nothing_leaves_before_it_is_durable() -> None:
    """The log takes the first batches and then waits; the reader waits with it."""
    permits = asyncio.Semaphore(0)
    is_waiting = False

    async def wait() -> None:
        if is_waiting:
            await permits.acquire()

    server = ApiServer(MemoryLog(before_append=wait))
    server.start()
    put_tasks(server, 1)
    reader = EventReader(server.endpoint, server.ROOT)
    assert reader.event()[0] == 1
    is_waiting = True
    put_tasks(server, 2)
    assert server.plane.store.view.size(TASKS) == 2
    other = EventReader(server.endpoint, server.ROOT, "follow=false")
    assert tasks_of(other) == [(1, "1")]
    other.close()
    server.on_loop(permits.release)
    is_waiting = False
    assert reader.event()[0] == 2
    reader.close()
    server.stop()


def test_a_reader_that_reads_nothing_does_not_keep_the_server_from_stopping(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(control_plane, "STOP_SECONDS_MAX", 0.2)
    monkeypatch.setattr(sse, "LAST_WORDS_SECONDS_MAX", 0.1)
    server = ApiServer()
    server.start()
    now = server.clock.now()
    tasks = [a_task(each, last_status="STOPPED", stopped_at=now) for each in range(6000)]
    put(server, TASKS, *tasks)
    reads: list[int] = []
    read = server.plane.feed.read
    monkeypatch.setattr(
        server.plane.feed, "read", lambda *asked: reads.append(asked[0]) or read(*asked)
    )
    reader = EventReader(server.endpoint, server.ROOT)
    seen = -1
    while not reads or seen < len(reads):  # until what lies between takes no more
        seen = len(reads)
        time.sleep(0.5)
    began = time.monotonic()
    server.stop()
    reader.close()
    assert time.monotonic() - began < 10
    assert "left behind" in caplog.text


class SlowReader:
    """The ASGI side of a reader that takes one message and then waits until it is let go on."""

    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.may_go_on = asyncio.Event()

    async def receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: Message) -> None:
        self.taken.append(message)
        if len(self.taken) > 2:
            await self.may_go_on.wait()

    @property
    def text(self) -> str:
        return b"".join(each.get("body", b"") for each in self.taken).decode()


def streaming(server: ApiServer, reader: SlowReader) -> Any:
    """A stream to this reader, on the server's loop."""
    plane = server.plane
    caller = Caller("AKIAROOT", "123456789012", "us-east-1", "roadstead", "root")
    query = EventQuery(EventFilter(), None, None, follow=True)
    connection = sse.Connection(plane.dispatcher._keys, caller, reader.send)
    stream = event_streams.Stream(plane.feed, plane.clock, query, connection)
    return asyncio.run_coroutine_threadsafe(stream.serve(reader.receive), server._loop)


def test_a_reader_that_falls_behind_is_told_so_and_dropped(server: ApiServer) -> None:
    server.on_loop(lambda: server.plane.set_tuning(tuned(events_kept_max=3)))
    reader = SlowReader()
    put_tasks(server, 1)
    serving = streaming(server, reader)
    while len(reader.taken) < 3:
        server.settle()
    put_tasks(server, *range(2, 12))
    server.on_loop(reader.may_go_on.set)
    serving.result(20)
    assert "id: 1\n" in reader.text
    end = reader.text.rpartition("event: end\ndata: ")[2]
    assert json.loads(end) == {
        "reason": "7 events were removed before you read them; connect again to go on with the "
        "oldest that is kept.",
        "missed": 7,
    }


def test_a_reader_that_takes_nothing_is_dropped(
    server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "SEND_SECONDS_MAX", 0.05)
    reader = SlowReader()
    put_tasks(server, 1)
    streaming(server, reader).result(20)
    assert len(reader.taken) == 3


def test_a_store_that_fails_sends_nothing_of_what_was_not_kept() -> None:
    is_full = False

    async def full() -> None:
        if is_full:
            raise LogError("the disk is full")

    server = ApiServer(MemoryLog(before_append=full))
    server.start()
    put_tasks(server, 1)
    reader = EventReader(server.endpoint, server.ROOT)
    assert reader.event()[0] == 1
    is_full = True
    put_tasks(server, 2)
    server._thread.join(20)
    assert [each for each in reader.all() if each.kind.startswith("ECS ")] == []
    reader.close()


def test_what_cannot_be_told_does_not_hold_up_the_rest(
    server: ApiServer, readers: Readers, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(tx: Tx) -> None:
        tx.put(
            TASKS,
            a_task(
                1,
                last_status="STOPPED",
                overrides={"containerOverrides": [{}]},
                stopped_at=server.clock.now(),
            ),
        )

    server.update(broken)
    put_tasks(server, 2)
    assert tasks_of(readers("follow=false")) == [(2, "2")]
    assert "event 1 cannot be told" in caplog.text
