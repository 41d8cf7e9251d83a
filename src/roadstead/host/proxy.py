"""The load balancers' proxy on this machine: Envoy, started, watched, started again, adopted.

Its whole configuration is in files that the server writes; there is nothing to lose when it dies.
It runs in the machine's own network, in a control group of its own, confined (see `confinement`).
"""

import contextlib
import logging
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec

from roadstead.clock import Clock
from roadstead.data_dir import DataDir
from roadstead.dataplane.program import EnvoyMissing, arguments, envoy
from roadstead.dataplane.snapshot.names import Files
from roadstead.files import write_whole
from roadstead.host import cgroups, confinement, processes, rules
from roadstead.host.fabric import Names
from roadstead.host.watched import STOP_SECONDS, Watched

GROUP = "proxy"
"""The name of its control group below the data directory's."""
LOOK_SECONDS = 0.1
WATCHES_MAX = Path("/proc/sys/fs/inotify/max_user_instances")
WATCHES_WANTED = 8192
"""Each watched file takes one, and Envoy ends when there is no more; Linux gives 128."""

log = logging.getLogger(__name__)


class ProxyKeeper:
    """Keeps one proxy running from the moment on that it has a bootstrap."""

    def __init__(self, data_dir: DataDir, clock: Clock) -> None:
        self._files = Files(data_dir.dataplane)
        self._mark_file = data_dir.proxy_file
        self._log_file = data_dir.logs / "proxy.log"
        self._group = f"{Names(data_dir.short_id).cgroup}/{GROUP}"
        self._clock = clock
        self._watched = Watched(self._log_file, clock)

    @property
    def pid(self) -> int | None:
        return self._watched.pid

    async def run(self) -> None:
        """Keep the proxy running until `stop` is called, or this routine is cancelled.

        Cancelled, it leaves the proxy running for the next host to adopt.
        """
        self._watched.begin()
        try:
            await self._wait_for_bootstrap()
            await self._keep()
        finally:
            self._watched.finish()

    async def stop(self) -> None:
        """End the proxy."""
        await self._watched.stop()
        _forget(self._files, self._mark_file, self._group)

    async def _wait_for_bootstrap(self) -> None:
        while not self._watched.is_stopping and not Path(self._files.bootstrap).exists():
            await self._watched.pause(LOOK_SECONDS)

    async def _keep(self) -> None:
        failures = 0
        while not self._watched.is_stopping:
            started = self._clock.monotonic()
            try:
                why = rules.words(await self._run_once())
            except (OSError, EnvoyMissing) as error:
                why = f"cannot be started: {error}"
            if self._watched.is_stopping:
                return
            if self._clock.monotonic() - started >= rules.STEADY_SECONDS:
                failures = 0
            seconds = 0.0 if failures == 0 else rules.doubled(failures - 1, 0.5, 30.0)
            failures += 1
            log.warning("the proxy: %s; starting it again in %g s", why, seconds)
            await self._watched.pause(seconds)

    async def _run_once(self) -> int | None:
        """The exit status of the proxy that was found or started, once it has ended.

        Raises: OSError, EnvoyMissing
        """
        return await self._watched.until_exit(self._found() or self._start())

    def _found(self) -> processes.Process | None:
        """The proxy that a former host started."""
        try:
            mark = msgspec.json.decode(self._mark_file.read_bytes(), type=processes.ProcessMark)
        except (FileNotFoundError, msgspec.DecodeError):
            mark = None
        if mark is not None and (found := processes.adopt(mark)) is not None:
            log.info("the proxy runs already (pid %d)", mark.pid)
            return found
        # A host killed before it wrote that down: its group knows the process.
        for pid in cgroups.processes(self._group):
            ticks = processes.start_ticks(pid)
            adopted = None if ticks is None else processes.adopt(processes.ProcessMark(pid, ticks))
            if adopted is not None:
                write_whole(self._mark_file, msgspec.json.encode(adopted.mark))
                return adopted
        return None

    def _start(self) -> processes.Process:
        """Raises: OSError, EnvoyMissing"""
        program = envoy()
        allow_watches()
        hand_over(self._files)
        cgroups.make(self._group)
        threads = len(os.sched_getaffinity(0))
        words = confinement.command(
            program, Path(self._files.root), arguments(self._files, threads)
        )
        with self._log() as descriptor:
            child = subprocess.Popen(
                words,
                # Nothing else of our environment: a user's secrets are none of its business.
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(_paths())},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
            )
        cgroups.join(self._group, child.pid)
        process = processes.from_child(child)
        write_whole(self._mark_file, msgspec.json.encode(process.mark))
        return process

    @contextlib.contextmanager
    def _log(self) -> Iterator[int]:
        self._log_file.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(
            self._log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
        )
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def allow_watches() -> None:
    """Let a user have as many inotify instances as the proxy may need; more is left as it is."""
    try:
        if int(WATCHES_MAX.read_text()) < WATCHES_WANTED:
            WATCHES_MAX.write_text(str(WATCHES_WANTED))
    except OSError as error:
        log.warning(
            "cannot set %s (%s): about %s target groups and listeners can be served. "
            "Set it yourself: sysctl fs.inotify.max_user_instances=%d",
            *(WATCHES_MAX, error.strerror, WATCHES_MAX.read_text().strip(), WATCHES_WANTED),
        )


def hand_over(files: Files) -> None:
    """Let the proxy's user read its configuration, and write its logs and its socket.

    Files that the server makes later get the directory's group by themselves (set-group-id).
    """
    own = (Path(files.run), Path(files.access_logs))
    root = Path(files.root)
    for path in (root, *root.rglob("*")):
        is_own = any(path == each or each in path.parents for each in own)
        owner = confinement.USER_ID if is_own else 0
        os.chown(path, owner, confinement.USER_ID, follow_symlinks=False)
        if path.is_symlink():
            continue
        if path.is_dir():
            path.chmod(0o2770 if is_own else 0o2750)
        elif not path.is_socket():
            path.chmod(0o660 if is_own else 0o640)


def end_traces(data_dir: DataDir) -> None:
    """End a proxy that no host keeps, for `down`."""
    group = f"{Names(data_dir.short_id).cgroup}/{GROUP}"
    processes.signal_and_wait(cgroups.processes(group), signal.SIGKILL, STOP_SECONDS)
    _forget(Files(data_dir.dataplane), data_dir.proxy_file, group)


def _forget(files: Files, mark_file: Path, group: str) -> None:
    """The next proxy waits until the server has written what is true by then."""
    Path(files.bootstrap).unlink(missing_ok=True)
    mark_file.unlink(missing_ok=True)
    cgroups.remove(group)


def _paths() -> list[str]:
    """Where our own package is, for the process that confines itself."""
    return [str(Path(__file__).resolve().parents[2])]
