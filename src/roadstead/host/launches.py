"""Launches: how an instance's agent is started, what it is told, and how it is found again.

Written down beside the agent before anyone relies on it, so that a host killed at any moment finds
the agent that it started.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from roadstead.files import write_whole
from roadstead.host import cgroups, namespaces, processes
from roadstead.host.records import Instance, Vpc
from roadstead.keys import Key
from roadstead.settings import HostSettings

AGENT_COMMAND = (sys.executable, "-m", "roadstead.agent")
PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
)  # fmt: skip
"""What an agent may know of this machine's environment, besides `ECS_…`."""

CHANGING = ("ECS_BACKEND_HOST", "ECS_CLUSTER", "ROADSTEAD_RUNTIME", "ROADSTEAD_DNS_SERVER")
"""What another `up` on the same data directory may choose anew, or an older one did not tell."""


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """How to start an instance's agent."""

    instance_id: str
    namespace: str
    cgroup: str
    directory: Path
    command: tuple[str, ...]
    environment: dict[str, str]

    @property
    def log_file(self) -> Path:
        return self.directory / "agent.log"

    @property
    def mark_file(self) -> Path:
        return self.directory / "agent.json"


def launch(
    instance: Instance,
    *,
    directory: Path,
    cgroup: str,
    images: Path,
    endpoint: str,
    settings: HostSettings,
    vpc: Vpc,
    command: tuple[str, ...] = AGENT_COMMAND,
    environ: Mapping[str, str] = os.environ,
) -> Launch:
    """How to start `instance`'s agent: as AWS's own is told, plus what a real one asks of IMDS."""
    passed = {
        name: value
        for name, value in environ.items()
        if name in PASSED_ON or name.startswith("ECS_")
    }
    return Launch(
        instance_id=instance.instance_id,
        namespace=instance.namespace,
        cgroup=f"{cgroup}/agent",
        directory=directory,
        command=command,
        environment={
            **passed,
            "PYTHONUNBUFFERED": "1",
            "ECS_CLUSTER": instance.cluster,
            "ECS_BACKEND_HOST": endpoint,
            "ECS_DATADIR": str(directory / "data"),
            "ECS_ENABLE_TASK_ENI": "true",
            "AWS_DEFAULT_REGION": settings.region,
            "AWS_SHARED_CREDENTIALS_FILE": str(directory / "credentials"),
            "ROADSTEAD_INSTANCE_ID": instance.instance_id,
            "ROADSTEAD_INSTANCE_TYPE": instance.instance_type,
            "ROADSTEAD_AVAILABILITY_ZONE": instance.zone,
            "ROADSTEAD_PRIVATE_ADDRESS": instance.address,
            "ROADSTEAD_PRIMARY_MAC": instance.mac,
            "ROADSTEAD_SUBNET_ID": instance.subnet_id,
            "ROADSTEAD_VPC_ID": vpc.vpc_id,
            "ROADSTEAD_DNS_SERVER": vpc.resolver,
            "ROADSTEAD_CPU_UNITS": str(instance.cpu_units),
            "ROADSTEAD_MEMORY_MIB": str(instance.memory_mib),
            "ROADSTEAD_IMAGES_DIR": str(images),
            "ROADSTEAD_CGROUP_PARENT": cgroup,
            "ROADSTEAD_RUNTIME": settings.runtime,
        },
    )


def write_credentials(path: Path, key: Key) -> None:
    """Write an AWS shared credentials file with the instance's own key."""
    write_whole(
        path,
        f"[default]\naws_access_key_id = {key.access_key_id}\n"
        f"aws_secret_access_key = {key.secret_access_key}\n".encode(),
    )


def start(launch: Launch) -> processes.Process:
    """Start an agent in its namespace and cgroup, and write down which process it is.

    `nsenter --net` rather than `ip netns exec`: the latter hides the cgroups from what it starts.
    """
    launch.directory.joinpath("data").mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(
        launch.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
    )
    try:
        child = subprocess.Popen(
            [
                "nsenter",
                f"--net={namespaces.path_of(launch.namespace)}",
                "--",
                *launch.command,
            ],
            env=launch.environment,
            cwd=launch.directory,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
    process = processes.from_child(child)
    cgroups.join(launch.cgroup, child.pid)
    write_whole(launch.mark_file, msgspec.json.encode(process.mark))
    return process


def find(launch: Launch) -> processes.Process | None:
    """The agent that already runs for this instance, if there is one.

    A host killed between starting an agent and writing down which process it is leaves one that
    only its environment tells.
    """
    try:
        mark = msgspec.json.decode(launch.mark_file.read_bytes(), type=processes.ProcessMark)
    except (FileNotFoundError, msgspec.DecodeError):
        mark = None
    if mark is not None and (found := processes.adopt(mark)) is not None:
        return found
    for pid in processes.all_pids():
        if not _is_agent(pid, launch):
            continue
        ticks = processes.start_ticks(pid)
        found = None if ticks is None else processes.adopt(processes.ProcessMark(pid, ticks))
        if found is not None:
            cgroups.join(launch.cgroup, pid)
            write_whole(launch.mark_file, msgspec.json.encode(found.mark))
            return found
    return None


def is_current(pid: int, launch: Launch) -> bool:
    """Whether a running agent was told what it would be told now, as far as that changes."""
    told = processes.environment(pid)
    return all(told.get(name) == launch.environment[name] for name in CHANGING)


def _is_agent(pid: int, launch: Launch) -> bool:
    command = processes.command_line(pid)
    if tuple(command[-len(launch.command) :]) != launch.command:
        return False
    if not processes.sees_our_mounts(pid):
        return False  # a container may say that it is anything
    return processes.environment(pid).get("ROADSTEAD_INSTANCE_ID") == launch.instance_id
