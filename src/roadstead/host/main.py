"""The host program: opens the data directory, makes the fabric, resumes instances, and waits.

SIGTERM and SIGINT end this program alone: agents and containers run on, and the next host adopts
them. `shutdown` on the control socket says otherwise.
"""

import asyncio
import logging
import signal
from functools import partial
from pathlib import Path

from roadstead import data_dir as data_dirs
from roadstead import keys
from roadstead.clock import SystemClock
from roadstead.data_dir import DataDir
from roadstead.host import (
    book,
    control,
    fabric,
    launches,
    links,
    namespaces,
    networking,
    proxy,
    purge,
    records,
    reports,
)
from roadstead.host.control_plane import ControlPlaneDoor
from roadstead.host.firewall import Firewall
from roadstead.host.fleet import Fleet
from roadstead.host.records import Book
from roadstead.ids import SystemIds
from roadstead.settings import HostSettings

log = logging.getLogger(__name__)


def run(settings: HostSettings, agent_command: tuple[str, ...] = launches.AGENT_COMMAND) -> int:
    """Carry instances until told to end; the exit status of the program.

    Raises: DataDirError, KeysError, HostError or OSError when it cannot begin.
    """
    data_dir = data_dirs.claim(settings.data_dir, settings.account_id, settings.region)
    with data_dirs.lock(data_dir, "host"):
        ending = asyncio.run(_run(settings, data_dir, agent_command))
        if ending == "purge":
            purge.remove_traces(data_dir, agent_command)
    return 0


def prepare(settings: HostSettings, data_dir: DataDir) -> Book:
    """Make the VPC, or complete it. Returns the book, which the first call begins.

    Raises: HostError when its range is taken, NftablesError or OSError when the machine refuses.
    """
    names = fabric.Names(data_dir.short_id)
    kept = book.read(data_dir.instances_file)
    if kept is None:
        taken = links.routes_and_addresses(without=names.bridge)
        cidr = fabric.choose_cidr(settings.vpc_cidr, taken)
        kept = Book(
            vpc=records.new_vpc(cidr, settings.region, SystemIds()),
            mounted_run_netns=not namespaces.is_run_dir_mounted(),
        )
        book.write(data_dir.instances_file, kept)
    elif settings.vpc_cidr and settings.vpc_cidr != kept.vpc.cidr:
        raise records.HostError(
            f"The VPC of {data_dir.path} is {kept.vpc.cidr} and cannot become "
            f"{settings.vpc_cidr}. Leave --vpc-cidr out, or start from nothing with "
            "`roadstead down --purge`."
        )
    zones = [subnet.zone for subnet in kept.vpc.subnets]
    if not all(zone[:-1] == settings.region for zone in zones):
        raise records.HostError(
            f"The instances of {data_dir.path} are in {zones[0][:-1]}, not {settings.region}. "
            f"Set ROADSTEAD_REGION={zones[0][:-1]}, or choose another --data-dir."
        )
    fabric.make(kept.vpc, names, f"roadstead {data_dir.path}")
    return kept


async def _run(
    settings: HostSettings, data_dir: DataDir, agent_command: tuple[str, ...]
) -> control.Ending:
    clock, ids = SystemClock(), SystemIds()
    host_key = keys.of_kind(keys.ensure(data_dir.keys_file, settings.account_id, ids), "host")
    first = await asyncio.to_thread(prepare, settings, data_dir)
    names = fabric.Names(data_dir.short_id)
    firewall = await asyncio.to_thread(_guard, settings, first.vpc, names)
    door = ControlPlaneDoor(settings.control_plane, settings.region, host_key, clock)
    ending: asyncio.Future[control.Ending] = asyncio.get_running_loop().create_future()
    end = partial(_end, ending)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end, "keep")
    async with asyncio.TaskGroup() as group:
        fleet = Fleet(
            settings=settings,
            data_dir=data_dir,
            first=first,
            firewall=firewall,
            clock=clock,
            ids=ids,
            group=group,
            agent_command=agent_command,
        )
        reporting = group.create_task(reports.report_for_ever(fleet, door), name="reports")
        keeper = proxy.ProxyKeeper(data_dir, clock)
        proxying = group.create_task(keeper.run(), name="proxy")
        await fleet.resume()
        carrying = group.create_task(
            networking.carry_networks(fleet, names, firewall, door, clock), name="networks"
        )
        async with control.listening(Path(data_dir.host_socket), fleet, end):
            log.info("carrying %d instances in %s", len(first.instances), first.vpc.cidr)
            chosen = await ending
        carrying.cancel()
        if chosen != "keep":
            await fleet.turn_everything_off()
            await keeper.stop()
        fleet.let_go()
        reporting.cancel()
        proxying.cancel()
    return chosen


def _guard(settings: HostSettings, vpc: records.Vpc, names: fabric.Names) -> Firewall:
    control_plane = networking.control_plane_of(settings, vpc)
    return fabric.guard(vpc, names, control_plane, reach_machine=settings.reach_machine)


def _end(ending: "asyncio.Future[control.Ending]", how: control.Ending) -> None:
    if not ending.done():
        ending.set_result(how)
