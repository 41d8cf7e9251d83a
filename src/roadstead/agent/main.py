"""`roadstead agent`: settings, signals and the real parts, put together.

Exit status: 0 clean, 1 may be started again, 5 not before something is changed.
"""

import argparse
import asyncio
import logging
import os
import signal
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from roadstead.agent.configuration import AgentSettings, is_own_group, settings_from
from roadstead.agent.credentials import credentials_from
from roadstead.agent.ends import EXIT_CLEAN, EXIT_RETRY, EXIT_TERMINAL, AgentEnd
from roadstead.agent.journal import Journal
from roadstead.agent.runtime.port import RuntimeFailure
from roadstead.aws.sigv4 import Credentials
from roadstead.clock import SystemClock
from roadstead.ids import SystemIds
from roadstead.log_lines import log_to_standard_error
from roadstead.settings import SettingError

if TYPE_CHECKING:
    from roadstead.agent.runtime.oci import OciRuntime

LOG_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "crit": logging.CRITICAL,
}

log = logging.getLogger("roadstead.agent")


def main(argv: Sequence[str] | None = None) -> int:
    """Run an agent, or take away what one left; the exit status."""
    words = _parser().parse_args(argv)
    log_to_standard_error(logging.INFO)
    if words.command == "purge":
        return remove_traces(words.data_dir, words.cgroup_parent)
    try:
        settings = settings_from(os.environ, version("roadstead"))
        credentials = credentials_from(os.environ)
    except SettingError as error:
        log.error("%s", error)
        return EXIT_TERMINAL
    logging.getLogger().setLevel(LOG_LEVELS[settings.log_level])
    try:
        return asyncio.run(run(settings, credentials))
    except AgentEnd as end:
        log.error("%s", end.text)
        return end.code


async def run(settings: AgentSettings, credentials: Credentials) -> int:
    """Be an agent until SIGTERM or SIGINT; the exit status. Raises: AgentEnd"""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    journal = Journal.open(settings.data_dir)
    try:
        runtime = await _open_runtime(settings)
        settings = await _with_possible_networks(settings, runtime)
        from roadstead.agent.http_api import Network  # aiohttp is most of the time a start takes
        from roadstead.agent.program import run_agent

        clock = SystemClock()
        network = Network(settings.backend, settings.region, credentials, clock)
        try:
            return await run_agent(
                settings,
                clock=clock,
                ids=SystemIds(),
                runtime=runtime,
                journal=journal,
                api=network.call,
                connector=network,
                stop=stop,
            )
        finally:
            await network.close()
    finally:
        journal.close()


def remove_traces(data_dir: Path, cgroup_parent: str) -> int:
    """End and remove every container that an agent left in `data_dir`; the exit status."""
    if not is_own_group(cgroup_parent):
        log.error(
            "--cgroup-parent is %r; it must name a group of this instance alone, such as "
            "/roadstead/i-0123456789abcdef0: every process in it is ended",
            cgroup_parent,
        )
        return EXIT_TERMINAL
    from roadstead.agent.runtime.purge import purge

    try:
        purge(data_dir, cgroup_parent)
    except (OSError, RuntimeFailure) as failure:
        log.error("containers under %s are left behind: %s", data_dir, failure)
        return EXIT_RETRY
    return EXIT_CLEAN


async def _with_possible_networks(settings: AgentSettings, runtime: "OciRuntime") -> AgentSettings:
    """The settings without network mode awsvpc where this instance cannot have it."""
    if not settings.has_task_networks:
        return settings
    why = "" if settings.instance_id else "it is no EC2 instance (ROADSTEAD_INSTANCE_ID is not set)"
    why = why or await runtime.why_no_task_networks()
    if not why:
        return settings
    log.warning("this instance takes no tasks of network mode awsvpc: %s", why)
    return msgspec.structs.replace(settings, has_task_networks=False)


async def _open_runtime(settings: AgentSettings) -> "OciRuntime":
    from roadstead.agent.runtime.oci import OciRuntime

    named = "" if settings.runtime == "oci" else settings.runtime
    try:
        return await OciRuntime.open(
            settings.data_dir,
            settings.images_dir,
            settings.cgroup_parent,
            SystemClock(),
            SystemIds(),
            runtime=named,
        )
    except RuntimeFailure as failure:
        raise AgentEnd(EXIT_RETRY, f"this host cannot run containers: {failure.text}") from failure


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="roadstead agent",
        description="Runs a container instance's tasks. Settings come from the environment.",
    )
    commands = parser.add_subparsers(dest="command")
    remove = commands.add_parser("purge", help="take away the containers that an agent left")
    remove.add_argument("--data-dir", type=Path, required=True)
    remove.add_argument("--cgroup-parent", required=True)
    return parser
