"""Plans, explanations and progress as people read them: whole texts."""

from typing import Any

from given import NOW, a_call, a_deployment, a_service, a_task, a_task_definition, definition_arn
from roadstead.cli.explain_lines import service_lines, task_lines
from roadstead.cli.plan_lines import plan_lines, status_of
from roadstead.cli.wait_lines import Seen, done_line, picture, plain_lines, still_missing
from roadstead.control.explained_service import explain_service
from roadstead.control.explained_task import explain_task
from unit.control.test_planned_changes import ONE, a_state, plan

SUPPOSED = (
    "Supposed: a task takes 15 s to start, counts as healthy 40 s later unless a health check "
    "tells, and takes 10 s to end; nothing fails. Nothing was changed."
)


def test_a_drain_reads_so() -> None:
    answer = plan(a_state(a_task(9)), "UpdateContainerInstancesState", containerInstances=[ONE])
    assert status_of(answer) == 0
    assert (
        "\n".join(plan_lines(answer))
        == f"""\
drain: GOES THROUGH, at rest after 55 s
  Every service comes to rest: web.

SERVICE  DESIRED  START  STOP  HEALTHY          BELOW MINIMUM  STEADY AFTER
web      3        +1     -1    3 → 3, lowest 3  never (of 3)   55 s

web: i-00000000000000001 -1 → i-00000000000000002 +1

WHEN   SERVICE  TASKS    REVISION  ON                   REASON
+0 s   web      start 1  web:1     i-00000000000000002
+55 s  web      stop 1   web:1     i-00000000000000001  \
Scaling activity initiated by (deployment ecs-svc/1000000000000000001)

i-00000000000000001: ACTIVE → DRAINING, tasks left: 1

! 1 standalone task on i-00000000000000001: draining moves tasks of services only. Until none is \
left it is not drained: 00000000000000000000000000000009.

{SUPPOSED}"""
    )


def test_a_refusal_reads_so() -> None:
    answer = plan(a_state(), "DeregisterContainerInstance", containerInstance=ONE)
    assert status_of(answer) == 1
    assert plan_lines(answer) == [
        "deregister-container-instance: REFUSED",
        "  InvalidParameterException: Found running tasks on the instance.",
        "  → i-00000000000000001 has 1 task not STOPPED. Drain it first (`roadstead plan drain "
        "i-00000000000000001` says where they go), or deregister it with force, which gives them "
        "up without stopping their containers.",
        "",
        "Nothing was changed.",
    ]


def test_a_plan_without_room_reads_so() -> None:
    view = a_state(machines=1, desired=1)
    answer = plan(view, "UpdateContainerInstancesState", containerInstances=[ONE])
    assert status_of(answer) == 5
    assert (
        "\n".join(plan_lines(answer))
        == f"""\
drain: WAITS FOR ROOM
  web waits for room for its next task.

SERVICE  DESIRED  START  STOP  HEALTHY          BELOW MINIMUM  STEADY AFTER
web      1        +0     -0    1 → 1, lowest 1  never (of 1)   WAITS_FOR_ROOM
  Placement: None of 1 container instance can take a task of web:1.
    FILTER  ASKS           FELL  LEFT
    STATUS  status ACTIVE  1     0
    → Add an instance, or let a DRAINING one be ACTIVE again.

i-00000000000000001: ACTIVE → DRAINING, tasks left: 1

{SUPPOSED}"""
    )


def test_a_service_that_waits_reads_so() -> None:
    big = a_deployment(5, task_definition_arn=definition_arn("big"))
    view = a_state(
        a_task_definition("big", cpu_units=4096),
        a_service("big", deployments=(big,), waiting_reason="RESOURCE:CPU", waiting_since=NOW),
    )
    answer = in_epoch_seconds(explain_service(view, a_call(), {"service": "big"}))
    assert (
        "\n".join(service_lines(answer))
        == """\
service big in default: WAITS_FOR_ROOM
  big waits for room for its next task.

desired 1, running 0 (healthy 0), pending 0, stopping 0; at least 1 healthy, at most 2 in all

DEPLOYMENT                   STATUS   REVISION  DESIRED  RUNNING  PENDING  FAILED  ROLLOUT
ecs-svc/1000000000000000005  PRIMARY  big:1     1        0        0        0       COMPLETED
Looks again at 2026-03-01 12:01:00Z if nothing changes before.

Placement: None of 3 container instances can take a task of big:1; i-00000000000000001 comes \
closest: 1920 cpu units are left, 4096 are needed.
  FILTER        ASKS            FELL  LEFT
  RESOURCE:CPU  4096 cpu units  3     0
  → Add an instance, ask for less cpu, or stop something."""
    )


def test_a_task_that_failed_reads_so() -> None:
    failed = a_task(
        77,
        last_status="STOPPED",
        stop_code="TaskFailedToStart",
        stopped_reason="CannotPullContainerError: manifest unknown",
    )
    answer = explain_task(a_state(failed), a_call(), {"task": failed.arn})
    assert (
        "\n".join(task_lines(answer))
        == """\
task 0000000000000000000000000000004d of family:web: STOPPED (TaskFailedToStart): \
CannotPullContainerError: manifest unknown

CONTAINER  STATUS   HEALTH   EXIT  IMAGE           REASON
app        STOPPED  UNKNOWN  -     busybox:latest

Started by RunTask or StartTask, in no service: nobody replaces it.
Instance i-00000000000000001: ACTIVE, agent connected, us-east-1a; tasks: 1, left: 1920 CPU \
units, 4032 MiB.
→ The image cannot be had: check its name and tag, that its registry answers from the instance, \
and who may pull; `roadstead image import` makes one known without a registry."""
    )


def in_epoch_seconds(thing: Any) -> Any:
    """As the wire has it."""
    if isinstance(thing, dict):
        return {name: in_epoch_seconds(value) for name, value in thing.items()}
    if isinstance(thing, list):
        return [in_epoch_seconds(each) for each in thing]
    return thing.timestamp() if hasattr(thing, "timestamp") else thing


def a_row(name: str, left: int, *reasons: str) -> dict[str, Any]:
    return {
        "target": name, "name": name, "state": f"{left} left", "left": left,
        "reasons": list(reasons), "isDone": not left, "isImpossible": False,
    }  # fmt: skip


def an_answer(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"condition": "DRAINED", "targets": list(rows), "isDone": False, "isImpossible": False}


def test_waiting_on_a_terminal_is_a_bar_and_what_holds_it_up() -> None:
    seen = Seen()
    seen.take(an_answer(a_row("i-1", 4), a_row("i-2", 1)))
    seen.take(an_answer(a_row("i-1", 1, "service web still needs 1 task here"), a_row("i-2", 0)))
    assert (
        picture(seen, 61.4)
        == """\
1 of 2; 61 s left
███████████████░░░░░ i-1: 1 left
    service web still needs 1 task here"""
    )
    seen.trouble = "cannot be reached"
    assert picture(seen, 0).endswith("(asking again: cannot be reached)")


def test_waiting_without_a_terminal_is_a_line_where_something_is_new() -> None:
    seen = Seen()
    seen.take(an_answer(a_row("i-1", 1, "oldest for 3 s"), a_row("i-2", 0)))
    first = list(plain_lines(seen))
    assert [line for _, _, line in first] == ["i-1: 1 left (oldest for 3 s)", "i-2: 0 left: done"]
    seen.take(an_answer(a_row("i-1", 1, "oldest for 4 s"), a_row("i-2", 0)))
    assert [news for _, news, _ in plain_lines(seen)] == [news for _, news, _ in first]
    assert still_missing(seen.last) == ["  i-1: 1 left", "    - oldest for 4 s"]
    assert done_line(seen.last, "3 s") == "i-1, i-2: DRAINED after 3 s."
