"""kill -9 of each program with agents and containers at work: nothing doubled, nothing forgotten.

Every container appends a line to a file of this machine when it starts: that is how one that was
started twice is seen.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import uuid
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from house import (
    IMAGE,
    PATIENCE_SECONDS,
    House,
    Machine,
    containers_of,
    get,
    is_alive,
    kill,
    pids,
    processes_of,
    read,
    until,
)

ROUNDS = int(os.environ.get("ROADSTEAD_KILL_ROUNDS", "30"))
WRITERS = 3
TASK_OF_CGROUP = re.compile(r"/i-[0-9a-f]+/([0-9a-f]{32})/")


@pytest.fixture(scope="module")
def starts(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where containers of the task definition `noted` write that they started."""
    folder = tmp_path_factory.mktemp("starts")
    house.ecs.register_task_definition(
        family="noted",
        volumes=[{"name": "starts", "host": {"sourcePath": str(folder)}}],
        containerDefinitions=[
            {
                "name": "app",
                "image": IMAGE,
                "memory": 8,
                "command": [
                    *("sh", "-c"),
                    "echo started >> /starts/$NAME; trap 'exit 0' TERM; sleep 86400 & wait",
                ],
                "mountPoints": [{"sourceVolume": "starts", "containerPath": "/starts"}],
                "stopTimeout": 5,
            }
        ],
    )
    return folder


def noted(name: str) -> dict[str, Any]:
    """What RunTask is asked for a container that notes its starts under `name`."""
    environment = [{"name": "NAME", "value": name}]
    overrides = {"containerOverrides": [{"name": "app", "environment": environment}]}
    return {"taskDefinition": "noted", "startedBy": name, "overrides": overrides}


def run_noted(house: House, arn: str) -> str:
    """A task that runs on an instance and notes its starts; its ARN."""
    request = noted(uuid.uuid4().hex)
    answer = house.ecs.start_task(containerInstances=[arn], **request)
    task = house.until_task(answer["tasks"][0]["taskArn"], "RUNNING")
    return str(task["taskArn"])


def all_tasks(house: House) -> list[dict[str, Any]]:
    """Every task that the control plane remembers."""
    arns = [
        arn
        for status in ("RUNNING", "STOPPED")
        for page in house.ecs.get_paginator("list_tasks").paginate(desiredStatus=status)
        for arn in page["taskArns"]
    ]
    found: list[dict[str, Any]] = []
    for first in range(0, len(arns), 100):
        found += house.ecs.describe_tasks(tasks=arns[first : first + 100])["tasks"]
    return found


def all_are_settled(house: House) -> bool:
    return all(task["lastStatus"] == task["desiredStatus"] for task in all_tasks(house))


def ids_on(machines: list[Machine]) -> set[str]:
    """Ids of the tasks whose containers have processes on these machines."""
    ours = {machine.id for machine in machines}
    found = set()
    for pid in pids():
        cgroup = read(f"/proc/{pid}/cgroup")
        if any(f"/{one}/" in cgroup for one in ours):
            found |= set(TASK_OF_CGROUP.findall(cgroup))
    return found


def check_all(house: House, starts: Path) -> None:
    """No container runs twice, none was started twice, none is forgotten."""
    until(lambda: all_are_settled(house), "all tasks are settled")
    tasks = all_tasks(house)
    running = {task["taskArn"] for task in tasks if task["lastStatus"] == "RUNNING"}
    assert ids_on(house.machines()) == {arn.rpartition("/")[2] for arn in running}
    assert {arn: len(containers_of(arn)) for arn in running} == dict.fromkeys(running, 1)
    twice = [file.name for file in starts.iterdir() if file.read_text().count("\n") > 1]
    assert twice == []


def are_connected(house: House, count: int) -> bool:
    """Whether so many agents are; False while nobody answers, too."""
    try:
        return sum(one["agentConnected"] for one in house.container_instances()) >= count
    except (BotoCoreError, ClientError):
        return False


# --- the control plane ---


class Writer(threading.Thread):
    """Starts tasks, and stops the one before, until the control plane is gone."""

    def __init__(self, house: House, enough: threading.Event, wanted: int) -> None:
        super().__init__(daemon=True)
        self.started: dict[str, str] = {}
        """Name → task ARN, of what was acknowledged."""
        self.stopped: list[str] = []
        self.refused: list[object] = []
        self._ecs = house.ecs_of_its_own()
        self._enough = enough
        self._wanted = wanted

    def run(self) -> None:
        try:
            while True:
                self._write()
        except BotoCoreError:
            return  # it was killed, which is the point

    def _write(self) -> None:
        name = uuid.uuid4().hex
        previous = list(self.started.values())[-1:]
        answer = self._ecs.run_task(**noted(name))
        if answer["failures"]:
            self.refused.append(answer["failures"])
            return
        self.started[name] = answer["tasks"][0]["taskArn"]
        if len(self.started) >= self._wanted:
            self._enough.set()
        for arn in previous:
            self._ecs.stop_task(task=arn)
            self.stopped.append(arn)


def told(agent: int) -> dict[str, str]:
    """The environment that an agent was started with."""
    lines = read(f"/proc/{agent}/environ").split("\0")
    return dict(line.split("=", 1) for line in lines if "=" in line)


class Server:
    """The control plane of a house whose `up` has gone; the test starts and kills it."""

    def __init__(self, house: House, agent: int) -> None:
        self._house = house
        self._gateway = told(agent)["ECS_BACKEND_HOST"].removeprefix("http://")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with open(self._house.path.parent / "server.log", "ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "roadstead", "server"),
                    *("--data-dir", str(self._house.path)),
                    *("--listen", f"127.0.0.1:{self._house.port}", "--listen", self._gateway),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        assert self._process is not None
        assert self._process.poll() is None, "it ended by itself"
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)


def test_a_control_plane_that_is_killed_starts_nothing_twice_and_forgets_nothing(
    house: House, starts: Path
) -> None:
    random = Random(20261121)
    machines = house.machines()
    assert machines[0].agent_pid is not None
    house.roadstead("down", "--keep-running")
    server = Server(house, machines[0].agent_pid)
    writers: list[Writer] = []
    for _ in range(ROUNDS):
        server.start()
        until(lambda: are_connected(house, 2), "agents reconnect by themselves")
        enough = threading.Event()
        wanted = random.randint(1, 4)
        of_this_round = [Writer(house, enough, wanted) for _ in range(WRITERS)]
        for writer in of_this_round:
            writer.start()
        assert enough.wait(PATIENCE_SECONDS)
        server.kill()
        for writer in of_this_round:
            writer.join(PATIENCE_SECONDS)
            assert not writer.is_alive()
        writers += of_this_round
        if len(writers) % (10 * WRITERS) == 0:
            clear(house, server, writers)
    house.up(instances=2)
    assert [one.agent_pid for one in house.machines()] == [one.agent_pid for one in machines]
    check_acknowledged(house, writers)
    check_all(house, starts)


def clear(house: House, server: Server, writers: list[Writer]) -> None:
    """Stop what runs, so that there is room for more."""
    server.start()
    until(lambda: are_connected(house, 2))
    stopped = {arn for writer in writers for arn in writer.stopped}
    for task in all_tasks(house):
        if task["desiredStatus"] == "RUNNING":
            assert task["taskArn"] not in stopped
            house.ecs.stop_task(task=task["taskArn"])
    server.kill()


def check_acknowledged(house: House, writers: list[Writer]) -> None:
    """What was answered to a writer is there."""
    assert [writer.refused for writer in writers if writer.refused] == []
    by_arn = {task["taskArn"]: task for task in all_tasks(house)}
    assert [arn for one in writers for arn in one.started.values() if arn not in by_arn] == []
    not_stopped = [
        arn
        for writer in writers
        for arn in writer.stopped
        if by_arn[arn]["desiredStatus"] != "STOPPED"
    ]
    assert not_stopped == []


# --- agents ---


def test_an_agent_that_is_killed_adopts_its_tasks_and_tells_what_ended_meanwhile(
    house: House, starts: Path
) -> None:
    machine = house.machines()[0]
    kept, hit = run_noted(house, machine.arn), run_noted(house, machine.arn)
    before = processes_of(kept)
    assert machine.agent_pid is not None
    os.kill(machine.agent_pid, signal.SIGSTOP)
    kill(processes_of(hit)[0])
    kill(machine.agent_pid)
    ended = house.until_task(hit, "STOPPED")
    assert ended["containers"][0]["exitCode"] == 128 + signal.SIGKILL
    assert ended["stoppedReason"] == "Essential container in task exited"
    assert processes_of(kept) == before
    assert house.task(kept)["lastStatus"] == "RUNNING"
    assert house.machine(machine.id).arn == machine.arn
    check_all(house, starts)


def test_an_agent_that_is_killed_at_work_does_nothing_twice(house: House, starts: Path) -> None:
    machine = house.machines()[1]
    for _ in range(3):
        until(lambda: house.describe_instance(machine.arn)["agentConnected"])
        pid = house.machine(machine.id).agent_pid
        assert pid is not None
        running = [
            task["taskArn"]
            for task in all_tasks(house)
            if (task["containerInstanceArn"], task["desiredStatus"]) == (machine.arn, "RUNNING")
        ]
        for _ in range(4):
            request = noted(uuid.uuid4().hex)
            answer = house.ecs.start_task(containerInstances=[machine.arn], **request)
            assert answer["failures"] == []
        for arn in running:
            house.ecs.stop_task(task=arn)
        kill(pid)
        until(lambda: all_are_settled(house), "all tasks are settled")
    check_all(house, starts)


class Agent:
    """The agent of a machine whose host has gone; the test starts and kills it.

    Kept by a host it would be started later from kill to kill, and 30 rounds would take for ever.
    """

    def __init__(self, machine: Machine) -> None:
        assert machine.agent_pid is not None
        self._first = machine.agent_pid
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = told(machine.agent_pid)
        self._namespace = f"/run/netns/rs-{machine.id}"

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["nsenter", f"--net={self._namespace}", sys.executable, "-m", "roadstead.agent"],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        if self._process is None:
            kill(self._first)
            return
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)


def test_an_agent_that_is_killed_at_any_moment_starts_nothing_twice_and_forgets_nothing(
    house: House, starts: Path
) -> None:
    random = Random(20261121)
    machine = house.machines()[1]
    assert machine.agent_pid is not None
    house.roadstead("down", "--keep-running")
    server, agent = Server(house, machine.agent_pid), Agent(machine)
    server.start()
    until(lambda: are_connected(house, 2), "agents reconnect by themselves")
    running: list[str] = []
    for _ in range(ROUNDS):
        for arn in running:
            house.ecs.stop_task(task=arn)
        requests = [noted(uuid.uuid4().hex) for _ in range(3)]
        answers = [house.ecs.start_task(containerInstances=[machine.arn], **r) for r in requests]
        assert [answer["failures"] for answer in answers] == [[], [], []]
        running = [answer["tasks"][0]["taskArn"] for answer in answers]
        threading.Event().wait(random.uniform(0, 1))  # it starts, adopts, or is at work by then
        agent.kill()
        agent.start()
        until(lambda: house.describe_instance(machine.arn)["agentConnected"])
    until(lambda: all_are_settled(house), "all tasks are settled")
    agent.kill()
    server.kill()
    house.up(instances=2)
    check_all(house, starts)


def test_what_an_agent_must_do_waits_for_it(house: House, starts: Path) -> None:
    """A task is stopped, and another started, while the agent is not there."""
    machine = house.machines()[0]
    old = run_noted(house, machine.arn)
    pid = house.machine(machine.id).agent_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    house.ecs.stop_task(task=old)
    request = noted(uuid.uuid4().hex)
    new = house.ecs.start_task(containerInstances=[machine.arn], **request)["tasks"][0]["taskArn"]
    kill(pid)
    house.until_task(old, "STOPPED")
    house.until_task(new, "RUNNING")
    check_all(house, starts)


# --- the host, and `up` itself ---


def test_when_the_host_program_is_killed_agents_and_containers_go_on_and_are_adopted(
    house: House, starts: Path
) -> None:
    machines = house.machines()
    task = house.run_task(house.register("web"))
    before, url = processes_of(task["taskArn"]), house.url_of(task)
    for _ in range(3):
        pid = house.program_pid("host")
        kill(pid)
        assert get(url).startswith("hello")
        until(partial(house.has_host, other_than=pid), "another host answers")
        assert house.machines() == machines
    assert set(before) <= set(processes_of(task["taskArn"])), "none of them ended"
    assert house.task(task["taskArn"])["lastStatus"] == "RUNNING"
    check_all(house, starts)


def test_when_up_is_killed_agents_and_containers_go_on_and_the_next_up_adopts_them(
    house: House, starts: Path
) -> None:
    machines = house.machines()
    task = house.run_task(house.register("web"))
    before, url = processes_of(task["taskArn"]), house.url_of(task)
    ended = [house.program_pid(name) for name in ("up", "server", "host")]
    kill(ended[0])
    until(lambda: not any(map(is_alive, ended)), "its programs end")
    assert get(url).startswith("hello")
    house.up(instances=2)
    assert house.machines() == machines
    assert set(before) <= set(processes_of(task["taskArn"])), "none of them ended"
    assert house.task(task["taskArn"])["lastStatus"] == "RUNNING"
    check_all(house, starts)
