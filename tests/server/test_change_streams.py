"""GET /changes over HTTP: who may read, what is told of a commit, and of many."""

import asyncio
import json
import time
from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from event_reader import EventReader

from api_server import ApiServer, connect
from given import a_cluster, a_task, cluster_arn, task_arn
from roadstead.aws.sigv4 import Caller
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.task import TASKS
from roadstead.server import change_streams, sse
from roadstead.store.memory import MemoryLog

Told = set[tuple[str, str]]
LATE_MESSAGES_MAX = 20


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
        """One that is open, or refused."""
        options = {"key": self._server.ROOT, **options}
        reader = EventReader(self._server.endpoint, query=query, path="/changes", **options)
        self._open.append(reader)
        if reader.status == 200:
            assert reader.next().kind == "", "the greeting"
        return reader

    def close(self) -> None:
        for reader in self._open:
            reader.close()


def told(reader: EventReader) -> Told:
    """(kind, last part of the ARN) of all that the next message tells."""
    message = reader.next()
    assert message.kind == "change", message
    changes = json.loads(message.data)["changes"]
    return {(each["kind"], each["arn"].rpartition("/")[2]) for each in changes}


def until(reader: EventReader, wanted: Told) -> Told:
    """All that is told until everything that is wanted was."""
    heard: Told = set()
    for _ in range(LATE_MESSAGES_MAX):
        heard |= told(reader)
        if wanted <= heard:
            return heard
    raise AssertionError(f"{wanted - heard} never came, but {heard}")


def put_tasks(server: ApiServer, *numbers: int, **fields: Any) -> None:
    """One commit a task; they have just STOPPED, so that nobody does anything to them."""
    now = server.clock.now()
    for number in numbers:
        task = a_task(number, last_status="STOPPED", stopped_at=now, **fields)
        server.update(lambda tx, task=task: tx.put(TASKS, task))


def test_a_task_that_is_run_is_told_with_what_counts_it(
    server: ApiServer, readers: Readers
) -> None:
    ecs = server.client()
    ecs.create_cluster(clusterName="default")
    instance = ecs.register_container_instance(
        cluster="default",
        instanceIdentityDocument=json.dumps({"instanceId": "i-1"}),
        totalResources=[
            {"name": "CPU", "type": "INTEGER", "integerValue": 1024},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 1024},
        ],
    )["containerInstance"]["containerInstanceArn"]
    server.update(lambda tx: connect(tx, instance))
    ecs.register_task_definition(
        family="web", containerDefinitions=[{"name": "app", "image": "x", "memory": 64}]
    )
    server.settle()
    reader = readers()
    assert reader.response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert reader.response.headers["cache-control"] == "no-store"
    task = ecs.run_task(cluster="default", taskDefinition="web")["tasks"][0]
    id_of = task["taskArn"].rpartition("/")[2]
    heard = until(
        reader,
        {
            ("task", id_of),
            ("cluster", "default"),
            ("container-instance", instance.rpartition("/")[2]),
        },
    )
    assert len(heard) == 3


def test_a_change_is_told_as_kind_arn_and_cluster(server: ApiServer, readers: Readers) -> None:
    reader = readers()
    put_tasks(server, 1, container_instance_arn="")
    assert json.loads(reader.next().data) == {
        "changes": [
            {"kind": "task", "arn": task_arn(1), "cluster": cluster_arn()},
            {"kind": "cluster", "arn": cluster_arn()},
        ]
    }


def test_a_task_definition_that_is_deregistered_is_told_with_its_family(
    server: ApiServer, readers: Readers
) -> None:
    ecs = server.client()
    ecs.register_task_definition(
        family="web", containerDefinitions=[{"name": "app", "image": "x", "memory": 64}]
    )
    reader = readers()
    ecs.deregister_task_definition(taskDefinition="web:1")
    assert told(reader) == {("task-definition", "web:1"), ("family", "web")}


def test_a_target_group_and_its_targets_are_told(server: ApiServer, readers: Readers) -> None:
    elb = server.client("elbv2")
    vpc = server.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    reader = readers()
    group = elb.create_target_group(
        Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    last = group.rpartition("/")[2]
    assert until(reader, {("target-group", last)}) == {("target-group", last)}
    elb.modify_target_group(TargetGroupArn=group, HealthCheckPath="/up")
    assert until(reader, {("target-group", last)}) == {("target-group", last)}
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "172.31.0.9", "Port": 80}])
    assert until(reader, {("target", last)}) <= {("target", last), ("target-group", last)}
    elb.add_tags(ResourceArns=[group], Tags=[{"Key": "a", "Value": "b"}])
    assert ("target-group", last) in until(reader, {("target-group", last)})


def test_another_regions_changes_are_not_told(server: ApiServer, readers: Readers) -> None:
    here, there = readers(), readers(region="eu-west-1")
    server.client(region="eu-west-1").create_cluster(clusterName="theirs")
    server.client().create_cluster(clusterName="ours")
    assert told(here) == {("cluster", "ours")}
    assert told(there) == {("cluster", "theirs")}


def test_a_burst_is_one_message(
    server: ApiServer, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_streams, "GATHER_SECONDS", 1.0)
    reader = readers()
    put_tasks(server, 1, 2, 3)
    put_tasks(server, 1, 2, 3, health_status="HEALTHY")
    heard = [each["arn"] for each in json.loads(reader.next().data)["changes"]]
    assert len(heard) == len(set(heard))
    assert {task_arn(1), task_arn(2), task_arn(3)} <= set(heard)


def test_of_too_much_only_that_it_is_too_much_is_told(
    server: ApiServer, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_streams, "NOUNS_MAX", 3)
    reader = readers()
    now = server.clock.now()
    server.update(
        lambda tx: [
            tx.put(TASKS, a_task(each, last_status="STOPPED", stopped_at=now)) for each in range(9)
        ]
    )
    message = reader.next()
    assert (message.kind, json.loads(message.data)) == ("change", {"everything": True})
    put_tasks(server, 20, container_instance_arn="")
    assert told(reader) == {("task", task_arn(20).rpartition("/")[2]), ("cluster", "default")}


def test_a_state_that_was_replaced_is_everything(server: ApiServer, readers: Readers) -> None:
    reader = readers()

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
    assert json.loads(reader.next().data) == {"everything": True}


def test_a_commit_without_readers_is_not_looked_at(
    server: ApiServer, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    monkeypatch.setattr(change_streams, "changed", lambda each: looked.append(each) or ())
    put_tasks(server, 1)
    server.settle()
    assert looked == []
    readers()
    put_tasks(server, 2)
    server.settle()
    assert looked != []


def test_an_unsigned_reader_is_refused(readers: Readers) -> None:
    assert readers(key=None).refusal() == (400, "MissingAuthenticationTokenException")


def test_only_the_root_key_may_read(server: ApiServer, readers: Readers) -> None:
    for key in (server.HOST, server.INSTANCE):
        assert readers(key=key).refusal() == (400, "AccessDeniedException")


def test_a_signature_for_another_service_is_refused(readers: Readers) -> None:
    assert readers(service="ecs").refusal() == (400, "InvalidSignatureException")


def test_changes_are_read_with_get_and_without_parameters(readers: Readers) -> None:
    assert readers(method="POST").refusal() == (400, "ValidationException")
    assert readers("after=1").refusal() == (400, "ValidationException")


def test_there_are_only_so_many_streams(
    server: ApiServer, readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "STREAMS_MAX", 2)
    first, _ = readers(), readers()
    assert readers().refusal() == (429, "ThrottlingException")
    first.close()
    while server.plane.change_streams.open_streams == 2:
        put_tasks(server, 1)
    assert readers().status == 200


def test_a_quiet_stream_shows_signs_of_life(server: ApiServer, readers: Readers) -> None:
    reader = readers()
    server.settle()
    server.advance(16)
    assert reader.next().kind == ""
    put_tasks(server, 1)
    assert ("task", task_arn(1).rpartition("/")[2]) in told(reader)


def test_a_stream_ends_when_the_server_stops() -> None:
    server = ApiServer()
    server.start()
    reader = EventReader(server.endpoint, server.ROOT, path="/changes")
    reader.next()
    server.stop()
    (end,) = reader.all()
    assert json.loads(end.data) == {
        "reason": "The control plane is stopping; connect again to go on."
    }
    reader.close()


def test_nothing_is_told_before_it_is_durable() -> None:
    """The log takes the first batches and then waits; the reader waits with it."""
    permits = asyncio.Semaphore(0)
    is_waiting = False

    async def wait() -> None:
        if is_waiting:
            await permits.acquire()

    server = ApiServer(MemoryLog(before_append=wait))
    server.start()
    reader = EventReader(server.endpoint, server.ROOT, path="/changes")
    reader.next()
    server.settle()
    is_waiting = True
    server.update(lambda tx: tx.put(CLUSTERS, a_cluster("late")))
    server.advance(16)
    assert reader.next().kind == "", "only a sign of life"
    is_waiting = False
    server.on_loop(permits.release)
    assert told(reader) == {("cluster", "late")}
    reader.close()
    server.stop()


class SlowReader:
    """The ASGI side of a reader that takes the greeting and then waits until it is let go on."""

    def __init__(self) -> None:
        self.taken: list[MutableMapping[str, Any]] = []
        self.may_go_on = asyncio.Event()

    async def receive(self) -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.taken.append(message)
        if len(self.taken) > 2:
            await self.may_go_on.wait()

    def heard(self) -> list[list[str]]:
        bodies = [each.get("body", b"") for each in self.taken]
        data = [each.split(b"data: ")[1] for each in bodies if b"event: change" in each]
        return [[one["arn"] for one in json.loads(each)["changes"]] for each in data]


def streaming(server: ApiServer, reader: SlowReader) -> Any:
    """A stream to this reader, on the server's loop."""
    plane = server.plane
    caller = Caller("AKIAROOT", "123456789012", "us-east-1", "roadstead", "root")

    async def serve() -> None:
        connection = sse.Connection(plane.dispatcher._keys, caller, reader.send)
        stream = change_streams.ChangeStream(plane.clock, connection)
        plane.change_streams._streams[stream] = None
        try:
            await stream.serve(reader.receive)
        finally:
            del plane.change_streams._streams[stream]

    return asyncio.run_coroutine_threadsafe(serve(), server._loop)


def wait_for(is_true: Any) -> None:
    deadline = time.monotonic() + 20
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_changes_while_a_reader_does_not_take_is_told_once(server: ApiServer) -> None:
    reader = SlowReader()
    serving = streaming(server, reader)
    wait_for(lambda: len(reader.taken) == 2)
    put_tasks(server, 1, container_instance_arn="")
    wait_for(lambda: len(reader.taken) == 3)
    for health in ("HEALTHY", "UNHEALTHY", "HEALTHY"):
        put_tasks(server, 1, 2, container_instance_arn="", health_status=health)
    server.on_loop(reader.may_go_on.set)
    wait_for(lambda: len(reader.taken) == 4)
    assert [sorted(each) for each in reader.heard()] == [
        sorted([cluster_arn(), task_arn(1)]),
        sorted([cluster_arn(), task_arn(1), task_arn(2)]),
    ]
    server.on_loop(server.plane.change_streams.stop)
    serving.result(20)


def test_a_reader_that_takes_nothing_is_dropped(
    server: ApiServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "SEND_SECONDS_MAX", 0.05)
    reader = SlowReader()
    serving = streaming(server, reader)
    wait_for(lambda: len(reader.taken) == 2)
    put_tasks(server, 1)
    serving.result(20)
    assert len(reader.taken) == 3
