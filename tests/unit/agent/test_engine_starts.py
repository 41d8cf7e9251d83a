"""From payload to RUNNING."""

import msgspec
import pytest
from engine_driver import START, Driver, arn, container, payload, stop, task

from roadstead.agent.engine import instructions as ask
from roadstead.agent.engine import stimuli as tell
from roadstead.agent.runtime.port import Exit, Image, NetworkBinding, Started
from roadstead.agent_protocol.messages import acs


def names(driver: Driver, kind: type[ask.Create | ask.Start | ask.Pull]) -> list[str]:
    return [
        driver.name_of(i.spec.container_id if isinstance(i, ask.Create) else i.container_id)
        for i in driver.of(kind)
    ]


def test_a_payload_is_saved_then_pulled_and_acknowledged() -> None:
    driver = Driver()
    message = payload(task())
    instructions = driver.engine.handle(tell.PayloadReceived(message), START)
    assert [type(i) for i in instructions] == [ask.SaveTask, ask.Acknowledge, ask.Pull]
    assert instructions[1] == ask.Acknowledge(message)


def test_one_container_goes_pull_create_start_and_is_reported_running_at_once() -> None:
    driver = Driver()
    driver.run(task())
    kinds = [type(i) for i in driver.asked]
    assert kinds == [ask.Acknowledge, ask.Pull, ask.Create, ask.Start, ask.Submit]
    assert driver.shown() == [("RUNNING", [("app", "RUNNING", None)])]


def test_the_report_carries_id_digest_times_and_bindings() -> None:
    driver = Driver()
    driver.holds = {"app"}
    driver.run(task())
    container_id = driver.id_of("app")
    driver.feed(tell.Pulled(container_id, Image("busybox", "sha256:abc")))
    driver.feed(tell.Created(container_id))
    bindings = (
        NetworkBinding(80, 18090),
        NetworkBinding(0, 0, container_port_range="9000-9003", host_port_range="32768-32771"),
    )
    driver.feed(tell.ContainerStarted(container_id, Started(7, START, bindings)))
    assert msgspec.json.decode(msgspec.json.encode(driver.reports[0])) == {
        "task": arn("t1"),
        "status": "RUNNING",
        "reason": "",
        "containers": [
            {
                "containerName": "app",
                "status": "RUNNING",
                "runtimeId": container_id,
                "imageDigest": "sha256:abc",
                "networkBindings": [
                    {
                        "bindIP": "0.0.0.0",
                        "containerPort": 80,
                        "hostPort": 18090,
                        "protocol": "tcp",
                    },
                    {
                        "bindIP": "0.0.0.0",
                        "containerPortRange": "9000-9003",
                        "hostPortRange": "32768-32771",
                        "protocol": "tcp",
                    },
                ],
            }
        ],
        "pullStartedAt": START.timestamp(),
        "pullStoppedAt": START.timestamp(),
    }


def test_running_requires_all_essential_started() -> None:
    driver = Driver()
    driver.holds = {"b"}
    driver.run(task("t1", container("a"), container("b")))
    assert driver.status() == "PENDING"
    driver.feed(tell.Pulled(driver.id_of("b"), Image("x", "sha256:d")))
    driver.holds = set()
    driver.obey()
    assert driver.shown() == [("RUNNING", [("a", "RUNNING", None), ("b", "RUNNING", None)])]


def test_a_running_task_that_comes_again_is_acknowledged_and_ignored() -> None:
    driver = Driver()
    driver.run(task())
    assert [type(i) for i in driver.receive(task())] == [ask.Acknowledge]


def test_two_containers_of_one_task_are_pulled_side_by_side() -> None:
    driver = Driver()
    driver.receive(task("t1", container("a"), container("b")))
    assert names(driver, ask.Pull) == ["a", "b"]


def test_start_order_follows_depends_on_links_and_volumes_from() -> None:
    driver = Driver()
    driver.run(
        task(
            "t1",
            container("web", dependsOn=[{"containerName": "db", "condition": "START"}]),
            container("db", links=["cache:c"]),
            container("cache", volumesFrom=[{"sourceContainer": "data"}]),
            container("data"),
        )
    )
    assert names(driver, ask.Start) == ["data", "cache", "db", "web"]
    assert driver.status() == "RUNNING"


def test_complete_and_success_wait_for_the_end() -> None:
    for condition, code in (("COMPLETE", 3), ("SUCCESS", 0)):
        driver = Driver()
        driver.run(
            task(
                "t1",
                container("init", essential=False),
                container("app", dependsOn=[{"containerName": "init", "condition": condition}]),
            )
        )
        assert names(driver, ask.Create) == ["init"]
        driver.exit("init", code)
        driver.obey()
        assert driver.status() == "RUNNING"
        assert driver.shown()[-1] == (
            "RUNNING",
            [("init", "RUNNING", None), ("init", "STOPPED", code), ("app", "RUNNING", None)],
        )


def test_success_that_cannot_come_any_more_ends_who_waits_with_143() -> None:
    driver = Driver()
    driver.run(
        task(
            "t1",
            container("init", essential=False),
            container("app", dependsOn=[{"containerName": "init", "condition": "SUCCESS"}]),
        )
    )
    driver.exit("init", 1)
    driver.obey()
    app = driver.reports[-1].containers[-1]
    assert (app.container_name, app.status, app.exit_code) == ("app", "STOPPED", 143)
    assert app.reason.startswith(
        "CannotStartContainerError: dependency graph: failed to resolve container ordering "
        "dependency [init] for target [app]"
    )
    assert driver.status() == "STOPPED"


def test_healthy_is_impossible_for_a_container_without_a_health_check() -> None:
    driver = Driver()
    driver.run(
        task(
            "t1",
            container("db"),
            container("app", dependsOn=[{"containerName": "db", "condition": "HEALTHY"}]),
        )
    )
    reasons = [c.reason for r in driver.reports for c in r.containers]
    assert any("it has no health check" in reason for reason in reasons)


def test_a_start_timeout_ends_those_who_wait() -> None:
    driver = Driver()
    driver.run(
        task(
            "t1",
            container("init", essential=False, startTimeout=5),
            container("app", dependsOn=[{"containerName": "init", "condition": "COMPLETE"}]),
        )
    )
    assert ask.SetTimer(f"start:{driver.id_of('init')}", 5.0) in driver.asked
    driver.fire("start")
    driver.exit("init", 137)
    driver.obey()
    app = next(c for r in driver.reports for c in r.containers if c.container_name == "app")
    assert (app.exit_code, driver.status()) == (143, "STOPPED")


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        (
            task("t1", container("a", dependsOn=[{"containerName": "x", "condition": "START"}])),
            "'x'",
        ),
        (task("t1", container("a", memory=512), memory=256), "256 MiB"),
        (task("t1", networkMode="awsvpc"), "awsvpc"),
        (task("t1", container("a", mountPoints=[{"sourceVolume": "v"}])), "'v'"),
        (task("t1", container("a", secrets=[{"name": "S"}])), "secrets"),
        (task("t1", volumes=[{"name": "v", "type": "efs"}]), "EFS"),
    ],
)
def test_a_task_that_cannot_be_prepared_is_acknowledged_and_stopped(bad: dict, text: str) -> None:  # type: ignore[type-arg]
    driver = Driver()
    driver.run(bad)
    assert driver.of(ask.Acknowledge)
    [report] = driver.reports
    assert report.status == "STOPPED"
    assert report.reason.startswith(f"resource cannot be initialized for task {arn('t1')}: ")
    assert text in report.reason


def test_a_dependency_cycle_stops_the_task_with_its_reason() -> None:
    driver = Driver()
    driver.run(
        task(
            "t1",
            container("a", dependsOn=[{"containerName": "b", "condition": "START"}]),
            container("b", dependsOn=[{"containerName": "a", "condition": "START"}]),
        )
    )
    assert driver.reports[0].reason == (
        f"Task dependencies cannot be resolved, taskArn: {arn('t1')}"
    )


def test_a_task_that_cannot_be_read_is_reported_and_its_message_not_acknowledged() -> None:
    driver = Driver()
    driver.run(task("bad", volumes=[{"name": "v", "type": "floppy"}]), task("good"))
    assert driver.of(ask.Acknowledge) == []
    assert driver.reports[0].task == arn("bad")
    assert driver.reports[0].reason.startswith("UnrecogniedTaskError: Error loading task - ")
    assert driver.status("good") == "RUNNING"


def test_a_redelivered_unreadable_task_gives_the_same_again() -> None:
    driver = Driver()
    bad = task("bad", volumes=[{"name": "v", "type": "floppy"}])
    driver.run(bad)
    driver.run(bad)
    assert driver.of(ask.Acknowledge) == []
    assert [r.reason for r in driver.reports] == [driver.reports[0].reason] * 2


def test_a_failed_pull_stops_the_task_with_aws_own_words() -> None:
    driver = Driver()
    driver.holds = {"app"}
    driver.run(task())
    driver.fail("app", "CannotPullContainerError", "no such image")
    driver.obey()
    [report] = driver.reports
    [change] = report.containers
    assert (report.status, report.reason) == ("STOPPED", "")
    assert change.reason == "CannotPullContainerError: no such image"
    assert (change.runtime_id, change.exit_code) == ("", None)


def test_a_failed_start_has_an_id_and_no_exit_code_and_is_removed() -> None:
    driver = Driver()
    driver.holds = {"app"}
    driver.run(task())
    container_id = driver.id_of("app")
    driver.feed(tell.Pulled(container_id, Image("x", "sha256:d")))
    driver.feed(tell.Created(container_id))
    driver.fail("app", "CannotStartContainerError", "exec: not found")
    driver.obey()
    [change] = driver.reports[0].containers
    assert (change.runtime_id, change.exit_code) == (container_id, None)
    assert ask.Remove(container_id) in driver.asked


def test_a_container_that_is_not_essential_may_fail() -> None:
    driver = Driver()
    driver.holds = {"side"}
    driver.run(task("t1", container("app"), container("side", essential=False)))
    driver.fail("side", "CannotPullContainerError")
    driver.obey()
    assert driver.status() == "RUNNING"


def test_an_end_told_before_its_start_is_taken_in_order() -> None:
    driver = Driver()
    driver.holds = {"app"}
    driver.run(task())
    container_id = driver.id_of("app")
    driver.feed(tell.Pulled(container_id, Image("x", "sha256:d")))
    driver.feed(tell.Created(container_id))
    driver.feed(tell.Exited(Exit(container_id, 0, driver.now)))
    driver.feed(tell.ContainerStarted(container_id, driver.started()))
    driver.obey()
    assert driver.shown() == [
        ("STOPPED", [("app", "RUNNING", None), ("app", "STOPPED", 0)]),
    ]


def test_a_second_task_waits_for_memory_and_holds_up_a_third_that_would_fit() -> None:
    driver = Driver()
    driver.run(
        task("t1", container(memory=3000)),
        task("t2", container(memory=3000)),
        task("t3", container(memory=10)),
    )
    assert (driver.status("t1"), driver.status("t2"), driver.status("t3")) == (
        "RUNNING",
        "PENDING",
        "PENDING",
    )
    assert len(driver.reports) == 1
    driver.run(stop("t1"))
    [first] = [t for t in driver.engine.tasks if t.arn == arn("t1")]
    driver.feed(tell.Exited(Exit(first.containers[0].container_id, 143, driver.now)))
    driver.obey()
    assert (driver.status("t2"), driver.status("t3")) == ("RUNNING", "RUNNING")


def test_a_host_port_is_held_until_the_container_is_removed() -> None:
    ports = [{"containerPort": 80, "hostPort": 8080, "protocol": "tcp"}]
    driver = Driver()
    driver.run(task("t1", container("one", portMappings=ports)))
    driver.run(task("t2", container("two", portMappings=ports)))
    assert names(driver, ask.Pull) == ["one"]
    driver.exit("one", 0)
    assert driver.status("t1") == "STOPPED"
    assert names(driver, ask.Pull) == ["one"]
    driver.obey()
    assert driver.status("t2") == "RUNNING"


def test_a_waiting_task_can_be_stopped_and_no_longer_blocks() -> None:
    driver = Driver()
    driver.run(task("huge", container(memory=100_000)), task("small"))
    driver.run(stop("huge"))
    assert driver.status("small") == "RUNNING"
    [report] = [r for r in driver.reports if r.task == arn("huge")]
    assert (report.status, report.execution_stopped_at) == ("STOPPED", None)


def test_manifest_names_what_runs_beyond_it() -> None:
    driver = Driver()
    driver.run(task("t1"), task("t2"))
    message = acs.TaskManifestMessage(
        message_id="m-man1",
        timeline=9,
        tasks=(acs.TaskIdentity(task_arn=arn("t1"), desired_status="RUNNING"),),
    )
    assert driver.feed(tell.ManifestReceived(message)) == [
        ask.Acknowledge(message),
        ask.NameStopCandidates(
            acs.TaskStopVerificationMessage(
                message_id="m-man1",
                stop_candidates=(acs.TaskIdentity(task_arn=arn("t2"), desired_status="STOPPED"),),
            )
        ),
    ]
    verified = acs.TaskStopVerificationAck(
        message_id="m-man1", stop_tasks=(acs.TaskIdentity(task_arn=arn("t2")),)
    )
    [signal, timer] = driver.feed(tell.StopsVerified(verified))
    assert isinstance(signal, ask.Signal)
    assert isinstance(timer, ask.SetTimer)


def test_a_manifest_never_starts_tasks() -> None:
    driver = Driver()
    message = acs.TaskManifestMessage(
        message_id="m",
        timeline=9,
        tasks=(acs.TaskIdentity(task_arn=arn("t9"), desired_status="RUNNING"),),
    )
    assert driver.feed(tell.ManifestReceived(message)) == [ask.Acknowledge(message)]
