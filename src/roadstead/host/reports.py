"""Telling the control plane what happened to instances, as EC2 tells ECS.

AWS's EC2 and ECS talk behind the scenes; ours use one signed call of our own, beside AWS's API:
`Roadstead_20261121.SubmitInstanceStateChange {instanceId, state}`, where state is running, stopped
or terminated. Reports wait in the book until they are accepted, in order for each instance.
"""

import asyncio
import logging
from typing import Any

import msgspec

from roadstead.host import records, rules
from roadstead.host.control_plane import ControlPlaneDoor, NotHeard
from roadstead.host.fleet import Fleet
from roadstead.host.records import Instance, Report

OPERATION = "SubmitInstanceStateChange"
FORGET_SECONDS = 60.0

log = logging.getLogger(__name__)


async def report_for_ever(fleet: Fleet, door: ControlPlaneDoor) -> None:
    """Deliver reports as they come up; try again, ever more slowly, while nobody accepts them."""
    import aiohttp  # 0.3 s to import: instances come up meanwhile

    failures = 0
    async with aiohttp.ClientSession() as session:
        while True:
            failed = False
            for instance in [one for one in fleet.book.instances if one.unreported]:
                try:
                    await door.call(session, OPERATION, report(instance))
                except NotHeard as error:
                    failed = True
                    await _note(fleet, instance, str(error))
                else:
                    heard = records.reported(fleet.book.find(instance.instance_id))
                    await fleet.put(heard)
            failures = failures + 1 if failed else 0
            await _until_next(fleet, failures)
            await fleet.forget_old()


async def tell_again(fleet: Fleet, instance_id: str) -> None:
    """Have the control plane told that a running instance runs, and of its interface."""
    instance = fleet.book.find(instance_id)
    if instance.state == "running" and not instance.unreported:
        await fleet.put(msgspec.structs.replace(instance, unreported=("running",)))


def report(instance: Instance) -> dict[str, Any]:
    """The oldest change of state that is to be told, with the instance's primary interface."""
    state = instance.unreported[0]
    told: dict[str, Any] = {"instanceId": instance.instance_id, "state": state}
    if state != "terminated":
        told["networkInterface"] = {
            "networkInterfaceId": instance.eni_id,
            "subnetId": instance.subnet_id,
            "macAddress": instance.mac,
            "privateIpAddress": instance.address,
        }
    return told


async def _note(fleet: Fleet, instance: Instance, why: str) -> None:
    """Remember and log why a report waits, once for each reason."""
    current = fleet.book.find(instance.instance_id)
    if current.report_error != why:
        log.warning("%s is %s: not told to ECS: %s", instance.instance_id, instance.state, why)
        await fleet.put(msgspec.structs.replace(current, report_error=why))


async def _until_next(fleet: Fleet, failures: int) -> None:
    """Return when there is something to report, or it is time to try again."""
    if failures:
        seconds = rules.doubled(failures - 1, rules.REPORT_SECONDS_FIRST, rules.REPORT_SECONDS_MAX)
        with_new = len(_waiting(fleet))
        wanted = lambda: len(_waiting(fleet)) > with_new  # noqa: E731  # names what is awaited
    else:
        seconds = FORGET_SECONDS
        wanted = lambda: bool(_waiting(fleet))  # noqa: E731  # the same
    try:
        async with asyncio.timeout(seconds), fleet.changed:
            await fleet.changed.wait_for(wanted)
    except TimeoutError:
        return


def _waiting(fleet: Fleet) -> list[Report]:
    return [report for instance in fleet.book.instances for report in instance.unreported]
