"""Host ports: held from a container's start until its task's end is acknowledged, and a rest."""

from engine_driver import SETTINGS, Driver, arn, container, payload, stop, task

from roadstead.agent.engine import instructions as ask
from roadstead.agent.engine import stimuli as tell
from roadstead.agent.engine.records import decode_task
from roadstead.agent.runtime.port import Exit, Found, NetworkBinding, Started

PORTS = (NetworkBinding(80, 32_768),)
RESTARTS = {"enabled": True, "restartAttemptPeriod": 60}


class PortedDriver(Driver):
    """Containers have a port once they run; reports arrive when the test says."""

    def started(self, *bindings: NetworkBinding) -> Started:
        return super().started(*(bindings or PORTS))

    def accept(self) -> None:
        self.feed(tell.ReportAccepted(arn("t1")))
        self.obey()

    def held(self) -> set[str]:
        """Names of the containers for which ports are held."""
        ids: dict[str, None] = {}
        for each in self.asked:
            if isinstance(each, ask.HoldPorts):
                assert each.bindings == PORTS
                ids[each.container_id] = None
            elif isinstance(each, ask.FreePorts):
                del ids[each.container_id]
        return {self.name_of(each) for each in ids}

    def rests(self) -> bool:
        return f"ports:{arn('t1')}" in [each.key for each in self.of(ask.SetTimer)]

    def reborn(self, *found: Found) -> "PortedDriver":
        other = PortedDriver(SETTINGS, [decode_task(each) for each in self.saved.values()])
        other.now = self.now
        other.saved = self.saved
        other.feed(tell.RuntimeFound(tuple(found)))
        return other

    def _answer(self, each: ask.Instruction) -> tell.Stimulus | None:
        return None if isinstance(each, ask.Submit) else super()._answer(each)


def running(**members: object) -> PortedDriver:
    """It runs, and the control plane knows."""
    driver = PortedDriver()
    driver.run(task("t1", container(**members)))
    driver.accept()
    return driver


def ended() -> PortedDriver:
    """It has ended and is removed; the report of the end is under way."""
    driver = running()
    driver.exit("app", 1)
    driver.obey()
    assert driver.reports[-1].status == "STOPPED"
    return driver


def test_the_ports_of_a_container_are_held_from_its_start() -> None:
    driver = PortedDriver()
    driver.holds = {"app"}
    driver.run(task())
    assert driver.held() == set()
    driver.holds = set()
    driver.feed(tell.Pulled(driver.id_of("app"), tell.Image("x", "sha256:d")))
    driver.obey()
    assert driver.held() == {"app"}


def test_a_container_without_ports_holds_none_and_its_task_is_shrunk_at_once() -> None:
    driver = Driver()
    driver.run(task())
    driver.exit("app", 0)
    driver.obey()
    assert driver.of(ask.HoldPorts) == driver.of(ask.FreePorts) == []
    assert not [each for each in driver.of(ask.SetTimer) if each.key.startswith("ports:")]
    assert decode_task(driver.saved[arn("t1")]).containers == []


def test_a_removed_containers_ports_are_held_until_its_end_is_acknowledged() -> None:
    driver = ended()
    assert driver.of(ask.RemoveTask) != []
    assert (driver.held(), driver.rests()) == ({"app"}, False)
    driver.accept()
    assert (driver.held(), driver.rests()) == ({"app"}, True)


def test_a_minute_after_the_acknowledgement_anybody_may_have_them() -> None:
    driver = ended()
    driver.accept()
    [timer] = [each for each in driver.of(ask.SetTimer) if each.key.startswith("ports:")]
    assert timer.seconds == 60.0
    container_id = driver.id_of("app")
    assert driver.fire("ports") == [ask.FreePorts(container_id)]
    assert decode_task(driver.saved[arn("t1")]).containers == []


def test_an_acknowledged_report_before_the_last_one_frees_nothing() -> None:
    driver = PortedDriver()
    driver.run(task())
    driver.exit("app", 1)
    driver.obey()
    driver.accept()
    assert [each.status for each in driver.reports] == ["RUNNING", "STOPPED"]
    assert not driver.rests()
    driver.accept()
    assert driver.rests()


def test_the_port_of_a_container_that_ended_alone_is_held_as_long_as_its_task() -> None:
    driver = PortedDriver()
    driver.run(task("t1", container("app"), container("side", essential=False)))
    driver.accept()
    driver.exit("side", 0)
    driver.fire("batch")
    driver.accept()
    assert (driver.held(), driver.rests()) == ({"app", "side"}, False)


def test_an_agent_restarted_before_the_acknowledgement_holds_the_ports_on() -> None:
    again = ended().reborn()
    assert (again.held(), again.rests()) == ({"app"}, False)
    again.accept()
    again.fire("ports")
    assert again.held() == set()


def test_an_agent_restarted_while_the_ports_rest_lets_them_rest_anew() -> None:
    driver = ended()
    driver.accept()
    again = driver.reborn()
    assert (again.held(), again.rests()) == ({"app"}, True)


def test_an_agent_restarted_beside_a_running_container_holds_its_ports_on() -> None:
    driver = running()
    found = Found(driver.id_of("app"), "running", driver.started())
    assert driver.reborn(found).held() == {"app"}


def test_a_container_that_ran_and_ended_unseen_has_its_ports_held() -> None:
    driver = running()
    container_id = driver.id_of("app")
    end = Exit(container_id, 1, driver.now)
    again = driver.reborn(Found(container_id, "exited", driver.started(), end))
    again.obey()
    assert (again.reports[-1].status, again.held()) == ("STOPPED", {"app"})


def test_ports_are_held_between_two_runs_of_a_container() -> None:
    driver = running(restartPolicy=RESTARTS)
    driver.later(100)
    driver.exit("app", 1)
    assert driver.of(ask.Remove) != []
    assert driver.held() == {"app"}
    driver.obey()
    assert (driver.status(), driver.held()) == ("RUNNING", {"app"})


def test_a_task_is_not_forgotten_while_its_ports_are_held() -> None:
    driver = ended()
    driver.accept()
    driver.fire("forget")
    assert arn("t1") in driver.saved
    driver.fire("ports")
    driver.fire("forget")
    assert arn("t1") not in driver.saved


def test_a_stop_that_comes_again_while_the_ports_rest_is_reported_again() -> None:
    driver = ended()
    driver.accept()
    driver.feed(tell.PayloadReceived(payload(stop())))
    assert [each.status for each in driver.reports][-2:] == ["STOPPED", "STOPPED"]
    driver.fire("ports")
    assert driver.held() == set()
