"""Named stories: what ECS promises when something goes wrong, seen on the whole control plane."""

import asyncio

import pytest

from sim.caller import Refused
from sim.stage import (
    Watched,
    a_cluster,
    a_service,
    arn_of,
    events,
    instance,
    is_connected,
    running,
    service,
    status,
    tasks,
    tasks_on,
)
from sim.user import CLUSTER
from sim.world import World, played

HOUR = 3600.0


def test_forced_deregistration_orphans_the_tasks_and_the_service_replaces_them() -> None:
    async def story(world: World) -> None:
        one, two, three = await a_cluster(world)
        await a_service(world, 3)
        [orphan] = tasks_on(world, one)
        alive = running(one)
        await world.user.deregister(arn_of(one), force=True)
        [stopped] = tasks_on(world, one, "STOPPED")
        assert stopped.arn == orphan.arn
        assert stopped.stopped_reason == "Container instance deregistration forced by user"
        await world.until(lambda: len(tasks(world)) == 3, 10, "replaced elsewhere")
        assert len(tasks_on(world, two)) + len(tasks_on(world, three)) == 3
        await world.pass_time(600)
        assert running(one) == alive, "orphans are not touched"
        assert status(world, one) == ("INACTIVE", False)

    played(story)


def test_deregistration_without_force_is_refused_while_tasks_run_and_changes_nothing() -> None:
    async def story(world: World) -> None:
        one, *_ = await a_cluster(world)
        await a_service(world, 3)
        before = instance(world, one)
        with pytest.raises(Refused, match=r"Found running tasks on the instance\."):
            await world.user.deregister(arn_of(one), force=False)
        assert instance(world, one) == before

    played(story)


def test_the_agent_of_a_deregistered_instance_keeps_trying_and_stays_out() -> None:
    async def story(world: World) -> None:
        one, *_ = await a_cluster(world)
        agent = one.agent
        await world.user.deregister(arn_of(one), force=True)
        for _ in range(5):
            await world.pass_time(0.8 * HOUR)
            assert one.agent is agent, "it does not exit"
            record = instance(world, one)
            assert record is None or (record.status, record.agent_connected) == ("INACTIVE", False)
        assert instance(world, one) is None, "after an hour it is forgotten"

    played(story)


def test_a_restarted_agent_with_the_state_of_a_deregistered_instance_ends_for_good() -> None:
    async def story(world: World) -> None:
        one, *_ = await a_cluster(world)
        old = arn_of(one)
        await world.user.deregister(old, force=True)
        one.kill_agent()
        await world.until(lambda: one.exit_status == 5, 30, "the agent gives up")
        one.reinstall()
        await world.until(lambda: is_connected(world, one), 30, "it joins anew")
        assert arn_of(one) != old

    played(story)


def test_a_killed_agent_comes_back_and_adopts_its_containers() -> None:
    async def story(world: World) -> None:
        machines = await a_cluster(world)
        await a_service(world, 6)
        there, told = running(*machines), [task.version for task in tasks(world)]
        for machine in machines:
            machine.kill_agent()
        await world.pass_time(60)
        assert running(*machines) == there
        assert [task.version for task in tasks(world)] == told, "nothing is reported again"
        assert all(status(world, each) == ("ACTIVE", True) for each in machines)

    played(story)


def test_what_ended_while_its_agent_was_dead_is_reported_and_replaced() -> None:
    async def story(world: World) -> None:
        one, *_ = await a_cluster(world)
        await a_service(world, 3)
        [lost] = tasks_on(world, one)
        one.agent_wanted.clear()
        one.kill_agent()
        await world.pass_time(1)
        one.end(next(iter(one.running)), 7)
        one.agent_wanted.set()
        await world.until(lambda: len(tasks(world)) == 3 and lost.arn not in _arns(world), 15)
        [ended] = tasks(world, "STOPPED")
        assert (ended.arn, ended.containers[0].exit_code) == (lost.arn, 7)
        assert ended.stop_code == "EssentialContainerExited"

    played(story)


def test_a_killed_server_comes_back_to_the_same_state_and_the_agents_to_it() -> None:
    async def story(world: World) -> None:
        machines = await a_cluster(world)
        await a_service(world, 6)
        there, known = running(*machines), _arns(world)
        world.kill_server(seconds_down=30)
        await world.pass_time(31)
        await world.until(lambda: world.servers == 2, 5, "another server")
        assert _arns(world) == known
        await world.pass_time(180)
        assert all(status(world, each) == ("ACTIVE", True) for each in machines)
        assert (running(*machines), _arns(world)) == (there, known)

    played(story)


def test_a_server_killed_at_any_moment_of_a_write_has_it_whole_or_not_at_all() -> None:
    async def story(world: World) -> None:
        await a_cluster(world, machines=1)
        for number in range(40):
            servers = world.servers
            asyncio.get_running_loop().call_later(number * 0.0005, world.kill_server)
            await world.user.serve(f"s{number}", "web", 0)
            await world.until(lambda: world.servers == servers + 1, 10)  # noqa: B023
        assert len(world.user.services("ACTIVE")) == 40

    played(story)


def test_a_full_disk_ends_the_server_and_nothing_acknowledged_is_lost() -> None:
    async def story(world: World) -> None:
        await a_cluster(world)
        world.disk.full = 0.3
        acknowledged = 0
        for number in range(10):
            while True:
                try:
                    await world.user.serve(f"s{number}", "web", 1)
                except Exception as error:  # noqa: BLE001  # nobody answered: try again
                    world.tell(repr(error))
                else:
                    acknowledged += 1
                    break
        world.disk.full = 0.0
        assert world.servers > 2
        await world.until(lambda: len(tasks(world)) == acknowledged == 10, 120, "all run")

    played(story)


def test_an_instance_whose_agent_is_away_stays_active_and_keeps_its_tasks() -> None:
    async def story(world: World) -> None:
        one, *others = await a_cluster(world)
        await a_service(world, 3)
        there, known = running(one), _arns(world)
        one.link.silence()
        one.link.is_up = False
        await world.until(lambda: status(world, one) == ("ACTIVE", False), 240, "it is noticed")
        answer = await world.user.run("web", 4)
        assert not answer["failures"]
        assert {each["containerInstanceArn"] for each in answer["tasks"]} <= {
            arn_of(each) for each in others
        }
        await world.pass_time(HOUR)
        assert known <= _arns(world), "RUNNING tasks are not replaced for that alone"
        one.link.is_up = True
        await world.until(lambda: is_connected(world, one), 180, "it is back")
        await world.pass_time(60)
        assert (running(one), known <= _arns(world)) == (there, True)

    played(story)


def test_a_task_placed_just_before_its_agent_was_cut_off_waits_for_it() -> None:
    async def story(world: World) -> None:
        [one] = await a_cluster(world, machines=1)
        one.link.silence()
        one.link.is_up = False
        await world.user.run("web", 1)
        await world.pass_time(600)
        assert [task.last_status for task in tasks(world, "PENDING")] == ["PENDING"]
        one.link.is_up = True
        await world.until(lambda: len(tasks(world)) == 1, 180, "it runs after all")

    played(story)


def test_a_connection_that_breaks_for_a_moment_is_no_disconnected_agent() -> None:
    async def story(world: World) -> None:
        one, *_ = await a_cluster(world)
        connected = Watched(world, lambda: is_connected(world, one))
        for _ in range(10):
            one.link.cut()
            await world.pass_time(20)
        assert connected.least == 1

    played(story)


def test_an_agent_gone_before_its_connection_was_open_does_not_count_as_connected() -> None:
    async def story(world: World) -> None:
        one, *_ = await a_cluster(world)
        one.agent_wanted.clear()
        one.kill_agent()
        await world.until(lambda: not is_connected(world, one), 30)
        world.disk.slow = 1.0
        one.agent_wanted.set()
        await world.until(lambda: is_connected(world, one), 30, "it is let in")
        one.link.is_up = False
        one.link.cut()
        await world.until(lambda: not is_connected(world, one), 30, "it is known to be gone")

    played(story)


DRAINS = {
    "min below 100: stops first": (4, 50, 100, 2, 4),
    "max above 100: starts first": (4, 100, 200, 4, 6),
    "one at a time": (10, 90, 110, 9, 11),
    "min 0: stops all at once": (2, 0, 100, 0, 2),
}


@pytest.mark.parametrize("case", DRAINS)
def test_a_drain_stays_within_the_service_s_percentages_and_ends(case: str) -> None:
    desired, minimum, maximum, least, most = DRAINS[case]

    async def story(world: World) -> None:
        one, two = await a_cluster(world, machines=2)
        await a_service(world, desired, minimum, maximum)
        serving = Watched(world, lambda: len(tasks(world)))
        there = Watched(world, lambda: len(tasks(world)) + len(tasks(world, "PENDING")))
        await world.user.set_state(arn_of(one), "DRAINING")
        await world.until(lambda: len(tasks_on(world, two)) == desired, 600, "all moved")
        await world.until(lambda: not one.running, 60, "nothing runs there any more")
        assert serving.least >= least
        assert there.most <= most
        assert status(world, one) == ("DRAINING", True)
        await world.user.set_state(arn_of(one), "ACTIVE")
        await world.pass_time(300)
        assert not tasks_on(world, one), "what moved does not come back"

    played(story)


def test_once_a_zone_is_back_its_share_of_the_tasks_is_moved_there() -> None:
    async def story(world: World) -> None:
        one, two = await a_cluster(world, machines=2)
        await a_service(world, 4, rebalancing="ENABLED")
        serving = Watched(world, lambda: len(tasks(world)))
        await world.user.set_state(arn_of(one), "DRAINING")
        await world.until(lambda: len(tasks_on(world, two)) == 4, 600, "all moved")
        await world.until(lambda: service(world).is_steady, 120)
        await world.user.set_state(arn_of(one), "ACTIVE")
        await world.until(lambda: len(tasks_on(world, two)) == 2, 300, "half of them moved back")
        await world.until(lambda: service(world).is_steady, 120)
        assert serving.least >= 4
        assert "is AZ balanced with 2 tasks in" in events(world)[-2]

    played(story)


def test_a_drain_that_the_percentages_forbid_is_stuck_and_says_so() -> None:
    async def story(world: World) -> None:
        one, _ = await a_cluster(world, machines=2)
        await a_service(world, 2, 75, 100)
        there = running(one)
        await world.user.set_state(arn_of(one), "DRAINING")
        await world.pass_time(HOUR)
        assert running(one) == there
        assert "because of the service deployment configuration" in events(world)[-1]

    played(story)


def test_a_drain_stops_pending_tasks_at_once_and_leaves_standalone_ones_alone() -> None:
    async def story(world: World) -> None:
        [one] = await a_cluster(world, machines=1)
        await world.user.run("web", 1)
        await world.until(lambda: len(tasks(world)) == 1, 30)
        one.link.silence()
        one.link.is_up = False
        await world.user.serve("web", "web", 2)
        await world.user.set_state(arn_of(one), "DRAINING")
        await world.pass_time(1)
        assert not tasks(world, "PENDING")
        one.link.is_up = True
        await world.pass_time(300)
        assert [task.service_arn for task in tasks(world)] == [""]
        assert len(one.running) == 1

    played(story)


def test_an_inactive_revision_serves_its_service_and_nobody_else() -> None:
    async def story(world: World) -> None:
        await a_cluster(world)
        await a_service(world, 2)
        await world.user.call("DeregisterTaskDefinition", taskDefinition="web:1")
        await world.user.update("web", desiredCount=5)
        await world.until(lambda: len(tasks(world)) == 5, 30, "the service scales")
        with pytest.raises(Refused, match="TaskDefinition is inactive"):
            await world.user.run("web:1")
        with pytest.raises(Refused, match="ClientException"):
            await world.user.serve("other", "web:1", 1)
        with pytest.raises(Refused, match="ClientException"):
            await world.user.run("web")
        await world.user.update("web", forceNewDeployment=True)
        await world.until(lambda: service(world).is_steady, 300, "and deploys it again")

    played(story)


def test_a_deleted_revision_goes_with_its_last_service() -> None:
    async def story(world: World) -> None:
        await a_cluster(world)
        await a_service(world, 2)
        await world.user.call("DeregisterTaskDefinition", taskDefinition="web:1")
        await world.user.call("DeleteTaskDefinitions", taskDefinitions=["web:1"])
        await world.user.update("web", desiredCount=4)
        await world.until(lambda: len(tasks(world)) == 4, 30)
        await world.user.call("DeleteService", cluster=CLUSTER, service="web", force=True)
        await world.until(lambda: service(world).status == "INACTIVE", 30)
        await world.pass_time(60)
        with pytest.raises(Refused, match="ClientException"):
            await world.user.call("DescribeTaskDefinition", taskDefinition="web:1")

    played(story)


def test_a_rolling_update_has_no_gap_and_leaves_one_deployment() -> None:
    async def story(world: World) -> None:
        machines = await a_cluster(world)
        await a_service(world, 6)
        serving = Watched(world, lambda: len(tasks(world)))
        there = Watched(world, lambda: len(tasks(world)) + len(tasks(world, "PENDING")))
        await world.user.define("web", image="stubborn")
        await world.user.update("web", taskDefinition="web")
        await world.until(lambda: service(world).is_steady, 300, "rolled out")
        await world.until(lambda: len(running(*machines)) == 6, 60, "the old ones are gone")
        assert (serving.least, there.most) == (6, 12)
        [deployment] = service(world).deployments
        assert deployment.rollout_state == "COMPLETED"
        assert {each.spec.image for m in machines for each in m.running.values()} == {"stubborn"}

    played(story)


def test_tasks_that_never_start_are_tried_ever_more_rarely_until_a_new_revision_comes() -> None:
    async def story(world: World) -> None:
        await a_cluster(world)
        await world.user.define("web", image="missing")
        await world.user.serve("web", "web", 1)
        await world.pass_time(3 * HOUR)
        failed = service(world).deployments[0].failed_starts
        assert 10 <= failed <= 25
        assert any("unable to consistently start tasks" in each for each in events(world))
        await world.user.define("web", image="run")
        await world.user.update("web", taskDefinition="web")
        await world.until(lambda: len(tasks(world)) == 1, 10, "no more waiting")

    played(story)


def test_a_stopped_host_ends_its_tasks_and_comes_back_as_the_same_instance() -> None:
    async def story(world: World) -> None:
        one, *_ = await a_cluster(world)
        await a_service(world, 3)
        arn = arn_of(one)
        [lost] = tasks_on(world, one)
        one.power_off()
        world.host.report(one.id, "stopped")
        await world.until(lambda: len(tasks(world)) == 3 and lost.arn not in _arns(world), 15)
        [stopped] = tasks(world, "STOPPED")
        assert stopped.stopped_reason == f"Host EC2 (instance {one.id}) stopped."
        assert status(world, one) == ("ACTIVE", False)
        await world.pass_time(HOUR)
        one.power_on()
        world.host.report(one.id, "running")
        await world.until(lambda: is_connected(world, one), 30, "it is back")
        await world.pass_time(60)
        assert arn_of(one) == arn
        assert not one.running

    played(story)


def test_a_report_that_a_host_stopped_which_comes_too_late_does_not_last() -> None:
    async def story(world: World) -> None:
        [one] = await a_cluster(world, machines=1)
        await a_service(world, 2)
        one.power_off()
        await world.pass_time(5)
        one.power_on()
        await world.until(lambda: len(one.running) == 2, 60, "replaced after the reboot")
        world.host.report(one.id, "stopped")
        world.host.report(one.id, "running")
        await world.pass_time(15)
        assert status(world, one) == ("ACTIVE", True)
        await world.until(
            lambda: len(tasks(world)) == len(one.running) == 2, 60, "no more, no less"
        )
        assert {each.spec.task_arn for each in one.running.values()} == _arns(world)

    played(story)


def test_a_terminated_host_is_deregistered_if_its_agent_was_connected() -> None:
    async def story(world: World) -> None:
        one, *_ = await a_cluster(world)
        await a_service(world, 3)
        one.power_off()
        one.is_gone = True
        world.host.report(one.id, "terminated")
        await world.until(lambda: status(world, one) == ("INACTIVE", False), 10)
        await world.until(lambda: len(tasks(world)) == 3, 10, "replaced")

    played(story)


def test_a_host_terminated_while_stopped_stays_until_it_is_deregistered_by_hand() -> None:
    async def story(world: World) -> None:
        one, *_ = await a_cluster(world)
        one.power_off()
        world.host.report(one.id, "stopped")
        await world.pass_time(60)
        world.host.report(one.id, "terminated")
        await world.pass_time(HOUR)
        assert status(world, one) == ("ACTIVE", False)
        await world.user.deregister(arn_of(one), force=False)
        assert status(world, one) == ("INACTIVE", False)

    played(story)


def test_what_ended_before_a_power_loss_is_not_started_again_after_it() -> None:
    async def story(world: World) -> None:
        [one] = await a_cluster(world, machines=1)
        await world.user.define("job", image="job")
        for number in range(1, 4):
            await world.user.run("job", 1)
            await world.until(lambda: len(tasks(world, "STOPPED")) == number, 120)  # noqa: B023
            await world.until(lambda: not one.containers, 10, "its container is taken away")
            one.power_off(disk_loses=True)
            one.link.is_up = False
            one.power_on()
            await world.pass_time(10)
            assert not one.containers, "started again before anybody could tell it not to"
            one.link.is_up = True
            await world.until(lambda: is_connected(world, one), 180)

    played(story)


def test_attempts_of_one_request_start_its_tasks_once() -> None:
    async def story(world: World) -> None:
        await a_cluster(world)
        world.rates.doubled = 1.0
        await world.user.run("web", 3)
        await world.pass_time(60)
        assert len(tasks(world)) == 3

    played(story)


def test_a_service_waits_for_room_and_takes_it_as_soon_as_there_is_some() -> None:
    async def story(world: World) -> None:
        [one] = await a_cluster(world, machines=1, cpu_units=256)
        await world.user.serve("web", "web", 4)
        await world.until(lambda: len(tasks(world)) == 2, 30, "as many as fit")
        assert "was unable to place a task" in events(world)[-1]
        two = world.add_machine(cpu_units=256)
        await world.until(lambda: len(tasks(world)) == 4, 10, "the rest")
        assert len(tasks_on(world, one)) == len(tasks_on(world, two)) == 2

    played(story)


def _arns(world: World) -> set[str]:
    return {task.arn for task in tasks(world)}
