"""An event as one line for people, a stream as messages, and times to look back."""

from typing import Any

import msgspec

from given import (
    NOW,
    a_call,
    a_container,
    a_deployment,
    a_service,
    a_task,
    an_arn,
    an_instance,
    cluster_arn,
    given,
    instance_arn,
    later,
    service_arn,
    task_arn,
)
from publishing import published
from roadstead.cli.event_lines import line_of
from roadstead.cli.events import Message, parsed
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_deployment import (
    SERVICE_DEPLOYMENTS,
    HookRun,
    ServiceDeployment,
)
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.rules.service_events import Announcement
from roadstead.ecs.transitions.service_events import announce

INSTANCE = instance_arn()[-32:]


def lines(view: Any, change: Any) -> list[str]:
    """What a change says, as the command prints it."""
    return [
        line_of(msgspec.json.decode(msgspec.json.encode(each))) for each in published(view, change)
    ]


def test_a_running_task_says_where_it_is_and_whose() -> None:
    task = a_task(1, service="web", health_status="HEALTHY")
    assert lines(given(), lambda tx: tx.put(TASKS, task)) == [
        f"2026-03-01T12:00:00Z  task {task_arn()[-32:]}  RUNNING  service:web  on {INSTANCE}  "
        "HEALTHY"
    ]


def test_a_task_that_is_to_stop_says_so() -> None:
    task = a_task(1, desired_status="STOPPED", stop_code="UserInitiated", stopped_reason="enough")
    (line,) = lines(given(), lambda tx: tx.put(TASKS, task))
    assert "RUNNING (to be STOPPED)  family:web" in line
    assert line.endswith("UserInitiated: enough")


def test_a_stopped_task_says_why_in_full() -> None:
    reason = "Task failed container health checks " + "and so on " * 30
    task = a_task(
        1,
        last_status="STOPPED",
        stop_code="EssentialContainerExited",
        stopped_reason=reason,
        containers=(
            a_container("app", exit_code=137, reason="OutOfMemoryError: killed"),
            a_container("log", exit_code=0),
            a_container("idle"),
        ),
    )
    (line,) = lines(given(), lambda tx: tx.put(TASKS, task))
    assert line.endswith(
        f"STOPPED  family:web  on {INSTANCE}  EssentialContainerExited: {reason}  "
        "app: exited with 137: OutOfMemoryError: killed  log: exited with 0"
    )


def test_what_a_container_says_moves_no_cursor() -> None:
    task = a_task(1, last_status="STOPPED", stopped_reason="a\x1b[2Jb\nc\u202ed")
    (line,) = lines(given(), lambda tx: tx.put(TASKS, task))
    assert line.endswith("a [2Jb c d")


def test_a_container_instance_says_what_is_left() -> None:
    resources = (
        {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 4096},
    )
    instance = an_instance(1, resources=resources, status="DRAINING", agent_connected=False)
    assert lines(given(a_task(1)), lambda tx: tx.put(CONTAINER_INSTANCES, instance)) == [
        f"2026-03-01T12:00:00Z  container instance {INSTANCE}  DRAINING  agent not connected  "
        "1 running, 0 pending  CPU 1920 left  MEMORY 4032 left"
    ]


def test_a_service_says_its_sentence_and_more() -> None:
    view = given(a_service())
    said = Announcement(
        "(service web) was unable to place a task.",
        "SERVICE_TASK_PLACEMENT_FAILURE",
        "ERROR",
        {"reason": "RESOURCE:CPU", "containerInstanceArns": [instance_arn(1)]},
    )
    assert lines(
        view, lambda tx: announce(tx, a_call(), tx.must(SERVICES, service_arn()), said)
    ) == [
        "2026-03-01T12:00:00Z  service web  ERROR SERVICE_TASK_PLACEMENT_FAILURE  (service web) "
        f"was unable to place a task.  reason=RESOURCE:CPU  containerInstanceArns={INSTANCE}"
    ]


def test_a_deployment_says_its_reason() -> None:
    service = a_service(deployments=(a_deployment(1),))
    assert lines(given(), lambda tx: tx.put(SERVICES, service)) == [
        "2026-03-01T12:00:00Z  deployment ecs-svc/1000000000000000001 of web  "
        "INFO SERVICE_DEPLOYMENT_COMPLETED  ECS deployment ecs-svc/1000000000000000001 completed."
    ]


def test_a_hook_says_what_waits_and_for_how_long() -> None:
    hook = HookRun(hook_id="ecs-pause-1", stage="SCALE_UP", started_at=NOW, expires_at=later(60))
    record = ServiceDeployment(
        arn=an_arn("service-deployment/default/web/abc"),
        service_arn=service_arn(),
        cluster_arn=cluster_arn(),
        created_at=NOW,
        hooks=(hook,),
    )
    assert lines(given(), lambda tx: tx.put(SERVICE_DEPLOYMENTS, record)) == [
        "2026-03-01T12:00:00Z  hook ecs-pause-1 of web  INFO HOOK_AWAITING_ACTION  "
        "SCALE_UP, expires 2026-03-01T12:01:00.000Z"
    ]


def test_a_kind_that_is_not_known_is_shown_as_it_is() -> None:
    event = {
        "time": "2026-03-01T12:00:00Z",
        "detail-type": "ECS Something",
        "resources": ["arn:aws:ecs:r:a:thing/1"],
        "detail": {"a": 1, "b": ["x/1", "x/2"]},
    }
    assert line_of(event) == "2026-03-01T12:00:00Z  arn:aws:ecs:r:a:thing/1  a=1  b=1,2"


def test_a_stream_is_read_message_by_message() -> None:
    stream = [
        b": a comment\n", b"\n",
        b"id: 7\n", b"event: ECS Task State Change\n", b'data: {"a": 1}\n', b"\n",
        b": still here\n", b"id: 9\n", b"\n",
        b"id: 10\n", b"event: torn\n",
    ]  # fmt: skip
    assert list(parsed(stream)) == [
        Message(),
        Message("7", "ECS Task State Change", '{"a": 1}'),
        Message("9"),
    ]
