"""What agents report, merged: conversations of their protocol, and all that goes wrong."""

from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from given import (
    NOW,
    a_call,
    a_container,
    a_task,
    an_instance,
    given,
    instance_arn,
    later,
    task_arn,
)
from roadstead.ecs.records.task import TASKS, Container, Task
from roadstead.ecs.rules.task_lifecycle import CONTAINER_ORDER, ORDER
from roadstead.ecs.transitions.task_reports import (
    ContainerReport,
    ManagedAgentReport,
    TaskReport,
    report_task,
    report_task_health,
)
from roadstead.ecs.transitions.tasks import stop_task
from roadstead.state.view import Tx

BINDING = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 18090, "protocol": "tcp"}
BOUND = (BINDING,)


def fresh(*containers: Container, **fields: Any) -> Task:
    """A task as start_task makes it."""
    return a_task(
        1,
        last_status="PENDING",
        connectivity="",
        containers=containers or (a_container(),),
        **fields,
    )


def play(task: Task, *reports: TaskReport, **instance: Any) -> Task:
    """The task after the reports, one every ten seconds, each an update of its own."""
    view = given(an_instance(1, **instance), task)
    for number, report in enumerate(reports, 1):
        tx = Tx(view)
        report_task(tx, a_call(now=later(10 * number)), tx.must(TASKS, task.arn), report)
    return view.must(TASKS, task.arn)


def of(name: str = "app", status: str = "", **fields: Any) -> ContainerReport:
    return ContainerReport(name=name, status=status, **fields)


PULLED = TaskReport(status="PENDING", containers=(of(status="PENDING", image_digest="sha256:a6"),))
RUNNING = TaskReport(
    status="RUNNING",
    containers=(of(status="RUNNING", runtime_id="a21b4b25", network_bindings=BOUND),),
)
STOPPED = TaskReport(
    status="STOPPED",
    containers=(
        of(status="STOPPED", runtime_id="a21b4b25", exit_code=137, network_bindings=BOUND),
    ),
    execution_stopped_at=later(25),
)


def test_a_task_is_pulled_runs_and_ends() -> None:
    pulled = play(fresh(), PULLED)
    assert pulled.last_status == "PENDING"
    assert pulled.containers[0].image_digest == "sha256:a6"

    running = play(fresh(), PULLED, RUNNING)
    assert (running.last_status, running.started_at) == ("RUNNING", later(20))
    assert running.containers[0].network_bindings == BOUND
    assert running.containers[0].last_status == "RUNNING"
    assert running.version == 3

    ended = play(fresh(), PULLED, RUNNING, STOPPED)
    assert (ended.last_status, ended.desired_status) == ("STOPPED", "STOPPED")
    assert ended.stop_code == "EssentialContainerExited"
    assert ended.stopped_reason == "Essential container in task exited"
    assert ended.stopping_at == ended.stopped_at == later(30)
    assert ended.execution_stopped_at == later(25)
    assert ended.containers[0].exit_code == 137


def test_running_may_be_the_first_thing_heard() -> None:
    assert play(fresh(), RUNNING).started_at == later(10)


def test_TK_07_stopped_may_follow_pending_and_then_it_never_started() -> None:
    reason = "CannotPullContainerError: manifest unknown"
    report = TaskReport(status="STOPPED", containers=(of(status="STOPPED", reason=reason),))
    ended = play(fresh(), report)
    assert (ended.last_status, ended.started_at) == ("STOPPED", None)
    assert (ended.stop_code, ended.stopped_reason) == ("TaskFailedToStart", reason)
    assert ended.containers[0].exit_code is None


def test_the_same_container_twice_in_a_call_is_applied_in_order() -> None:
    task = fresh(a_container("init", essential=False), a_container("app"))
    report = TaskReport(
        status="PENDING",
        containers=(
            of("init", "RUNNING", runtime_id="afeb", exit_code=0),
            of("init", "STOPPED", runtime_id="afeb", exit_code=0),
        ),
    )
    after = play(task, report)
    assert (after.last_status, after.desired_status) == ("PENDING", "RUNNING")
    init, app = after.containers
    assert (init.last_status, init.exit_code, init.runtime_id) == ("STOPPED", 0, "afeb")
    assert app.last_status == "PENDING"


def test_an_exit_code_does_not_count_before_the_container_is_stopped() -> None:
    report = TaskReport(status="RUNNING", containers=(of(status="RUNNING", exit_code=0),))
    assert play(fresh(), report).containers[0].exit_code is None


def test_TK_03_an_essential_exit_sets_what_is_desired_before_the_rest_has_stopped() -> None:
    task = fresh(a_container("app"), a_container("side", essential=False))
    running = TaskReport(status="RUNNING", containers=(of("app", "RUNNING"), of("side", "RUNNING")))
    exited = TaskReport(status="RUNNING", containers=(of("app", "STOPPED", exit_code=7),))
    after = play(task, running, exited)
    assert (after.last_status, after.desired_status) == ("RUNNING", "STOPPED")
    assert (after.stop_code, after.stopping_at) == ("EssentialContainerExited", later(20))
    ended = play(task, running, exited, TaskReport(status="STOPPED"))
    assert (ended.last_status, ended.stopped_at, ended.stopping_at) == (
        "STOPPED",
        later(30),
        later(20),
    )
    assert [each.last_status for each in ended.containers] == ["STOPPED", "STOPPED"]


def test_TK_03_a_non_essential_exit_changes_nothing_else() -> None:
    task = fresh(a_container("app"), a_container("side", essential=False))
    report = TaskReport(
        status="RUNNING", containers=(of("app", "RUNNING"), of("side", "STOPPED", exit_code=1))
    )
    after = play(task, report)
    assert (after.last_status, after.desired_status) == ("RUNNING", "RUNNING")


def test_running_may_be_reported_after_a_stop_was_asked_for() -> None:
    view = given(an_instance(1), fresh())
    tx = Tx(view)
    stop_task(tx, a_call(), fresh(), reason="enough", stop_code="UserInitiated")
    report_task(Tx(view), a_call(now=later(1)), view.must(TASKS, task_arn()), RUNNING)
    running = view.must(TASKS, task_arn())
    assert (running.last_status, running.desired_status) == ("RUNNING", "STOPPED")
    report_task(Tx(view), a_call(now=later(2)), running, STOPPED)
    ended = view.must(TASKS, task_arn())
    assert (ended.stop_code, ended.stopped_reason) == ("UserInitiated", "enough")
    assert (ended.stopping_at, ended.stopped_at) == (NOW, later(2))


@pytest.mark.parametrize("late", [PULLED, RUNNING, STOPPED, TaskReport(status="STOPPED")])
def test_reports_of_a_stopped_task_change_nothing(late: TaskReport) -> None:
    ended = play(fresh(), RUNNING, STOPPED)
    assert play(fresh(), RUNNING, STOPPED, late) == ended


def test_version_increments_per_change_event() -> None:
    reports = (PULLED, RUNNING, RUNNING, STOPPED, STOPPED)
    versions = [play(fresh(), *reports[:count]).version for count in range(len(reports) + 1)]
    assert versions == [1, 2, 3, 3, 4, 4]


def test_a_doubled_report_changes_nothing_and_raises_no_version() -> None:
    assert play(fresh(), RUNNING, RUNNING, RUNNING) == play(fresh(), RUNNING)


def test_a_late_pending_does_not_move_a_running_task_back() -> None:
    assert play(fresh(), RUNNING, TaskReport(status="PENDING")).last_status == "RUNNING"


def test_CI_74_the_agent_of_an_inactive_instance_has_no_say() -> None:
    assert play(fresh(), RUNNING, status="INACTIVE").last_status == "PENDING"


def test_a_container_that_the_task_does_not_have_is_ignored() -> None:
    report = TaskReport(status="PENDING", containers=(of("~internal~ecs~pause", "RUNNING"),))
    assert [each.name for each in play(fresh(), report).containers] == ["app"]


def test_a_reason_beside_a_running_container_is_no_failure() -> None:
    odd = of(status="RUNNING", reason="CannotPullImageManifestError: digest")
    report = TaskReport(status="RUNNING", containers=(odd,))
    after = play(fresh(), report)
    assert (after.last_status, after.desired_status) == ("RUNNING", "RUNNING")
    assert after.containers[0].reason == "CannotPullImageManifestError: digest"


def test_CI_91_texts_are_cut() -> None:
    report = TaskReport(
        status="STOPPED",
        containers=(of(status="STOPPED", reason="r" * 2000, runtime_id="i" * 300),),
    )
    after = play(fresh(), report)
    assert len(after.containers[0].reason) == len(after.stopped_reason) == 1024
    assert len(after.containers[0].runtime_id) == 255


def test_pull_times_are_kept_as_told() -> None:
    report = TaskReport(status="PENDING", pull_started_at=later(1), pull_stopped_at=later(2))
    after = play(fresh(), report, RUNNING)
    assert (after.pull_started_at, after.pull_stopped_at) == (later(1), later(2))


def test_managed_agents_are_kept_by_name() -> None:
    def told(status: str) -> TaskReport:
        agent = ManagedAgentReport(container_name="app", name="ExecuteCommandAgent", status=status)
        return TaskReport(status="RUNNING", managed_agents=(agent,))

    after = play(fresh(), told("PENDING"), told("RUNNING"))
    assert after.containers[0].managed_agents == (
        {"name": "ExecuteCommandAgent", "lastStatus": "RUNNING"},
    )


def test_tags_go_when_the_task_has_stopped() -> None:
    assert play(fresh(tags={"a": "b"}), STOPPED).tags == {}


def health(task: Task, told: dict[str, str], on: str = instance_arn(1)) -> Task | None:
    return report_task_health(Tx(given(an_instance(1), task)), a_call(), on, task.arn, told)


def test_TK_74_health_is_rolled_up_and_raises_the_version() -> None:
    after = health(a_task(1), {"app": "HEALTHY"})
    assert after is not None
    assert (after.health_status, after.containers[0].health_status) == ("HEALTHY", "HEALTHY")
    assert after.version == 2


def test_health_that_is_known_already_or_makes_no_sense_changes_nothing() -> None:
    for told in ({"app": "UNKNOWN"}, {"app": "GREAT"}, {"other": "HEALTHY"}, {}):
        after = health(a_task(1), told)
        assert after is not None
        assert after.version == 1


def test_health_from_another_instance_or_of_a_stopped_task_is_ignored() -> None:
    assert health(a_task(1), {"app": "HEALTHY"}, on=instance_arn(2)) is None
    assert health(a_task(1, last_status="STOPPED"), {"app": "HEALTHY"}) is None


statuses = st.sampled_from(("", "PENDING", "PULLED", "RUNNING", "STOPPED"))
container_reports = st.builds(
    ContainerReport,
    name=st.sampled_from(("app", "side", "none")),
    status=statuses,
    exit_code=st.none() | st.integers(0, 255),
    reason=st.sampled_from(("", "CannotStartContainerError: x")),
)
reports = st.builds(
    TaskReport, status=statuses, containers=st.lists(container_reports, max_size=4).map(tuple)
)


@drawn(told=st.lists(reports, max_size=8), asked_at=st.integers(0, 8))
def test_TK_01_whatever_is_reported_nothing_moves_back(
    told: list[TaskReport], asked_at: int
) -> None:
    view = given(an_instance(1), fresh(a_container("app"), a_container("side", essential=False)))
    before = view.must(TASKS, task_arn())
    for number, report in enumerate(told):
        if number == asked_at:
            stop_task(Tx(view), a_call(), before, reason="enough", stop_code="UserInitiated")
            before = view.must(TASKS, task_arn())
        report_task(Tx(view), a_call(now=later(number)), before, report)
        after = view.must(TASKS, task_arn())
        assert ORDER.index(after.last_status) >= ORDER.index(before.last_status)
        assert (before.desired_status, after.desired_status) != ("STOPPED", "RUNNING")
        for old, new in zip(before.containers, after.containers, strict=True):
            order = CONTAINER_ORDER.index
            assert order(new.last_status) >= order(old.last_status)
        if before.stop_code:
            assert (after.stop_code, after.stopped_reason) == (
                before.stop_code,
                before.stopped_reason,
            )
        assert (after.stop_code != "") == (after.desired_status == "STOPPED")
        assert (after.stopped_at is not None) == (after.last_status == "STOPPED")
        before = after


def test_a_report_equal_to_what_is_known_gives_the_very_record() -> None:
    view = given(an_instance(1), fresh())
    known = view.must(TASKS, task_arn())
    assert report_task(Tx(view), a_call(), known, TaskReport(status="PENDING")) is known
    assert msgspec.structs.asdict(known)["version"] == 1
