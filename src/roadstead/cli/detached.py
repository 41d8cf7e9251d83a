"""`roadstead up --detach`: the same `up` in the background, watched until it is ready."""

import math
import os
import subprocess
import sys

from roadstead import data_dir as data_dirs
from roadstead.cli import console, readiness
from roadstead.cli.api import ApiRefused, ApiUnreachable
from roadstead.cli.terminal import EXIT_FAILED, EXIT_MACHINE_LACKS, complain, progress, say
from roadstead.cli.up import EXAMINED, READY_LINE, UpOptions, begin
from roadstead.clock import wait_until
from roadstead.files import make_private_directory


def up_detached(options: UpOptions, arguments: list[str]) -> int:
    """Start `roadstead up` in the background and return once it is ready."""
    where, _ = begin(options)
    if where is None:
        return EXIT_MACHINE_LACKS
    if data_dirs.is_locked(where.data_dir, "up"):
        raise data_dirs.DataDirError(
            f"Roadstead already runs in {where.data_dir.path}. "
            "`roadstead down` stops it; `roadstead instance add` adds instances."
        )
    make_private_directory(where.data_dir.logs)
    log_file = where.data_dir.logs / "up.log"
    descriptor = os.open(log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        child = subprocess.Popen(
            [sys.executable, "-m", "roadstead", "up", *arguments],
            env={**os.environ, EXAMINED: "1"},
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
    with progress("Starting Roadstead in the background …") as tell:

        def has_ended_or_is_ready() -> bool:
            text = log_file.read_text()
            if lines := text.strip().splitlines():
                tell(lines[-1])
            return READY_LINE in text or child.poll() is not None

        wait_until(has_ended_or_is_ready, math.inf, readiness.RETRY_SECONDS)
    text = log_file.read_text()
    if READY_LINE not in text:
        complain(text.strip())
        return child.returncode or EXIT_FAILED
    say(text[text.index(READY_LINE) :].strip().replace("Press Ctrl-C to stop.", "").strip())
    try:
        say(f"\n{console.line(where)}\n")  # ours to make: what the child says stays in its log
    except (ApiRefused, ApiUnreachable) as error:
        complain(f"The control plane made no link to the console: {error}")
    say("It runs in the background; `roadstead down` stops it.")
    child.returncode = 0  # it is meant to outlive us
    return 0
