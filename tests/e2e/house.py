"""A Roadstead of its own for one test module, driven as its users do: our command, `aws`, boto3.

What runs on it is looked at from this machine, through control groups, not through Roadstead.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import boto3
from botocore.config import Config
from demo.image import write_oci_layout

COMMAND_SECONDS_MAX = 180
PATIENCE_SECONDS = 60
IMAGE = "demo/web:latest"
CLUSTER = "default"
REFUSED = (254, 255)
"""Exit statuses of `aws`, version 2 and 1, when the service answered with an error."""

WEB = (
    "mkdir -p /www; echo $GREETING on $HOSTNAME > /www/index.html; httpd -p 80 -h /www; "
    "trap 'exit 0' TERM; sleep 86400 & wait"
)
"""Serves HTTP, and ends at once when it is asked to."""

T = TypeVar("T")


def until(ask: Callable[[], T], what: str = "", *, seconds: float = PATIENCE_SECONDS) -> T:
    """The first true answer of `ask`; fails when there is none for a long time."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"it did not come true: {what or ask}"
        time.sleep(0.05)
    return answer


class Machine(NamedTuple):
    """An EC2 instance that this machine carries."""

    id: str
    address: str
    arn: str
    """Of its container instance; empty when it has none."""
    agent_pid: int | None
    agent: str
    status: str


class House:
    """One data directory, port and set of instances."""

    def __init__(
        self,
        path: Path,
        prefix: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.path = path
        self.port = free_port()
        self.variables: dict[str, str] = {}
        self._prefix = prefix
        self._addresses: dict[str, str] = {}
        self._clients: dict[str, Any] = {}
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ROADSTEAD", "AWS_"))
        }
        self._environment = {**kept, "ROADSTEAD_DATA_DIR": str(path), **(environment or {})}

    # --- our own command ---

    def roadstead(self, *words: str, status: int = 0) -> str:
        """Run `roadstead …`; what it printed."""
        done = subprocess.run(
            [*self._prefix, sys.executable, "-m", "roadstead", *words],
            capture_output=True,
            text=True,
            env=self._environment,
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )
        assert done.returncode == status, f"roadstead {words}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def up(self, instances: int, *options: str) -> None:
        """Start it in the background; returns once its instances are connected."""
        counts = ("--instances", str(instances), "--port", str(self.port))
        self.roadstead("up", "--detach", *counts, *options)
        for line in self.roadstead("env").splitlines():
            name, separator, value = line.removeprefix("export ").partition("=")
            if separator:
                self.variables[name] = value.strip("'\"")

    def import_image(self) -> None:
        layout = write_oci_layout(self.path.parent / "image")
        self.roadstead("image", "import", str(layout), "--name", IMAGE)

    def purge(self) -> None:
        """Take all of it away; its logs stay beside, for those who look why a test failed."""
        if (self.path / "logs").exists():
            shutil.copytree(self.path / "logs", self.path.parent / "logs", dirs_exist_ok=True)
        if self.path.exists():
            self.roadstead("down", "--purge")

    def machines(self) -> list[Machine]:
        return [
            Machine(
                id=one["id"],
                address=one["address"],
                arn=one["containerInstanceArn"] or "",
                agent_pid=one["agentPid"],
                agent=one["agent"],
                status=one["status"],
            )
            for one in json.loads(self.roadstead("instance", "list", "--json"))
        ]

    def machine(self, instance_id: str) -> Machine:
        return next(one for one in self.machines() if one.id == instance_id)

    def machine_of(self, container_instance_arn: str) -> Machine:
        """The machine behind a container instance, deregistered or not."""
        found = self.describe_instance(container_instance_arn)
        return self.machine(found["ec2InstanceId"])

    def add_machine(self) -> Machine:
        """A new instance, once its agent is connected."""
        instance_id = self.roadstead("instance", "add").split()[-1]
        until(lambda: self._is_connected(instance_id), f"{instance_id} is connected")
        return self.machine(instance_id)

    def _is_connected(self, instance_id: str) -> bool:
        return any(
            one["agentConnected"] and one.get("ec2InstanceId") == instance_id
            for one in self.container_instances()
        )

    # --- the AWS CLI ---

    def aws(self, *words: str) -> Any:
        """Run `aws ecs …`, which must succeed; its answer."""
        return self.aws_of("ecs", *words)

    def aws_of(self, service: str, *words: str) -> Any:
        """Run `aws <service> …`, which must succeed; its answer."""
        done = self._aws((service, *words))
        assert done.returncode == 0, f"aws {service} {' '.join(words)}: {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def refused(self, *words: str) -> str:
        """Run `aws ecs …`, which must be refused; what the CLI printed."""
        done = self._aws(("ecs", *words))
        assert done.returncode in REFUSED, (
            f"aws ecs {' '.join(words)}: {done.returncode} {done.stderr}"
        )
        assert done.stdout == ""
        return done.stderr

    def _aws(self, words: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [
                *self._prefix,
                *(str(Path(sys.executable).with_name("aws")), *words),
                *("--output", "json"),
            ],
            capture_output=True,
            text=True,
            env={**self._environment, **self.variables, "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1"},
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )

    # --- boto3 ---

    @cached_property
    def ecs(self) -> Any:
        return self.client("ecs")

    def ecs_of_its_own(self) -> Any:
        """A client for one thread, that asks only once."""
        return self._new_client("ecs")

    def client(self, service: str) -> Any:
        """The client of the test's own thread for a service; it asks only once."""
        if service not in self._clients:
            self._clients[service] = self._new_client(service)
        return self._clients[service]

    def _new_client(self, service: str) -> Any:
        return boto3.session.Session().client(
            service,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=PATIENCE_SECONDS),
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            region_name=self.variables["AWS_DEFAULT_REGION"],
            aws_access_key_id=self.variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
        )

    def register(self, family: str, greeting: str = "hello", **container: Any) -> str:
        """Register a revision that serves `greeting` over HTTP; `family:revision`."""
        definition = self.ecs.register_task_definition(
            family=family,
            containerDefinitions=[
                {
                    "name": "web",
                    "image": IMAGE,
                    "memory": 16,
                    "command": ["sh", "-c", WEB],
                    "environment": [{"name": "GREETING", "value": greeting}],
                    "portMappings": [{"containerPort": 80}],
                    "stopTimeout": 5,
                    **container,
                }
            ],
        )["taskDefinition"]
        return f"{family}:{definition['revision']}"

    def create_service(self, name: str, definition: str, count: int) -> None:
        self.ecs.create_service(serviceName=name, taskDefinition=definition, desiredCount=count)
        self.running_tasks_of(name, count)

    def delete_service(self, name: str) -> None:
        self.ecs.delete_service(service=name, force=True)
        until(lambda: not self.tasks_of(name), f"the tasks of {name} are gone")

    def tasks_of(self, service: str) -> list[dict[str, Any]]:
        """The tasks of a service that should run, as DescribeTasks shows them."""
        arns = self.ecs.list_tasks(serviceName=service)["taskArns"]
        return list(self.ecs.describe_tasks(tasks=arns)["tasks"]) if arns else []

    def running_tasks_of(self, service: str, count: int) -> list[dict[str, Any]]:
        """The service's tasks, once exactly `count` should run and do."""

        def all_run() -> list[dict[str, Any]]:
            tasks = self.tasks_of(service)
            good = len(tasks) == count and all(one["lastStatus"] == "RUNNING" for one in tasks)
            return tasks if good else []

        if count == 0:
            until(lambda: not self.tasks_of(service), f"{service} has no tasks")
            return []
        return until(all_run, f"{service} has {count} tasks")

    def run_task(self, definition: str, arn: str = "") -> dict[str, Any]:
        """A task that runs, on the given container instance or anywhere."""
        if arn:
            answer = self.ecs.start_task(taskDefinition=definition, containerInstances=[arn])
        else:
            answer = self.ecs.run_task(taskDefinition=definition)
        assert answer["failures"] == []
        return self.until_task(answer["tasks"][0]["taskArn"], "RUNNING")

    def task(self, task_arn: str) -> dict[str, Any]:
        return dict(self.ecs.describe_tasks(tasks=[task_arn])["tasks"][0])

    def until_task(self, task_arn: str, status: str) -> dict[str, Any]:
        def as_wanted() -> dict[str, Any]:
            task = self.task(task_arn)
            return task if task["lastStatus"] == status else {}

        return until(as_wanted, f"{task_arn} is {status}")

    def describe_instance(self, arn: str) -> dict[str, Any]:
        answer = self.ecs.describe_container_instances(containerInstances=[arn])
        return dict(answer["containerInstances"][0])

    def container_instances(self) -> list[dict[str, Any]]:
        arns = self.ecs.list_container_instances()["containerInstanceArns"]
        if not arns:
            return []
        answer = self.ecs.describe_container_instances(containerInstances=arns)
        return list(answer["containerInstances"])

    # --- this machine ---

    def url_of(self, task: dict[str, Any]) -> str:
        """Where the task's web server answers."""
        if own := interface_of(task):
            return f"http://{own['privateIPv4Address']}/"
        binding = task["containers"][0]["networkBindings"][0]
        arn = task["containerInstanceArn"]
        if arn not in self._addresses:
            self._addresses |= {one.arn: one.address for one in self.machines() if one.arn}
        if arn not in self._addresses:  # it is deregistered
            self._addresses[arn] = self.machine_of(arn).address
        return f"http://{self._addresses[arn]}:{binding['hostPort']}/"

    def agent_log(self, machine: Machine) -> str:
        return (self.path / "instances" / machine.id / "agent.log").read_text()

    def has_host(self, other_than: int) -> bool:
        """Whether a host that is not this process answers."""
        running = [pid for pid in self._programs("host") if pid != other_than]
        try:
            return bool(running) and bool(self.machines())
        except AssertionError:
            return False

    def program_pid(self, name: str) -> int:
        """The process of `up`, `server` or `host` of this data directory."""
        (pid,) = self._programs(name)
        return pid

    def proxy_pid(self) -> int:
        """The process of the Envoy that carries its load balancers."""
        (pid,) = self._proxies()
        return pid

    def has_proxy(self, other_than: int) -> bool:
        """Whether an Envoy runs that is not this process."""
        return any(pid != other_than for pid in self._proxies())

    def _proxies(self) -> list[int]:
        found = [(pid, command_line(pid)) for pid in pids()]
        return [
            pid
            for pid, words in found
            if words[0].endswith("envoy") and any(str(self.path) in word for word in words)
        ]

    def _programs(self, name: str) -> list[int]:
        found = []
        for pid in pids():
            words = command_line(pid)
            if words[1:4] == ["-m", "roadstead", name] and str(self.path) in words + environment(
                pid
            ):
                found.append(pid)
        return found


@contextmanager
def opened(
    path: Path, instances: int = 2, environment: Mapping[str, str] | None = None
) -> Iterator[House]:
    """A Roadstead with the demo's image; all that it made is gone afterwards."""
    assert os.geteuid() == 0, "these tests make network namespaces: run them as root"
    house = House(path, environment=environment)
    try:
        house.up(instances)
        house.import_image()
        yield house
    finally:
        house.purge()


def interface_of(task: dict[str, Any]) -> dict[str, str]:
    """What DescribeTasks tells of the task's own network interface; nothing where it has none."""
    return {
        detail["name"]: detail["value"]
        for attachment in task["attachments"]
        for detail in attachment["details"]
    }


def processes_of(task_arn: str) -> list[int]:
    """The processes of a task's containers on this machine, found by their control group.

    The first process of a container comes first.
    """
    part = f"/{task_arn.rpartition('/')[2]}/"
    return [pid for pid in pids() if part in read(f"/proc/{pid}/cgroup")]


def containers_of(task_arn: str) -> set[str]:
    """Ids of a task's containers that have processes."""
    pattern = re.compile(rf"/{task_arn.rpartition('/')[2]}/([0-9a-f]{{16,64}})")
    return {found for pid in pids() for found in pattern.findall(read(f"/proc/{pid}/cgroup"))}


def pids() -> list[int]:
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit())


def command_line(pid: int) -> list[str]:
    return read(f"/proc/{pid}/cmdline").split("\0")


def environment(pid: int) -> list[str]:
    """The values of a process's variables."""
    return [one.partition("=")[2] for one in read(f"/proc/{pid}/environ").split("\0")]


def read(path: str) -> str:
    """A file of /proc; nothing when the process has just ended, or is not ours to ask."""
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that nobody has waited for yet does not."""
    status = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return bool(status) and status[0] not in ("Z", "X")


def kill(pid: int) -> None:
    """kill -9 one process, and wait until it is gone."""
    os.kill(pid, signal.SIGKILL)
    until(lambda: not is_alive(pid), f"{pid} has ended")


def get(url: str, timeout_seconds: float = 5) -> str:
    """The body of an HTTP answer, or nothing when there was none."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_seconds) as answer:
            body: bytes = answer.read()
            return body.decode().strip()
    except OSError:
        return ""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Loop(threading.Thread):
    """Does something again and again until told to stop; what it raised is kept."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._act = act
        self._over = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._over.is_set():
                self._act()
        except BaseException as error:  # noqa: BLE001  # shown by whoever stops it
            self.error = error

    def stop(self) -> None:
        self._over.set()
        self.join(PATIENCE_SECONDS)
        assert not self.is_alive()
        if self.error is not None:
            raise self.error
