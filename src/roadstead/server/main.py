"""The control plane as a process: `roadstead server`.

Prints one line when it is ready. Ends with 0 when it was told to stop, with 1 and a plain sentence
on standard error when it cannot start or go on.
"""

import asyncio
import gc
import logging
import os
import resource
import signal
import sys
from typing import NoReturn

import msgspec
import uvloop

from roadstead import keys
from roadstead.clock import Clock, SystemClock
from roadstead.control.reconcilers import RECONCILERS
from roadstead.data_dir import DataDir
from roadstead.ecs.records.tuning import TUNING_KEY, Tuning
from roadstead.ids import Ids, SystemIds
from roadstead.server.control_plane import ControlPlane
from roadstead.server.http import ListenError
from roadstead.server.key_ring import KeyRing
from roadstead.settings import TUNING_PREFIX, ServerSettings, SettingError, tuning
from roadstead.store.log import LogError
from roadstead.store.sqlite import SqliteLog

EXIT_STOPPED = 0
EXIT_FAILED = 1
THREAD_SWITCH_SECONDS = 0.001
"""How long the thread that writes the log may wait for the interpreter while requests keep it."""
GC_THRESHOLDS = (2_000, 5, 400)
"""Small young collections, so that each takes about a millisecond, and hardly ever a full one:
records and documents stay, they have no cycles, and walking them all takes a quarter of a second.
"""

log = logging.getLogger(__name__)


def run(settings: ServerSettings) -> NoReturn:
    """Serve until SIGTERM or SIGINT, then end the process with its exit status."""
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    clock, ids = SystemClock(), SystemIds()
    status = EXIT_STOPPED
    try:
        numbers = chosen_tuning(tuning())
        where = DataDir(settings.data_dir)
        storage = SqliteLog(where.path)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_serve(settings, where, storage, numbers, clock, ids))
        finally:
            storage.close()
    except* (LogError, ListenError, keys.KeysError, SettingError) as failures:
        for failure in failures.exceptions:
            sys.stderr.write(f"roadstead server: {_innermost(failure)}\n")
        status = EXIT_FAILED
    except* Exception:  # nobody above could say more of it
        log.exception("the server failed")
        status = EXIT_FAILED
    _leave(status)


def chosen_tuning(numbers: dict[str, int]) -> Tuning:
    """ECS's numbers, but for those that were chosen.

    Raises: SettingError for a name that there is not.
    """
    names = [name for name in Tuning.__struct_fields__ if name not in ("arn", "version")]
    for name in numbers:
        if name not in names:
            raise SettingError(
                f"There is no {TUNING_PREFIX}{name.upper()}.",
                f"There are {', '.join(TUNING_PREFIX + each.upper() for each in names)}.",
            )
    return msgspec.convert({"arn": TUNING_KEY, **numbers}, Tuning)


async def _serve(
    settings: ServerSettings,
    where: DataDir,
    storage: SqliteLog,
    numbers: Tuning,
    clock: Clock,
    ids: Ids,
) -> None:
    began = clock.monotonic()
    found = keys.ensure(where.keys_file, settings.account_id, ids)
    plane = ControlPlane(
        storage,
        KeyRing(found, clock, where.keys_file),
        clock,
        ids,
        account=settings.account_id,
        region=settings.region,
        agent_endpoint=settings.agent_endpoint,
        reconcilers=RECONCILERS,
        event_log=settings.event_log,
        dataplane=where.dataplane if settings.data_plane else None,
        console_dir=settings.console_dir,
        console_origins=settings.console_origins,
    )
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)
    plane.set_tuning(numbers)
    plane.ensure_default_vpc(settings.default_vpc)
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, plane.stop)

    def ready(addresses: tuple[str, ...]) -> None:
        log.info("started in %.2f s", clock.monotonic() - began)
        urls = ", ".join(f"http://{address}" for address in addresses)
        sys.stdout.write(f"roadstead server: ready on {urls} (pid {os.getpid()})\n")
        sys.stdout.flush()

    await plane.run(settings.listen, ready)
    log.info("stopped")


def _innermost(failure: BaseException) -> BaseException:
    """The one exception that a group of groups is about."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure


def _leave(status: int) -> NoReturn:
    """End without taking the interpreter apart: granian's threads may still want to enter it, and
    then abort the process. Everything is closed, so nothing is lost.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
