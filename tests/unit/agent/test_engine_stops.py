"""From RUNNING to STOPPED, and what is remembered afterwards."""

from engine_driver import SETTINGS, Driver, arn, container, stop, task

from roadstead.agent.engine import instructions as ask
from roadstead.agent.engine import stimuli as tell
from roadstead.agent.runtime.port import Image


def signals(driver: Driver) -> list[tuple[str, str]]:
    return [(driver.name_of(i.container_id), i.signal) for i in driver.of(ask.Signal)]


def test_stop_signal_order_and_the_time_for_sigkill() -> None:
    driver = Driver()
    driver.run(task("t1", container(stopTimeout=7)))
    container_id = driver.id_of("app")
    assert [i for i in driver.receive(stop()) if not isinstance(i, ask.Acknowledge)] == [
        ask.Signal(container_id, "SIGTERM"),
        ask.SetTimer(f"kill:{container_id}", 7.0),
    ]


def test_a_container_that_ignores_its_stop_signal_is_killed() -> None:
    driver = Driver()
    driver.run(task())
    driver.receive(stop())
    driver.fire("kill")
    assert signals(driver) == [("app", "SIGTERM"), ("app", "SIGKILL")]
    driver.exit("app", 137)
    driver.obey()
    assert driver.shown()[-1] == ("STOPPED", [("app", "STOPPED", 137)])


def test_the_kill_of_a_container_that_has_ended_does_nothing() -> None:
    driver = Driver()
    driver.run(task())
    driver.receive(stop())
    driver.exit("app", 143)
    assert driver.fire("kill") == []


def test_containers_stop_in_reverse_order_of_their_dependencies() -> None:
    driver = Driver()
    driver.run(
        task(
            "t1",
            container("db"),
            container("app", dependsOn=[{"containerName": "db", "condition": "START"}]),
            container("free"),
        )
    )
    driver.receive(stop())
    assert signals(driver) == [("app", "SIGTERM"), ("free", "SIGTERM")]
    driver.exit("app", 0)
    assert signals(driver)[-1] == ("db", "SIGTERM")


def test_an_essential_end_stops_the_rest_and_reports_when_all_have_ended() -> None:
    driver = Driver()
    driver.run(task("t1", container("app"), container("side", essential=False)))
    driver.exit("app", 7)
    driver.obey()
    assert signals(driver) == [("side", "SIGTERM")]
    driver.exit("side", 143)
    driver.obey()
    assert driver.shown()[-1] == (
        "STOPPED",
        [("app", "STOPPED", 7), ("side", "STOPPED", 143)],
    )
    assert driver.reports[-1].reason == ""
    assert driver.reports[-1].execution_stopped_at is not None


def test_an_end_that_is_not_essential_is_reported_in_a_batch() -> None:
    driver = Driver()
    driver.run(task("t1", container("app"), container("side", essential=False)))
    assert driver.exit("side", 3) == []
    [timer] = [t for t in driver.of(ask.SetTimer) if t.key.startswith("batch")]
    assert 10.0 <= timer.seconds <= 30.0
    driver.fire("batch")
    assert driver.shown()[-1] == ("RUNNING", [("side", "STOPPED", 3)])


def test_all_containers_ended_stops_a_task_without_essential_ones() -> None:
    driver = Driver()
    driver.run(task("t1", container("a", essential=False)))
    driver.exit("a", 0)
    driver.obey()
    assert driver.status() == "STOPPED"


def test_a_stop_during_the_pull_needs_no_runtime() -> None:
    driver = Driver()
    driver.holds = {"app"}
    driver.run(task())
    driver.run(stop())
    [report] = driver.reports
    assert (report.status, report.containers[0].exit_code) == ("STOPPED", None)
    assert report.containers[0].reason.startswith("TaskStoppedBeforePullBeginError: ")
    assert driver.of(ask.Create) == []


def test_a_stop_during_the_create_waits_for_it_and_removes() -> None:
    driver = Driver()
    driver.holds = {"app"}
    driver.run(task())
    container_id = driver.id_of("app")
    driver.holds = set()
    driver.feed(tell.Pulled(container_id, Image("x", "sha256:d")))
    driver.receive(stop())
    assert driver.reports == []
    driver.obey()
    assert driver.of(ask.Start) == []
    assert driver.shown() == [("STOPPED", [("app", "STOPPED", None)])]
    assert ask.Remove(container_id) in driver.asked


def test_reports_of_a_task_go_one_after_the_other() -> None:
    driver = Driver()
    driver.receive(task())
    for answer in ("pull", "create", "start"):
        del answer
        each = [i for i in driver.asked if isinstance(i, ask.Pull | ask.Create | ask.Start)][-1]
        response = driver._answer(each)
        assert response is not None
        driver.feed(response)
    driver.exit("app", 0)
    assert [r.status for r in driver.reports] == ["RUNNING"]
    driver.feed(tell.ReportAccepted(arn("t1")))
    assert [r.status for r in driver.reports] == ["RUNNING", "STOPPED"]


def test_a_stop_of_an_unknown_task_is_answered_so_that_the_control_plane_can_clean_up() -> None:
    driver = Driver()
    driver.run(stop("ghost"))
    [report] = driver.reports
    assert (report.task, report.status) == (arn("ghost"), "STOPPED")
    assert report.reason == "TaskStateError: Agent could not progress task's state to stopped"


def test_running_for_a_remembered_stopped_task_is_acknowledged_and_ignored() -> None:
    driver = Driver()
    driver.run(task())
    driver.exit("app", 0)
    driver.obey()
    assert [type(i) for i in driver.receive(task())] == [ask.Acknowledge]


def test_stopped_for_a_remembered_stopped_task_is_reported_again() -> None:
    driver = Driver()
    driver.run(task())
    driver.exit("app", 0)
    driver.obey()
    driver.run(stop())
    assert [r.status for r in driver.reports] == ["RUNNING", "STOPPED", "STOPPED"]


def test_containers_are_removed_at_once_and_the_task_is_forgotten_after_three_hours() -> None:
    driver = Driver()
    driver.run(task())
    container_id = driver.id_of("app")
    driver.exit("app", 0)
    driver.obey()
    assert ask.Remove(container_id) in driver.asked
    assert ask.RemoveTask(arn("t1")) in driver.asked
    assert ask.SetTimer(f"forget:{arn('t1')}", SETTINGS.cleanup_seconds) in driver.asked
    assert len(driver.saved[arn("t1")]) < 600
    driver.fire("forget")
    assert driver.engine.tasks == ()
    assert driver.saved == {}


def test_a_task_is_not_forgotten_before_its_last_report_was_accepted() -> None:
    driver = Driver()
    driver.run(task())
    driver.exit("app", 0)
    driver.fire("forget")
    assert arn("t1") in driver.saved


def test_a_container_that_cannot_be_removed_is_tried_again_and_given_up_in_the_end() -> None:
    driver = Driver()
    driver.run(task())
    container_id = driver.id_of("app")
    driver.exit("app", 0)
    for _ in range(SETTINGS.removals_max):
        driver.feed(tell.RemoveFailed(container_id, "busy"))
    assert len([t for t in driver.of(ask.SetTimer) if t.key.startswith("remove:")]) == 4
    assert driver.of(ask.RemoveTask) == [ask.RemoveTask(arn("t1"))]


def restarting(**policy: object) -> dict[str, object]:
    return {"restartPolicy": {"enabled": True, "restartAttemptPeriod": 60} | policy}


def test_a_container_with_a_restart_policy_runs_again_without_a_report() -> None:
    driver = Driver()
    driver.run(task("t1", container(**restarting())))
    container_id = driver.id_of("app")
    driver.later(61)
    driver.exit("app", 1)
    driver.obey()
    assert [r.status for r in driver.reports] == ["RUNNING"]
    [state] = driver.engine.tasks[0].containers
    assert (state.container_id, state.restart_count, str(state.status)) == (
        container_id,
        1,
        "RUNNING",
    )
    assert [i.spec.container_id for i in driver.of(ask.Create)] == [container_id] * 2


def test_a_run_shorter_than_the_attempt_period_is_not_restarted() -> None:
    driver = Driver()
    driver.run(task("t1", container(**restarting())))
    driver.later(59)
    driver.exit("app", 1)
    assert driver.status() == "STOPPED"


def test_an_ignored_exit_code_is_not_restarted() -> None:
    driver = Driver()
    driver.run(task("t1", container(**restarting(ignoredExitCodes=[0]))))
    driver.later(100)
    driver.exit("app", 0)
    assert driver.status() == "STOPPED"


def test_a_stop_between_two_runs_ends_with_the_last_exit_code() -> None:
    driver = Driver()
    driver.run(task("t1", container(**restarting())))
    driver.later(100)
    driver.exit("app", 5)
    driver.receive(stop())
    driver.obey()
    assert driver.shown()[-1] == ("STOPPED", [("app", "STOPPED", 5)])


def test_a_stopping_task_restarts_nothing() -> None:
    driver = Driver()
    driver.run(task("t1", container(**restarting())))
    driver.later(100)
    driver.receive(stop())
    driver.exit("app", 143)
    assert driver.status() == "STOPPED"
