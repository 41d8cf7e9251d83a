"""`roadstead up` and `down` with the real control plane, agents and containers."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from carrier import Machine, cgroups_of, is_alive, until
from web_image import write_archive

from roadstead.cli import place
from roadstead.data_dir import DataDir

SECONDS_MAX = 120


class Installation:
    """One data directory, driven by the command alone."""

    def __init__(self, path: Path, machine: Machine | None = None) -> None:
        self.path = path
        self._prefix = [] if machine is None else machine.prefix
        self.port = _free_port()

    def run(self, *words: str, status: int = 0) -> str:
        kept = {name: value for name, value in os.environ.items() if "ROADSTEAD" not in name}
        done = subprocess.run(
            [*self._prefix, sys.executable, "-m", "roadstead", *words],
            capture_output=True,
            text=True,
            env={**kept, "ROADSTEAD_DATA_DIR": str(self.path)},
            timeout=SECONDS_MAX,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def up(self, instances: int = 2) -> None:
        words = ("--instances", str(instances), "--port", str(self.port))
        self.run("up", "--detach", *words)

    def instances(self) -> list[dict[str, Any]]:
        return list(json.loads(self.run("instance", "list", "--json")))

    def ecs(self) -> Any:
        lines = self.run("env").splitlines()
        variables = dict(
            line.removeprefix("export ").split("=", 1)
            for line in lines
            if line.startswith("export ")
        )
        return boto3.client(
            "ecs",
            endpoint_url=variables["AWS_ENDPOINT_URL"],
            region_name=variables["AWS_REGION"],
            aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        )

    def run_web_task(self) -> "Web":
        """A task that answers HTTP, once it runs."""
        write_archive(self.path.parent / "web.tar", "web:1")
        self.run("image", "import", str(self.path.parent / "web.tar"))
        ecs = self.ecs()
        ecs.register_task_definition(
            family="web",
            containerDefinitions=[
                {
                    "name": "web",
                    "image": "web:1",
                    "memory": 32,
                    "portMappings": [{"containerPort": 80, "hostPort": 0}],
                }
            ],
        )
        arn = ecs.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
        until(lambda: self.task(arn)["lastStatus"] == "RUNNING")
        return Web(self, arn)

    def task(self, arn: str) -> dict[str, Any]:
        return dict(self.ecs().describe_tasks(tasks=[arn])["tasks"][0])

    def up_pid(self) -> int:
        running = place.read_running(DataDir(self.path))
        assert running is not None
        return running.mark.pid


class Web:
    """A task that answers HTTP on its instance's address."""

    def __init__(self, installation: Installation, arn: str) -> None:
        self._installation = installation
        self.arn = arn
        task = installation.task(arn)
        by_arn = {one["containerInstanceArn"]: one for one in installation.instances()}
        self.instance = by_arn[task["containerInstanceArn"]]
        binding = task["containers"][0]["networkBindings"][0]
        self.url = f"http://{self.instance['address']}:{binding['hostPort']}/"

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as response:
                return bool(response.read() == b"hello\n")
        except OSError:
            return False

    def status(self) -> str:
        return str(self._installation.task(self.arn)["lastStatus"])


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Not started yet; whatever the test left is purged."""
    assert os.geteuid() == 0, "tests/host make network namespaces: run them as root"
    one = Installation(tmp_path / "d")
    yield one
    if one.path.exists():
        one.run("down", "--purge")


def test_up_connects_as_many_instances_as_asked_for(installation: Installation) -> None:
    installation.up(instances=3)
    shown = installation.instances()
    assert [(one["status"], one["agent"], one["zone"]) for one in shown] == [
        ("running", "running", "us-east-1a"),
        ("running", "running", "us-east-1b"),
        ("running", "running", "us-east-1c"),
    ]
    ecs = installation.ecs()
    arns = ecs.list_container_instances()["containerInstanceArns"]
    found = ecs.describe_container_instances(containerInstances=arns)["containerInstances"]
    assert {one["ec2InstanceId"] for one in found} == {one["id"] for one in shown}
    assert all(one["agentConnected"] for one in found)


def test_a_second_up_in_the_same_directory_is_refused(installation: Installation) -> None:
    installation.up(instances=1)
    installation.run("up", "--detach", "--port", str(installation.port), status=1)


def test_down_keeps_state_and_a_second_up_resumes_with_the_same_arns(
    installation: Installation,
) -> None:
    installation.up()
    before = installation.instances()
    web = installation.run_web_task()
    installation.run("down")
    assert not web.answers()
    installation.up()
    same = ("id", "address", "zone", "containerInstanceArn")
    assert [[one[name] for name in same] for one in installation.instances()] == [
        [one[name] for name in same] for one in before
    ]
    until(lambda: web.status() == "STOPPED")


def test_containers_that_were_left_running_are_adopted(installation: Installation) -> None:
    installation.up()
    web = installation.run_web_task()
    installation.run("down", "--keep-running")
    assert web.answers()
    installation.up()
    assert web.status() == "RUNNING"
    assert web.answers()


def test_containers_outlive_an_up_that_is_killed(installation: Installation) -> None:
    installation.up()
    web = installation.run_web_task()
    pid = installation.up_pid()
    os.kill(pid, signal.SIGKILL)
    until(lambda: not is_alive(pid))
    installation.up()
    assert web.status() == "RUNNING"
    assert web.answers()


def test_an_instance_that_stops_ends_its_tasks_and_comes_back_as_itself(
    installation: Installation,
) -> None:
    installation.up(instances=1)
    web = installation.run_web_task()
    installation.run("instance", "stop", web.instance["id"])
    until(lambda: web.status() == "STOPPED")
    assert installation.task(web.arn)["stoppedReason"] == (
        f"Host EC2 (instance {web.instance['id']}) stopped."
    )
    assert not web.answers()
    installation.run("instance", "start", web.instance["id"])
    arn = web.instance["containerInstanceArn"]
    ecs = installation.ecs()

    def is_back() -> bool:
        found = ecs.describe_container_instances(containerInstances=[arn])["containerInstances"]
        return (found[0]["status"], found[0]["agentConnected"]) == ("ACTIVE", True)

    until(is_back)


def test_an_instance_that_is_terminated_while_connected_is_deregistered(
    installation: Installation,
) -> None:
    installation.up(instances=1)
    one = installation.instances()[0]
    installation.run("instance", "terminate", one["id"])
    found = installation.ecs().describe_container_instances(
        containerInstances=[one["containerInstanceArn"]]
    )["containerInstances"]
    assert found[0]["status"] == "INACTIVE"


@pytest.mark.parametrize("crash", [False, True], ids=["after an orderly end", "after a crash"])
def test_nothing_is_left_after_a_purge(tmp_path: Path, own_machine: Machine, crash: bool) -> None:
    before = own_machine.look()
    installation = Installation(tmp_path / "d", own_machine)
    installation.up()
    web = own_machine.inside(installation.run_web_task)
    assert own_machine.inside(web.answers)
    if crash:
        pid = installation.up_pid()
        os.kill(pid, signal.SIGKILL)
        until(lambda: not is_alive(pid))
    installation.run("down", "--purge")
    assert own_machine.look() == before
    assert cgroups_of(DataDir(installation.path)) == []
    assert not installation.path.exists()


def test_ctrl_c_ends_a_foreground_up_in_order(installation: Installation) -> None:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "roadstead", "up", "--instances", "1"),
            *("--port", str(installation.port), "--data-dir", str(installation.path)),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as output:
        assert any("Press Ctrl-C to stop." in line for line in output)
        agent = installation.instances()[0]["agentPid"]
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS_MAX) == 0
    assert not is_alive(agent)


def test_a_port_that_is_taken_is_told(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        words = ("up", "--port", str(installation.port))
        installation.run(*words, status=2)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_task_is_as_healthy_as_its_health_check_says(installation: Installation) -> None:
    installation.up(instances=1)
    write_archive(installation.path.parent / "web.tar", "web:1")
    imported = installation.run("image", "import", str(installation.path.parent / "web.tar"))
    ecs = installation.ecs()
    definition = {
        "name": "web",
        "image": f"web:1@{imported.split()[-1]}",
        "memory": 32,
        "healthCheck": {"command": ["CMD-SHELL", "[ ! -e /sick ]"], "interval": 5, "retries": 1},
    }
    sick = {**definition, "command": ["sh", "-c", ": > /sick; exec sleep 600"]}
    shown = []
    for family, container in (("well", definition), ("sick", sick)):
        ecs.register_task_definition(family=family, containerDefinitions=[container])
        shown.append(ecs.run_task(taskDefinition=family)["tasks"][0]["taskArn"])

    def healths() -> list[tuple[str, str]]:
        tasks = [installation.task(arn) for arn in shown]
        return [(task["healthStatus"], task["containers"][0]["healthStatus"]) for task in tasks]

    until(lambda: healths() == [("HEALTHY", "HEALTHY"), ("UNHEALTHY", "UNHEALTHY")])
    assert installation.task(shown[0])["containers"][0]["imageDigest"] == imported.split()[-1]
    assert installation.task(shown[1])["lastStatus"] == "RUNNING"  # nobody asked to replace it
