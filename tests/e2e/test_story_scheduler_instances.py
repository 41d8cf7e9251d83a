"""Instances that come, are drained, fall silent and return, and containers that get unhealthy."""

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from house import House, get, kill, processes_of, until

GRACE_SECONDS = 3
CHECKED = (
    "mkdir -p /www; echo ok > /www/index.html; httpd -p 80 -h /www; "
    "trap 'exit 0' TERM; sleep 86400 & wait"
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two instances; silent ones are given up soon."""
    one = House(tmp_path_factory.mktemp("house") / "d")
    try:
        one.up(2, "--healthy-after", "1", "--dead-host-grace", str(GRACE_SECONDS))
        one.import_image()
        yield one
    finally:
        one.purge()


def messages(house: House, name: str) -> list[str]:
    """A service's events, oldest first."""
    found = house.ecs.describe_services(services=[name])["services"][0]["events"]
    return [each["message"] for each in reversed(found)]


def places(tasks: list[dict[str, Any]]) -> Counter[str]:
    """How many tasks each container instance has."""
    return Counter(task["containerInstanceArn"] for task in tasks)


def test_a_daemon_is_on_every_instance_and_a_drain_takes_it_last_as_planned(house: House) -> None:
    house.ecs.create_service(
        serviceName="agent", taskDefinition=house.register("agent"), schedulingStrategy="DAEMON"
    )
    house.running_tasks_of("agent", 2)
    machine = house.add_machine()
    everywhere = places(house.running_tasks_of("agent", 3))
    assert everywhere == {one["containerInstanceArn"]: 1 for one in house.container_instances()}

    house.create_service("web", house.register("web"), 6)
    house.roadstead("wait", "stable", "web", "--timeout", "30s")
    before = places(house.tasks_of("web"))
    assert before[machine.arn] > 0
    plan = json.loads(house.roadstead("plan", "drain", machine.id, "--json"))
    planned = next(each for each in plan["services"] if each["serviceName"] == "web")
    assert (plan["outcome"], planned["healthyLowest"]) == ("SETTLED", 6)
    expected = before + Counter()
    for each in planned["movements"]:
        expected[each["containerInstanceArn"]] += each["started"] - each["stopped"]

    house.aws(
        *("update-container-instances-state", "--status", "DRAINING"),
        *("--container-instances", machine.arn),
    )
    told = house.roadstead("wait", "drained", machine.id, "--timeout", "30s")
    assert f"{machine.id}: DRAINED" in told
    after = places(house.running_tasks_of("web", 6))
    assert after == +expected, "what was planned is what happened"
    assert machine.arn not in places(house.running_tasks_of("agent", 2))
    seen = [json.loads(line) for line in house.roadstead("events", "--json").splitlines()]
    ended = [
        each["detail"]["group"]
        for each in seen
        if each["detail-type"] == "ECS Task State Change"
        and each["detail"]["containerInstanceArn"] == machine.arn
        and each["detail"]["lastStatus"] == "STOPPED"
    ]
    assert ended == ["service:web"] * before[machine.arn] + ["service:agent"]
    house.roadstead("instance", "terminate", machine.id)
    house.delete_service("web")
    house.delete_service("agent")


def test_an_unhealthy_container_is_replaced_and_the_reason_is_told(house: House) -> None:
    definition = house.register(
        "checked",
        command=["sh", "-c", CHECKED],
        healthCheck={
            "command": ["CMD-SHELL", "cat /www/index.html"],
            "interval": 5,
            "timeout": 2,
            "retries": 1,
        },
    )
    house.create_service("checked", definition, 1)

    def health() -> str:
        return str(house.tasks_of("checked")[0]["healthStatus"])

    until(lambda: health() == "HEALTHY", "the first check has passed")
    (task,) = house.tasks_of("checked")
    os.unlink(f"/proc/{processes_of(task['taskArn'])[0]}/root/www/index.html")
    ended = house.until_task(task["taskArn"], "STOPPED")
    assert ended["stoppedReason"] == "Task failed container health checks"
    assert ended["healthStatus"] == "UNHEALTHY"
    (replacement,) = house.running_tasks_of("checked", 1)
    assert replacement["healthStatus"] == "HEALTHY", "the new one was healthy before the old went"
    said = "\n".join(messages(house, "checked"))
    assert f"(task {task['taskArn'].rpartition('/')[2]}) failed container health checks." in said
    assert "Amazon ECS replaced 1 tasks due to an unhealthy status." in said
    advice = house.roadstead("explain", "task", task["taskArn"])
    assert "run its command by hand" in advice
    house.delete_service("checked")


def test_a_silent_host_is_given_up_and_ends_the_copies_when_it_is_back(house: House) -> None:
    machine = house.add_machine()
    house.create_service("web", house.register("web"), 3)
    alone = house.run_task("web", machine.arn)
    (task,) = (t for t in house.tasks_of("web") if t["containerInstanceArn"] == machine.arn)
    url = house.url_of(task)
    agent = house.machine(machine.id).agent_pid
    assert agent is not None
    os.kill(agent, signal.SIGTERM)  # which asks it to end for good
    given_up = house.until_task(task["taskArn"], "STOPPED")
    assert given_up["stoppedReason"] == (
        f"Host EC2 (instance {machine.id}) was not heard for {GRACE_SECONDS} seconds."
    )
    assert machine.arn not in places(house.running_tasks_of("web", 3))
    assert get(url).startswith("hello"), "the old copy runs on, unseen"
    assert house.task(alone["taskArn"])["lastStatus"] == "RUNNING", "nobody would start it again"
    assert "the machine may still run it" in house.roadstead("explain", "task", task["taskArn"])

    house.roadstead("instance", "start", machine.id)
    until(lambda: processes_of(task["taskArn"]) == [], "the copy has ended")
    assert house.describe_instance(machine.arn)["agentConnected"]
    assert processes_of(alone["taskArn"])
    assert len(house.running_tasks_of("web", 3)) == 3
    house.ecs.stop_task(task=alone["taskArn"])
    house.delete_service("web")
    house.roadstead("instance", "terminate", machine.id)


def test_a_killed_agent_moves_nothing(house: House) -> None:
    """Its host starts another one at once."""
    house.create_service("web", house.register("web"), 2)
    before = {task["taskArn"] for task in house.tasks_of("web")}
    killed = {one.id: one.agent_pid for one in house.machines() if one.status == "running"}
    for pid in killed.values():
        assert pid is not None
        kill(pid)

    def are_back() -> bool:
        others = {one.id: one.agent_pid for one in house.machines() if one.id in killed}
        connected = all(one["agentConnected"] for one in house.container_instances())
        return connected and all(others[each] not in (None, killed[each]) for each in killed)

    until(are_back, "other agents are connected")
    assert {task["taskArn"] for task in house.running_tasks_of("web", 2)} == before
    house.delete_service("web")
