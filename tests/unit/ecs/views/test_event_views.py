"""Events of tasks and container instances as the world reads them: whole, and for every cause."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from given import (
    ACCOUNT,
    NOW,
    REGION,
    a_call,
    a_cluster,
    a_container,
    a_task,
    a_task_definition,
    an_instance,
    cluster_arn,
    definition_arn,
    deployment_id,
    given,
    instance_arn,
    later,
    task_arn,
)
from publishing import all_published, names, published
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS, TaskInterface
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.transitions.container_instances import (
    agent_connected,
    agent_disconnected,
    deregister_instance,
    set_status,
)
from roadstead.ecs.transitions.task_reports import ContainerReport, TaskReport, report_task
from roadstead.ecs.transitions.tasks import start_task, stop_task
from roadstead.ecs.views.container_instance import container_instance_view
from roadstead.ecs.views.task import task_view
from roadstead.state.view import View

VERSIONS = {"agent_version": "1.105.1", "agent_hash": "a8b3e7d3", "docker_version": "20.10.24"}
RESOURCES = (
    {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
    {"name": "MEMORY", "type": "INTEGER", "integerValue": 4096},
    {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22"]},
)


def start(view: View) -> list[dict[str, Any]]:
    """A task begins on instance 1."""
    return published(
        view,
        lambda tx: start_task(
            tx,
            a_call(),
            cluster=a_cluster(),
            definition=a_task_definition(),
            instance=view.must(CONTAINER_INSTANCES, instance_arn()),
            group="family:web",
        ),
    )


def report(view: View, arn: str, status: str, **container: Any) -> list[dict[str, Any]]:
    """Its agent says so of the task and of its container."""
    news = TaskReport(
        status=status, containers=(ContainerReport(name="app", status=status, **container),)
    )
    return published(view, lambda tx: report_task(tx, a_call(), tx.must(TASKS, arn), news))


def test_a_task_event_is_whole() -> None:
    task = a_task(
        1,
        service="web",
        last_status="STOPPED",
        stop_code="EssentialContainerExited",
        stopped_reason="Essential container in task exited",
        stopping_at=NOW - timedelta(seconds=61, microseconds=1),
        cpu="128",
        memory="64",
        attributes={"ecs.cpu-architecture": "x86_64"},
        containers=(
            a_container(
                arn="c-1", last_status="STOPPED", exit_code=137, reason="OutOfMemoryError", cpu="1"
            ),
        ),
    )
    (event,) = published(given(an_instance(1)), lambda tx: tx.put(TASKS, task))
    assert event == {
        "version": "0",
        "id": "6513270e-269e-4d37-a2a7-000000000001",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": "2026-03-01T12:00:00Z",
        "region": REGION,
        "resources": [task_arn(1)],
        "detail": {
            "taskArn": task_arn(1),
            "clusterArn": cluster_arn(),
            "taskDefinitionArn": definition_arn(),
            "containerInstanceArn": instance_arn(1),
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "group": "service:web",
            "startedBy": deployment_id(1),
            "launchType": "EC2",
            "cpu": "128",
            "memory": "64",
            "containers": [
                {
                    "containerArn": "c-1",
                    "taskArn": task_arn(1),
                    "name": "app",
                    "image": "busybox:latest",
                    "lastStatus": "STOPPED",
                    "networkInterfaces": [],
                    "networkBindings": [],
                    "healthStatus": "UNKNOWN",
                    "cpu": "1",
                    "exitCode": 137,
                    "reason": "OutOfMemoryError",
                }
            ],
            "overrides": {
                "containerOverrides": [{"name": "app"}],
                "inferenceAcceleratorOverrides": [],
            },
            "attachments": [],
            "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
            "availabilityZone": "us-east-1a",
            "connectivity": "CONNECTED",
            "createdAt": "2026-03-01T11:45:00.000Z",
            "healthStatus": "UNKNOWN",
            "enableExecuteCommand": False,
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "stoppingAt": "2026-03-01T11:58:58.999Z",
            "stoppedAt": "2026-03-01T11:59:00.000Z",
            "updatedAt": "2026-03-01T12:00:00.000Z",
            "version": 1,
        },
    }


def test_detail_mirrors_describe() -> None:
    instance = an_instance(1, resources=RESOURCES)
    view = given(instance)
    task, machine = start(view)
    stored = next(iter(view.all(TASKS)))
    described = task_view(view, stored)
    assert without_times(task["detail"]) == without_times({**described, "updatedAt": None})
    described = container_instance_view(view, view.must(CONTAINER_INSTANCES, instance.arn))
    described["clusterArn"] = cluster_arn()
    assert without_times(machine["detail"]) == without_times({**described, "updatedAt": None})


def without_times(shown: dict[str, Any]) -> dict[str, Any]:
    """Without tags, which are no part of events, and with times only as something that is there."""
    return {
        name: "a time" if name.endswith("At") else msgspec.to_builtins(value)
        for name, value in shown.items()
        if name != "tags"
    }


def test_a_container_instance_event_is_whole() -> None:
    view = given(an_instance(1, resources=RESOURCES, custom_attributes={"stack": "prod"}))
    _, event = start(view)
    assert event == {
        "version": "0",
        "id": "6513270e-269e-4d37-a2a7-000000000002",
        "detail-type": "ECS Container Instance State Change",
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": "2026-03-01T12:00:00Z",
        "region": REGION,
        "resources": [instance_arn(1)],
        "detail": {
            "agentConnected": True,
            "attachments": [],
            "attributes": [
                {"name": "ecs.availability-zone", "value": "us-east-1a"},
                {"name": "ecs.instance-type", "value": "t3.medium"},
                {"name": "ecs.os-type", "value": "linux"},
                {"name": "ecs.cpu-architecture", "value": "x86_64"},
                {"name": "stack", "value": "prod"},
            ],
            "clusterArn": cluster_arn(),
            "containerInstanceArn": instance_arn(1),
            "ec2InstanceId": "i-00000000000000001",
            "registeredResources": [resource("CPU", 2048), resource("MEMORY", 4096), ports("22")],
            "remainingResources": [
                resource("CPU", 1920),
                resource("MEMORY", 4032),
                ports("22", "2375", "2376", "51678", "51679"),
            ],
            "status": "ACTIVE",
            "version": 1,
            "versionInfo": {"agentVersion": "1.90.0", "dockerVersion": "DockerVersion: 25.0.0"},
            "runningTasksCount": 1,
            "pendingTasksCount": 1,
            "registeredAt": "2026-03-01T10:00:00.000Z",
            "updatedAt": "2026-03-01T12:00:00.000Z",
        },
    }


def resource(name: str, value: int) -> dict[str, Any]:
    numbers = {"doubleValue": 0.0, "longValue": 0, "integerValue": value}
    return {"name": name, "type": "INTEGER", **numbers}


def ports(*taken: str) -> dict[str, Any]:
    numbers = {"doubleValue": 0.0, "longValue": 0, "integerValue": 0}
    return {"name": "PORTS", "type": "STRINGSET", **numbers, "stringSetValue": list(taken)}


def test_one_event_per_transition() -> None:
    view = given(an_instance(1))
    begun = start(view)
    arn = begun[0]["detail"]["taskArn"]
    story = [
        begun,
        report(view, arn, "RUNNING"),
        published(
            view, lambda tx: stop_task(tx, a_call(), tx.must(TASKS, arn), reason="r", stop_code="c")
        ),
        report(view, arn, "STOPPED", exit_code=0),
    ]
    assert [names(each) for each in story] == [
        ["Task", "Container Instance"],
        ["Task"],
        ["Task", "Container Instance"],
        ["Task"],
    ]
    details = [each[0]["detail"] for each in story]
    assert [(each["lastStatus"], each["desiredStatus"]) for each in details] == [
        ("PENDING", "RUNNING"),
        ("RUNNING", "RUNNING"),
        ("RUNNING", "STOPPED"),
        ("STOPPED", "STOPPED"),
    ]


def test_version_allows_ordering() -> None:
    view = given(an_instance(1))
    arn = start(view)[0]["detail"]["taskArn"]
    report(view, arn, "RUNNING")
    report(view, arn, "STOPPED", exit_code=1)
    told = [each["detail"]["version"] for each in all_published(view) if arn in each["resources"]]
    assert told == [1, 2, 3]
    assert view.must(TASKS, arn).version == 3
    before = view.must(CONTAINER_INSTANCES, instance_arn())
    (drained,) = published(view, lambda tx: set_status(tx, before, "DRAINING"))
    assert drained["detail"]["version"] == before.version + 1


def test_event_on_connect_and_disconnect() -> None:
    view = given(an_instance(1, agent_connected=False, connections=0, **VERSIONS))
    arn = instance_arn()
    connect = published(view, lambda tx: agent_connected(tx, a_call(), arn, **VERSIONS))
    again = published(view, lambda tx: agent_connected(tx, a_call(), arn, **VERSIONS))
    replaced = published(view, lambda tx: agent_disconnected(tx, a_call(), arn, 1))
    gone = published(view, lambda tx: agent_disconnected(tx, a_call(), arn, 2))
    assert [[each["detail"]["agentConnected"] for each in told] for told in (connect, gone)] == [
        [True],
        [False],
    ]
    assert again == replaced == []


def test_deregister_event() -> None:
    view = given(an_instance(1), a_task(1), a_task(2), a_task(3, instance=2))
    events = published(
        view,
        lambda tx: deregister_instance(tx, a_call(), tx.must(CONTAINER_INSTANCES, instance_arn())),
    )
    assert names(events) == ["Task", "Task", "Container Instance"]
    assert [each["resources"] for each in events] == [
        [task_arn(1)],
        [task_arn(2)],
        [instance_arn(1)],
    ]
    assert {each["detail"]["lastStatus"] for each in events[:2]} == {"STOPPED"}
    assert events[2]["detail"]["status"] == "INACTIVE"


@pytest.mark.parametrize(
    "news",
    [
        {"status": "DRAINING"},
        {"agent_connected": False},
        {"agent_version": "1.91.0"},
        {"agent_update_status": "PENDING"},
        {"attributes": {"ecs.os-type": "linux", "a": None}},
        {"custom_attributes": {"stack": "prod"}},
        {"cpu_units": 4096},
        {"health": {"CONTAINER_RUNTIME": {"status": "IMPAIRED"}}},
    ],
    ids=lambda news: next(iter(news)),
)
def test_every_cause_of_a_container_instance_is_one_event(news: dict[str, Any]) -> None:
    view = given(an_instance(1))
    events = published(view, changed(an_instance(1), **news))
    assert names(events) == ["Container Instance"]


@pytest.mark.parametrize(
    "news",
    [
        {"connections": 9},
        {"connected_at": NOW},
        {"tags": {"a": "b"}},
        {"health": {"CONTAINER_RUNTIME": {"status": "OK", "lastUpdated": 2}}},
    ],
    ids=lambda news: next(iter(news)),
)
def test_what_only_counts_or_dates_is_no_event(news: dict[str, Any]) -> None:
    instance = an_instance(1, health={"CONTAINER_RUNTIME": {"status": "OK", "lastUpdated": 1}})
    assert published(given(instance), changed(instance, **news)) == []


def changed(instance: Any, **news: Any) -> Any:
    """A change of the container instance as it is stored."""
    return lambda tx: tx.put(CONTAINER_INSTANCES, msgspec.structs.replace(instance, **news))


def test_a_new_container_instance_is_an_event_and_a_forgotten_one_is_none() -> None:
    view = given()
    assert names(published(view, lambda tx: tx.put(CONTAINER_INSTANCES, an_instance(1)))) == [
        "Container Instance"
    ]
    assert published(view, lambda tx: tx.delete(CONTAINER_INSTANCES, instance_arn())) == []


@pytest.mark.parametrize(
    ("news", "kinds"),
    [
        ({"last_status": "DEACTIVATING"}, ["Task"]),
        ({"desired_status": "STOPPED"}, ["Task", "Container Instance"]),
        ({"health_status": "UNHEALTHY"}, ["Task"]),
        ({"connectivity": "DISCONNECTED"}, ["Task"]),
        ({"interface": TaskInterface(attachment_id="1", status="ATTACHED")}, ["Task"]),
        ({"containers": (a_container(last_status="STOPPED", exit_code=1),)}, ["Task"]),
        ({"containers": (a_container(health_status="HEALTHY"),)}, ["Task"]),
        ({"containers": (bound := a_container(network_bindings=({"hostPort": 80},)),)},
         ["Task", "Container Instance"]),
        ({"is_failure_counted": True}, []),
        ({"protection_enabled": True}, []),
        ({"tags": {"a": "b"}}, []),
    ],
)  # fmt: skip
def test_every_cause_of_a_task_is_one_event(news: dict[str, Any], kinds: list[str]) -> None:
    task = a_task(1)
    view = given(an_instance(1), task)
    events = published(view, lambda tx: tx.put(TASKS, msgspec.structs.replace(task, **news)))
    assert names(events) == kinds


def test_a_forgotten_task_is_no_event() -> None:
    view = given(an_instance(1), a_task(1, last_status="STOPPED"))
    assert published(view, lambda tx: tx.delete(TASKS, task_arn(1))) == []


def test_many_tasks_of_a_commit_tell_of_each_instance_once() -> None:
    view = given(an_instance(1), an_instance(2))
    tasks = [a_task(number, instance=1 + number % 2) for number in range(6)]
    events = published(view, lambda tx: [tx.put(TASKS, each) for each in tasks])
    assert names(events) == ["Task"] * 6 + ["Container Instance"] * 2
    left = [each["detail"]["runningTasksCount"] for each in events[6:]]
    assert left == [3, 3]


def test_a_live_task_is_told_with_the_connectivity_of_that_moment() -> None:
    connected = an_instance(1, connected_at=NOW)
    task = a_task(1, connectivity="")
    view = given(connected)
    published(view, lambda tx: tx.put(TASKS, task))
    published(view, lambda tx: agent_disconnected(tx, a_call(now=later(5)), instance_arn(), 1))
    detail = all_published(view)[0]["detail"]
    assert (detail["connectivity"], detail["connectivityAt"]) == (
        "CONNECTED",
        "2026-03-01T12:00:00.000Z",
    )


def test_what_is_no_ones_news_is_no_event() -> None:
    assert published(given(), lambda tx: tx.put(TASK_DEFINITIONS, a_task_definition())) == []
