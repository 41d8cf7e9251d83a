"""One agent process per running instance: started in its namespace, watched, started again.

An agent outlives its host program. What is needed to find it again is written beside it; an agent
that ended unseen is simply started again, and adopts its own containers.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from roadstead.clock import Clock
from roadstead.files import write_whole
from roadstead.host import cgroups, namespaces, processes, rules
from roadstead.host.records import AgentStatus, Instance
from roadstead.keys import Key
from roadstead.settings import HostSettings

AGENT_COMMAND = (sys.executable, "-m", "roadstead.agent")
PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV",
    "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
)  # fmt: skip
"""What an agent may know of this machine's environment, besides `ECS_…`."""

CHANGING = ("ECS_BACKEND_HOST", "ECS_CLUSTER", "ROADSTEAD_RUNTIME")
"""What another `up` on the same data directory may choose anew."""

LOG_BYTES_MAX = 10 * 1024 * 1024
LOG_CHECK_SECONDS = 60.0
STOP_SECONDS = 5.0
"""How long an agent may take to end on SIGTERM."""

log = logging.getLogger(__name__)


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
            "AWS_DEFAULT_REGION": settings.region,
            "AWS_SHARED_CREDENTIALS_FILE": str(directory / "credentials"),
            "ROADSTEAD_INSTANCE_ID": instance.instance_id,
            "ROADSTEAD_INSTANCE_TYPE": instance.instance_type,
            "ROADSTEAD_AVAILABILITY_ZONE": instance.zone,
            "ROADSTEAD_PRIVATE_ADDRESS": instance.address,
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


class AgentKeeper:
    """Keeps one instance's agent running until told otherwise."""

    def __init__(self, launch: Launch, clock: Clock) -> None:
        self._launch = launch
        self._clock = clock
        self._process: processes.Process | None = None
        self._asked_to_stop = asyncio.Event()
        self._finished = asyncio.Event()
        self.status: AgentStatus = "starting"
        self.reason = ""

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.mark.pid

    async def run(self) -> None:
        """Keep the agent running; return when it ended for good or `stop` was called."""
        try:
            await self._keep()
        finally:
            self._finished.set()

    async def stop(self) -> None:
        """End the agent: SIGTERM, and SIGKILL if it takes too long. Its containers run on."""
        self._asked_to_stop.set()
        if self._process is not None:
            self._process.send(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._finished.wait(), STOP_SECONDS)
            except TimeoutError:
                if self._process is not None:
                    self._process.send(signal.SIGKILL)
        await self._finished.wait()

    async def _keep(self) -> None:
        failures = 0
        while not self._asked_to_stop.is_set():
            started = self._clock.monotonic()
            try:
                status = await self._run_once()
                verdict = rules.after_exit(status, self._clock.monotonic() - started, failures)
            except OSError as error:
                verdict = rules.after_failed_start(str(error), failures)
            if self._asked_to_stop.is_set():
                break
            self.reason = verdict.why
            if isinstance(verdict, rules.Ended):
                self.status = "ended"
                log.warning("agent of %s: %s", self._launch.instance_id, verdict.why)
                return
            self.status, failures = "backing-off", verdict.failures
            log.warning(
                "agent of %s: %s; starting it again in %g s",
                self._launch.instance_id,
                verdict.why,
                verdict.after_seconds,
            )
            await self._pause(verdict.after_seconds)
        self.status = "none"

    async def _run_once(self) -> int | None:
        """The exit status of the agent that was found or started, once it has ended.

        Raises: OSError when it cannot be started.
        """
        self._process = await self._found() or start(self._launch)
        try:
            self.status = "running"
            async with asyncio.TaskGroup() as group:
                rotation = group.create_task(self._rotate_for_ever())
                try:
                    return await self._process.wait()
                finally:
                    rotation.cancel()
        finally:
            self._process.close()
            self._process = None

    async def _found(self) -> processes.Process | None:
        """The agent that already runs; one that was told of another control plane is ended."""
        found = find(self._launch)
        if found is None or is_current(found.mark.pid, self._launch):
            return found
        log.info("agent of %s: ended, to be told of a new endpoint", self._launch.instance_id)
        found.send(signal.SIGTERM)
        try:
            await asyncio.wait_for(found.wait(), STOP_SECONDS)
        except TimeoutError:
            found.send(signal.SIGKILL)
            await found.wait()
        finally:
            found.close()
        return None

    async def _rotate_for_ever(self) -> None:
        while True:
            try:
                rotate(self._launch.log_file)
            except OSError as error:  # a full disk: the agent matters more than its log
                log.warning("cannot rotate %s: %s", self._launch.log_file, error)
            await self._clock.sleep(LOG_CHECK_SECONDS)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._asked_to_stop.wait(), seconds)


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


def rotate(path: Path, bytes_max: int = LOG_BYTES_MAX) -> None:
    """Move a log's content to `<name>.1` once it is long; its writer appends, and goes on."""
    if not path.exists() or path.stat().st_size < bytes_max:
        return
    older = path.with_name(f"{path.name}.1")
    shutil.copyfile(path, older)
    older.chmod(0o600)
    os.truncate(path, 0)


def _is_agent(pid: int, launch: Launch) -> bool:
    command = processes.command_line(pid)
    if tuple(command[-len(launch.command) :]) != launch.command:
        return False
    return processes.environment(pid).get("ROADSTEAD_INSTANCE_ID") == launch.instance_id
