"""`roadstead up`: the control plane, the host and its instances, as one command.

This process starts the two programs, keeps them running and stops them in order. It holds no state
of its own: if it is killed, the programs end, agents and containers run on, and the next `up` on
the same data directory adopts them.
"""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec

from roadstead import data_dir as data_dirs
from roadstead import keys
from roadstead.cli import console, default_vpc, doctor, place, profile, readiness
from roadstead.cli.api import ApiRefused, ApiUnreachable
from roadstead.cli.children import Child, GaveUp
from roadstead.cli.place import Place
from roadstead.cli.terminal import (
    EXIT_FAILED,
    EXIT_MACHINE_LACKS,
    complain,
    progress,
    say,
)
from roadstead.clock import SystemClock, wait_until
from roadstead.host import client, purge
from roadstead.host import main as host_main
from roadstead.ids import SystemIds
from roadstead.settings import (
    RUNTIMES,
    HostSettings,
    SettingError,
    default_data_dir,
    instance_size,
    tuning,
)

KEEP_RUNNING_SIGNAL = signal.SIGUSR1
"""What `down --keep-running` sends: stop, but leave agents and containers."""

READY_LINE = "Roadstead is ready."
EXAMINED = "ROADSTEAD_EXAMINED"
"""Set for the `up` in the background: this machine was examined a moment ago, and what is printed
goes to a file, where no sign-in link belongs."""

PORT_FREE_SECONDS = 5.0
TURN_OFF_SECONDS = 60.0
"""How long a host may take to end all agents and containers."""


class UpOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the user said to `roadstead up`."""

    data_dir: Path | None
    port: int
    instances: int | None
    cluster: str
    runtime: str
    vpc_cidr: str
    reach_machine: bool
    instance_type: str
    instance_cpu_units: int
    instance_memory_mib: int
    write_profile: bool


def up(options: UpOptions) -> int:
    """Run everything in the foreground until Ctrl-C or `roadstead down`; the exit status."""
    where, settings = begin(options)
    if where is None:
        return EXIT_MACHINE_LACKS
    with data_dirs.lock(where.data_dir, "up"):
        gateway = _prepare(where, settings)
        place.write_running(where, options.port, options.cluster)
        return asyncio.run(_Up(options, where, settings, gateway).run())


class _Up:
    """One run of `up`."""

    def __init__(
        self, options: UpOptions, where: Place, settings: HostSettings, gateway: str
    ) -> None:
        self._options = options
        self._where = where
        self._keep_running = False
        self._status = 0
        self._stop = asyncio.Event()
        self._cancelled = threading.Event()
        clock = SystemClock()
        logs = where.data_dir.logs
        path = str(where.data_dir.path)
        listen = [f"127.0.0.1:{options.port}", f"{gateway}:{options.port}"]
        self._server = Child(
            "server",
            [
                *("server", "--data-dir", path, "--data-plane"),
                *(f"--listen={one}" for one in listen),
            ],
            logs,
            clock,
            complain,
        )
        self._host = Child("host", _host_arguments(path, settings), logs, clock, complain)

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._ask_to_stop, False)
        loop.add_signal_handler(KEEP_RUNNING_SIGNAL, self._ask_to_stop, True)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._or_fail(self._server.run()), name="server")
            group.create_task(self._or_fail(self._host.run()), name="host")
            group.create_task(self._or_fail(asyncio.to_thread(self._get_ready)), name="readiness")
            await self._stop.wait()
            await self._wind_down()
        return self._status

    async def _or_fail(self, routine: Coroutine[Any, Any, None]) -> None:
        """Run a routine; if it cannot go on, say why and stop everything in order."""
        try:
            await routine
        except (
            GaveUp,
            readiness.NotReady,
            client.HostRefused,
            client.HostUnreachable,
            ApiRefused,
            ApiUnreachable,
        ) as failure:
            complain(str(failure))
            self._status = EXIT_FAILED
            self._ask_to_stop(keep_running=False)

    def _ask_to_stop(self, keep_running: bool) -> None:
        self._keep_running = keep_running
        self._cancelled.set()
        self._stop.set()

    def _get_ready(self) -> None:
        """Wait until all is up, then say how to use it. Runs in a thread."""
        with progress("Starting …") as tell:
            watch = readiness.Watch(
                place=self._where,
                cluster=self._options.cluster,
                instances=self._options.instances,
                tell=tell,
                is_cancelled=self._cancelled.is_set,
            )
            try:
                api = readiness.wait_for_server(watch)
                self._server.has_worked = True
                readiness.wait_for_instances(watch)
                self._host.has_worked = True
                ready = readiness.wait_until_connected(watch, api)
            except readiness.Cancelled:
                return
        for line in ready.late:
            complain(line)
        if self._options.write_profile:
            files = profile.write(self._where.endpoint, self._where.region, self._where.root_key())
            say(f"Wrote the profile `roadstead` to {files[0]} and {files[1]}.")
        say(_how_to_use(self._where, self._options, ready))

    async def _wind_down(self) -> None:
        """End the host with what it carries, then the control plane."""
        self._host.expect_end()
        if self._keep_running:
            say("Stopping the control plane and the host; agents and containers run on …")
            await self._host.stop()
        else:
            say("Stopping agents and containers …")
            try:
                await asyncio.to_thread(
                    client.call, self._where.data_dir, {"op": "shutdown", "ending": "off"}
                )
                await self._host.ended(TURN_OFF_SECONDS)
            except (client.HostUnreachable, client.HostRefused):
                await self._host.stop()
                await asyncio.to_thread(purge.turn_off_all, self._where.data_dir)
        await self._server.stop()
        say(
            f"Stopped. State is kept in {self._where.data_dir.path}; `roadstead up` resumes, "
            "`roadstead down --purge` removes it."
        )


def begin(options: UpOptions) -> tuple[Place | None, HostSettings]:
    """Check what can be checked before anything is done."""
    if options.runtime not in RUNTIMES:
        raise SettingError(
            f"There is no runtime '{options.runtime}' yet.", f"Use one of: {', '.join(RUNTIMES)}."
        )
    path = (options.data_dir or default_data_dir()).absolute()
    lacking = [] if EXAMINED in os.environ else doctor.lacks(doctor.examine(path))
    if lacking:
        complain("This machine lacks something that Roadstead needs:")
        for one in lacking:
            complain(f"  {one.name}: {one.detail}\n    → {one.cure}")
        return None, HostSettings(data_dir=path)
    where = place.new(options.data_dir)
    settings = HostSettings(
        data_dir=where.data_dir.path,
        port=options.port,
        account_id=where.account_id,
        region=where.region,
        cluster=options.cluster,
        vpc_cidr=options.vpc_cidr,
        reach_machine=options.reach_machine,
        runtime=options.runtime,
        instance_type=options.instance_type,
        instance_cpu_units=options.instance_cpu_units,
        instance_memory_mib=options.instance_memory_mib,
    )
    instance_size(settings)
    return where, settings


def _prepare(where: Place, settings: HostSettings) -> str:
    """Make keys and the VPC; returns the address at which agents find the control plane.

    The VPC comes before both programs: the server listens on its gateway.
    """
    keys.ensure(where.data_dir.keys_file, where.account_id, SystemIds())
    vpc = host_main.prepare(settings, where.data_dir).vpc
    default_vpc.hand_down(vpc)
    gateway = vpc.gateway
    for address in ("127.0.0.1", gateway):
        _check_port(address, settings.port)
    return gateway


def _check_port(address: str, port: int) -> None:
    """Wait for a server that just ends.

    Raises: SettingError when someone else listens there.
    """
    why = ""

    def is_free() -> bool:
        nonlocal why
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind((address, port))
            except OSError as error:
                why = error.strerror or str(error)
                return False
        return True

    if not wait_until(is_free, PORT_FREE_SECONDS, readiness.RETRY_SECONDS):
        raise SettingError(
            f"Port {port} of {address} is taken: {why}.", "Choose another with --port."
        )


def _host_arguments(path: str, settings: HostSettings) -> list[str]:
    return [
        "host", "--data-dir", path,
        "--port", str(settings.port),
        "--cluster", settings.cluster, "--runtime", settings.runtime,
        "--instance-type", settings.instance_type,
        "--instance-cpu", str(settings.instance_cpu_units),
        "--instance-memory", str(settings.instance_memory_mib),
        *(["--reach-machine"] if settings.reach_machine else []),
    ]  # fmt: skip


def _how_to_use(where: Place, options: UpOptions, ready: readiness.Ready) -> str:
    data_dir = "" if options.data_dir is None else f" --data-dir {where.data_dir.path}"
    return "\n".join(
        [
            "",
            READY_LINE,
            f"  endpoint   {where.endpoint}",
            f"  region     {where.region}   account {where.account_id}",
            f"  cluster    {options.cluster}, {ready.connected} container instances connected",
            f"  data       {where.data_dir.path}",
            *_not_as_ecs(),
            *([] if EXAMINED in os.environ else [console.line(where)]),
            "",
            "Make every AWS tool of this shell talk to it:",
            f'  eval "$(roadstead env{data_dir})"',
            "  aws ecs list-container-instances",
            "",
            "Press Ctrl-C to stop.",
        ]
    )


def _not_as_ecs() -> list[str]:
    """A line for each number of ECS's that somebody chose otherwise."""
    return [f"  tuned      {name} = {value}" for name, value in sorted(tuning().items())]
