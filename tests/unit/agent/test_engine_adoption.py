"""A killed agent comes back: what it remembers meets what runs."""

from engine_driver import Driver, arn, container, stop, task

from roadstead.agent.engine import instructions as ask
from roadstead.agent.engine import stimuli as tell
from roadstead.agent.runtime.port import Exit, Found, Image


def running(driver: Driver, name: str = "app") -> Found:
    return Found(driver.id_of(name), "running", driver.started())


def exited(driver: Driver, code: int, name: str = "app") -> Found:
    exit_ = Exit(driver.id_of(name), code, driver.now)
    return Found(driver.id_of(name), "exited", driver.started(), exit_)


def test_a_running_container_is_adopted_and_nothing_is_reported_again() -> None:
    driver = Driver()
    driver.run(task())
    again = driver.restarted(running(driver))
    assert again.asked == []
    again.exit("app", 3)
    assert again.shown() == [("STOPPED", [("app", "STOPPED", 3)])]


def test_a_container_that_ended_meanwhile_is_reported_with_its_exit_code() -> None:
    driver = Driver()
    driver.run(task())
    assert driver.restarted(exited(driver, 9)).shown() == [("STOPPED", [("app", "STOPPED", 9)])]


def test_a_container_that_is_gone_is_told_to_have_vanished() -> None:
    driver = Driver()
    driver.run(task())
    again = driver.restarted()
    [change] = again.reports[0].containers
    assert change.reason == "ContainerVanishedError: No container matching saved ID found"


def test_a_report_that_was_not_accepted_is_sent_again() -> None:
    driver = Driver()
    driver.receive(task())
    while driver.of(ask.Submit) == []:
        each = [i for i in driver.asked if isinstance(i, ask.Pull | ask.Create | ask.Start)][-1]
        response = driver._answer(each)
        assert response is not None
        driver.feed(response)
    again = driver.restarted(running(driver))
    assert again.reports == driver.reports


def test_every_step_that_was_cut_off_is_taken_up_again() -> None:
    driver = Driver()
    driver.holds = {"app"}
    driver.run(task())
    container_id = driver.id_of("app")
    assert [type(i) for i in driver.restarted().asked] == [ask.Pull]
    driver.feed(tell.Pulled(container_id, Image("x", "sha256:d")))
    assert [type(i) for i in driver.restarted().asked] == [ask.Create]
    driver.feed(tell.Created(container_id))
    assert driver.restarted(Found(container_id, "created")).asked == [ask.Start(container_id)]
    assert [type(i) for i in driver.restarted().asked] == [ask.Create]
    started = driver.restarted(Found(container_id, "running", driver.started()))
    assert started.shown() == [("RUNNING", [("app", "RUNNING", None)])]


def test_a_container_that_ran_and_ended_while_no_agent_looked_is_reported_whole() -> None:
    driver = Driver()
    driver.holds = {"app"}
    driver.run(task())
    container_id = driver.id_of("app")
    driver.feed(tell.Pulled(container_id, Image("x", "sha256:d")))
    driver.feed(tell.Created(container_id))
    exit_ = Exit(container_id, 4, driver.now)
    again = driver.restarted(Found(container_id, "exited", driver.started(), exit_))
    assert again.shown() == [("STOPPED", [("app", "RUNNING", None), ("app", "STOPPED", 4)])]


def test_after_a_power_loss_a_container_that_the_records_do_not_know_yet_is_adopted() -> None:
    driver = Driver()
    driver.receive(task())
    records = dict(driver.saved)
    driver.obey()
    found = exited(driver, 137)
    driver.saved = records
    again = driver.restarted(found)
    [report] = again.reports
    assert report.status == "STOPPED"
    assert again.of(ask.Remove) == [ask.Remove(found.container_id)]


def test_an_exit_that_is_told_twice_counts_once() -> None:
    driver = Driver()
    driver.run(task())
    again = driver.restarted(exited(driver, 9))
    again.exit("app", 9)
    assert len(again.reports) == 1


def test_a_stop_under_way_goes_on_with_the_rest_of_its_time() -> None:
    driver = Driver()
    driver.run(task("t1", container(stopTimeout=20)))
    driver.receive(stop())
    driver.later(15)
    again = driver.restarted(running(driver))
    assert again.asked == [ask.SetTimer(f"kill:{driver.id_of('app')}", 5.0)]


def test_a_clock_that_jumped_does_not_lengthen_the_time_to_sigkill() -> None:
    driver = Driver()
    driver.run(task("t1", container(stopTimeout=20)))
    driver.receive(stop())
    driver.later(-3600)
    [timer] = driver.restarted(running(driver)).asked
    assert isinstance(timer, ask.SetTimer)
    assert timer.seconds == 20.0


def test_what_was_left_of_a_stopped_task_is_removed_again() -> None:
    driver = Driver()
    driver.run(task())
    container_id = driver.id_of("app")
    driver.exit("app", 0)
    again = driver.restarted(exited(driver, 0))
    assert ask.Remove(container_id) in again.asked
    again.obey()
    assert ask.RemoveTask(arn("t1")) in again.asked


def test_adopted_tasks_hold_their_resources() -> None:
    driver = Driver()
    driver.run(task("t1", container("one", memory=4000)))
    again = driver.restarted(running(driver, "one"))
    again.run(task("t2", container("two", memory=4000)))
    assert again.status("t2") == "PENDING"
    assert again.of(ask.Pull) == []


def test_a_waiting_task_still_waits_its_turn() -> None:
    driver = Driver()
    driver.run(task("t1", container("one", memory=4000)), task("t2", container("two", memory=4000)))
    again = driver.restarted(running(driver, "one"))
    again.exit("one", 0)
    again.obey()
    assert again.status("t2") == "RUNNING"


def test_a_container_of_no_known_task_is_left_alone_and_told() -> None:
    driver = Driver()
    again = driver.restarted(Found("f" * 64, "running", driver.started()))
    [told] = again.asked
    assert isinstance(told, ask.Tell)
    assert "left alone" in told.text


def test_a_restart_that_was_cut_off_is_finished() -> None:
    policy = {"enabled": True, "restartAttemptPeriod": 60}
    driver = Driver()
    driver.run(task("t1", container(restartPolicy=policy)))
    container_id = driver.id_of("app")
    driver.later(100)
    driver.exit("app", 1)
    old = Found(container_id, "exited", driver.started(), Exit(container_id, 1, driver.now))
    assert driver.restarted(old).asked == [ask.Remove(container_id)]
    again = driver.restarted()
    again.obey()
    assert again.status() == "RUNNING"
    assert again.reports == []
