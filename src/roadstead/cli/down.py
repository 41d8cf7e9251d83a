"""`roadstead down`: stop what runs in a data directory, and with `--purge` remove every trace."""

import shutil
import signal
from pathlib import Path

from roadstead import data_dir as data_dirs
from roadstead.cli import place
from roadstead.cli.place import Place
from roadstead.cli.terminal import EXIT_FAILED, complain, progress, say
from roadstead.cli.up import KEEP_RUNNING_SIGNAL
from roadstead.host import client, processes, purge

STOP_SECONDS_MAX = 90.0
CONTROL_PLANE = "state"
"""The lock that a control plane holds while it works in a data directory."""


def down(path: Path | None, *, purge_all: bool, keep_running: bool) -> int:
    """Stop, then purge if asked; the exit status.

    Raises: DataDirError when nothing was ever started there.
    """
    where = place.existing(path)
    with progress(f"Stopping Roadstead in {where.data_dir.path} …") as tell:
        if not _stop_up(where, keep_running) or not _stop_host(where, keep_running):
            complain(
                f"Something did not stop within {STOP_SECONDS_MAX:g} s. "
                f"See {where.data_dir.logs}, and try again."
            )
            return EXIT_FAILED
        if purge_all and data_dirs.is_locked(where.data_dir, CONTROL_PLANE):
            complain(
                f"A control plane that was started by itself still works in {where.data_dir.path}. "
                "End that `roadstead server` first; nothing was removed."
            )
            return EXIT_FAILED
        if keep_running:
            say("Stopped. Agents and containers run on; `roadstead up` adopts them.")
            return 0
        purge.turn_off_all(where.data_dir)
        if purge_all:
            tell(f"Removing every trace of {where.data_dir.path} …")
            purge.remove_traces(where.data_dir)
            shutil.rmtree(where.data_dir.path)
            say(f"Removed {where.data_dir.path} and everything that it had made.")
            return 0
    say(
        f"Stopped. State is kept in {where.data_dir.path}; `roadstead up` resumes, "
        "`roadstead down --purge` removes it."
    )
    return 0


def _stop_up(where: Place, keep_running: bool) -> bool:
    """End the `up` of this directory, if one runs; whether it is gone."""
    if not data_dirs.is_locked(where.data_dir, "up"):
        return True
    running = place.read_running(where.data_dir)
    if running is None or processes.start_ticks(running.mark.pid) != running.mark.start_ticks:
        return False
    number = KEEP_RUNNING_SIGNAL if keep_running else signal.SIGTERM
    processes.signal_and_wait({running.mark.pid}, number, STOP_SECONDS_MAX)
    return not data_dirs.is_locked(where.data_dir, "up")


def _stop_host(where: Place, keep_running: bool) -> bool:
    """End a host that was started without `up`; whether it is gone."""
    if not data_dirs.is_locked(where.data_dir, "host"):
        return True
    try:
        client.call(
            where.data_dir,
            {"op": "shutdown", "ending": "keep" if keep_running else "off"},
        )
    except client.HostUnreachable as error:
        complain(str(error))
    return data_dirs.wait_until_unlocked(where.data_dir, "host", STOP_SECONDS_MAX)
