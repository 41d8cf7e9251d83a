"""Health checks: stimulus in, instructions out."""

import json

import pytest
from engine_driver import START, Driver, arn, checked, container, stop, task

from roadstead.agent.engine import instructions as ask
from roadstead.agent.engine import stimuli as tell
from roadstead.agent.engine.health import MESSAGE_CHARACTERS_MAX
from roadstead.agent.engine.health_check import HealthCheck, health_check
from roadstead.agent.engine.records import ContainerState
from roadstead.agent.runtime.port import Executed, Found, Started
from roadstead.agent_protocol.messages.payload import DockerConfig, PayloadContainer

GOOD, BAD = Executed(0, "fine"), Executed(1, "refused")
RESTARTS = {"enabled": True, "restartAttemptPeriod": 60}


def running(**members: object) -> Driver:
    """A task with one container that has a health check, just started."""
    driver = Driver()
    driver.run(task("t1", checked(**members)))
    return driver


def state(driver: Driver, name: str = "app") -> ContainerState:
    known = driver.engine.task(arn("t1"))
    found = known.container(name) if known else None
    assert found is not None
    return found


def timer(driver: Driver, seconds: float, name: str = "app") -> ask.SetTimer:
    return ask.SetTimer(f"health:{driver.id_of(name)}", seconds)


def check(driver: Driver, result: Executed, *, after: float = 10) -> list[ask.Instruction]:
    """Let the check be due after that long, and end at once."""
    driver.later(after)
    due = driver.fire("health:")
    assert [type(each) for each in due] == [ask.Check]
    return driver.feed(tell.Checked(driver.id_of("app"), state(driver).restart_count, result))


def test_the_first_check_comes_one_interval_after_the_start() -> None:
    driver = running(Interval=10)
    assert timer(driver, 10) in driver.asked
    assert driver.of(ask.Check) == []
    driver.later(10)
    assert driver.fire("health:") == [ask.Check(driver.id_of("app"), 0, ("check",), 5)]


def test_the_next_check_comes_one_interval_after_the_end_of_the_last() -> None:
    driver = running(Interval=10)
    assert check(driver, GOOD) == [ask.PublishHealth(arn("t1")), timer(driver, 10)]
    assert check(driver, GOOD) == [timer(driver, 10)]


def test_exit_0_healthy_else_unhealthy() -> None:
    driver = running()
    check(driver, GOOD)
    assert (state(driver).health, state(driver).health_message) == ("HEALTHY", "fine")
    driver = running(Retries=1)
    check(driver, Executed(2, "two"))
    assert (state(driver).health, state(driver).health_message) == ("UNHEALTHY", "two")


def test_as_many_failures_in_a_row_as_retries_make_it_unhealthy() -> None:
    driver = running(Retries=3)
    check(driver, GOOD)
    for result in (BAD, BAD, GOOD, BAD, BAD):
        assert check(driver, result) == [timer(driver, 30)]
        assert state(driver).health == "HEALTHY"
    assert check(driver, BAD) == [ask.PublishHealth(arn("t1")), timer(driver, 30)]
    assert state(driver).health == "UNHEALTHY"
    check(driver, GOOD)
    assert state(driver).health == "HEALTHY"


def test_failures_in_the_start_period_do_not_count() -> None:
    driver = running(Retries=1, StartPeriod=25)
    for _ in range(2):
        assert check(driver, BAD) == [timer(driver, 30)]
        assert state(driver).health == "UNKNOWN"
    check(driver, BAD)
    assert state(driver).health == "UNHEALTHY"


def test_a_success_ends_the_start_period() -> None:
    driver = running(Retries=1, StartPeriod=300)
    check(driver, GOOD)
    check(driver, BAD)
    assert state(driver).health == "UNHEALTHY"


@pytest.mark.parametrize("kind", ["", "docker"])
def test_dockerfile_HEALTHCHECK_ignored(kind: str) -> None:
    """Whatever the image says; and of the payload only what is said to be reported."""
    config = json.dumps({"Healthcheck": {"Test": ["CMD", "true"] if not kind else []}})
    driver = Driver()
    driver.run(
        task("t1", container(healthCheckType=kind, dockerConfig={"config": config})),
    )
    assert driver.status() == "RUNNING"
    assert driver.of(ask.SetTimer) == []


def test_a_check_counts_by_when_it_began() -> None:
    driver = running(Retries=1, StartPeriod=15)
    driver.later(14)
    driver.fire("health:")
    driver.later(5)
    driver.feed(tell.Checked(driver.id_of("app"), 0, BAD))
    assert state(driver).health == "UNKNOWN"


def test_a_check_whose_time_is_over_has_failed() -> None:
    driver = running(Retries=1, Timeout=2)
    check(driver, Executed(-1, "begun", is_timed_out=True))
    assert state(driver).health == "UNHEALTHY"
    assert state(driver).health_message == "Health check exceeded timeout (2s): begun"


def test_a_result_without_news_writes_no_record() -> None:
    driver = running(Retries=3)
    check(driver, GOOD)
    before = dict(driver.saved)
    driver.later(30)
    for stimulus in (
        tell.TimerFired(f"health:{driver.id_of('app')}"),
        tell.Checked(driver.id_of("app"), 0, BAD),
    ):
        kinds = [type(each) for each in driver.engine.handle(stimulus, driver.now)]
        assert ask.SaveTask not in kinds
    assert driver.saved == before


def test_a_long_output_is_cut() -> None:
    driver = running()
    check(driver, Executed(0, "x" * 5000))
    assert state(driver).health_message == "x" * MESSAGE_CHARACTERS_MAX


def test_a_stopping_container_is_not_checked_any_more() -> None:
    driver = running()
    driver.later(30)
    driver.fire("health:")
    driver.receive(stop("t1"))
    assert driver.feed(tell.Checked(driver.id_of("app"), 0, BAD)) == []
    assert driver.fire("health:") == []


def test_a_container_that_ended_is_not_checked_any_more() -> None:
    driver = running(essential=False)
    driver.exit("app")
    assert driver.fire("health:") == []


def test_a_restart_in_place_begins_anew() -> None:
    driver = running(restartPolicy=RESTARTS, Retries=1)
    check(driver, GOOD, after=100)
    driver.later(30)
    driver.fire("health:")
    driver.exit("app", 1)
    assert driver.fire("health:") == []  # between two runs
    driver.obey()
    assert (state(driver).health, state(driver).restart_count) == ("UNKNOWN", 1)
    assert driver.asked[-2:] == [ask.PublishHealth(arn("t1")), timer(driver, 30)]
    driver.later(30)
    driver.fire("health:")
    assert driver.feed(tell.Checked(driver.id_of("app"), 0, BAD)) == []  # of the earlier run
    driver.feed(tell.Checked(driver.id_of("app"), 1, GOOD))
    assert state(driver).health == "HEALTHY"


def test_health_is_kept_over_a_restart_of_the_agent_and_checks_go_on() -> None:
    driver = running(Retries=2)
    check(driver, GOOD)
    check(driver, BAD)
    found = Found(driver.id_of("app"), "running", Started(1, START))
    again = driver.restarted(found)
    assert again.of(ask.SetTimer) == [timer(driver, 30)]
    assert state(again).health == "HEALTHY"
    check(again, BAD)
    assert state(again).health == "HEALTHY"  # failures are counted anew
    check(again, BAD)
    assert state(again).health == "UNHEALTHY"


def test_a_container_started_by_an_agent_that_was_killed_is_checked() -> None:
    driver = Driver()
    driver.holds = {"app"}
    driver.run(task("t1", checked()))
    driver.holds = set()
    found = Found(driver.id_of("app"), "running", Started(1, START))
    again = driver.restarted(found)
    assert timer(driver, 30) in again.asked


def test_dependsOn_conditions_healthy_waits_for_the_first_success() -> None:
    driver = Driver()
    waits = container("web", dependsOn=[{"containerName": "app", "condition": "HEALTHY"}])
    driver.run(task("t1", checked(Retries=1), waits))
    assert driver.status() == "PENDING"
    check(driver, BAD)
    driver.obey()
    assert driver.status() == "PENDING"
    check(driver, GOOD)
    driver.obey()
    assert driver.status() == "RUNNING"


def test_startTimeout_counts_for_dependency_that_is_not_healthy_in_time() -> None:
    driver = Driver()
    waits = container("web", dependsOn=[{"containerName": "app", "condition": "HEALTHY"}])
    driver.run(task("t1", checked(startTimeout=20), waits))
    driver.later(20)
    driver.fire("start:")
    driver.obey()
    assert "its startTimeout is over" in state(driver, "web").reason


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"Test": ["CMD", "a", "b"]}, HealthCheck(("a", "b"), 30, 5, 3, 0)),
        ({"Test": ["CMD-SHELL", "a | b"]}, HealthCheck(("/bin/sh", "-c", "a | b"))),
        (
            {
                "test": ["CMD", "a"], "interval": 7_000_000_000, "timeout": 2_500_000_000,
                "retries": 4, "startPeriod": 9_000_000_000,
            },
            HealthCheck(("a",), 7, 2.5, 4, 9),
        ),
        ({"Test": ["NONE"]}, None),
        ({"Test": []}, None),
    ],
)  # fmt: skip
def test_a_health_check_is_read_as_docker_reads_it(
    document: dict[str, object], expected: HealthCheck | None
) -> None:
    config = DockerConfig(config=json.dumps({"Healthcheck": document}))
    definition = PayloadContainer(name="a", docker_config=config, health_check_type="docker")
    assert health_check(definition) == expected


@pytest.mark.parametrize(
    "config",
    [
        "{}",
        '{"Healthcheck": 1}',
        '{"Healthcheck": {"Test": "true"}}',
        '{"Healthcheck": {"Test": ["CMD"]}}',
        '{"Healthcheck": {"Test": ["RUN", "true"]}}',
        '{"Healthcheck": {"Test": ["CMD", "true"], "Interval": -1}}',
    ],
)
def test_a_health_check_that_cannot_be_run_fails_its_container(config: str) -> None:
    driver = Driver()
    broken = container("app", healthCheckType="docker", dockerConfig={"config": config})
    driver.run(task("t1", broken))
    assert driver.status() == "STOPPED"
    assert driver.reports[0].containers[0].reason.startswith("DockerClientConfigError: ")
