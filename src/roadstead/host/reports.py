"""Telling the control plane what happened to instances, as EC2 tells ECS.

AWS's EC2 and ECS talk behind the scenes; ours use one signed call of our own, beside AWS's API:
`Roadstead_20261121.SubmitInstanceStateChange {instanceId, state}`, where state is running, stopped
or terminated. Reports wait in the book until they are accepted, in order for each instance.
"""

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.clock import Clock
from roadstead.host import records, rules
from roadstead.host.fleet import Fleet
from roadstead.host.records import Instance, Report
from roadstead.keys import Key

if TYPE_CHECKING:
    import aiohttp

SERVICE = "roadstead"
TARGET = "Roadstead_20261121.SubmitInstanceStateChange"
REQUEST_SECONDS = 5.0
FORGET_SECONDS = 60.0

log = logging.getLogger(__name__)


class NotHeard(Exception):
    """The control plane did not accept a report; the text says why."""


async def report_for_ever(fleet: Fleet, endpoint: str, region: str, key: Key, clock: Clock) -> None:
    """Deliver reports as they come up; try again, ever more slowly, while nobody accepts them."""
    import aiohttp  # 0.3 s to import: instances come up meanwhile

    failures = 0
    async with aiohttp.ClientSession() as session:
        while True:
            failed = False
            for instance in [one for one in fleet.book.instances if one.unreported]:
                try:
                    request = signed_report(
                        instance.instance_id, instance.unreported[0], endpoint, region, key, clock
                    )
                    await _send(session, endpoint, request)
                except NotHeard as error:
                    failed = True
                    await _note(fleet, instance, str(error))
                else:
                    heard = records.reported(fleet.book.find(instance.instance_id))
                    await fleet.put(heard)
            failures = failures + 1 if failed else 0
            await _until_next(fleet, failures)
            await fleet.forget_old()


def signed_report(
    instance_id: str, state: Report, endpoint: str, region: str, key: Key, clock: Clock
) -> HttpRequest:
    """The signed request that reports one change of state."""
    request = HttpRequest(
        method="POST",
        path="/",
        query="",
        headers={
            "host": urlsplit(endpoint).netloc,
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": TARGET,
        },
        body=msgspec.json.encode({"instanceId": instance_id, "state": state}),
    )
    added = sign(
        request,
        Credentials(key.access_key_id, key.secret_access_key),
        region,
        SERVICE,
        clock.now(),
    )
    return msgspec.structs.replace(request, headers={**request.headers, **added})


async def _send(session: "aiohttp.ClientSession", endpoint: str, request: HttpRequest) -> None:
    import aiohttp

    try:
        async with session.post(
            f"{endpoint}/",
            data=request.body,
            headers=request.headers,
            timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS),
        ) as response:
            if response.status != 200:
                text = (await response.content.read(2000)).decode(errors="replace")
                raise NotHeard(f"{endpoint} answered {response.status}: {text}")
    except TimeoutError as error:
        raise NotHeard(f"{endpoint} did not answer within {REQUEST_SECONDS:g} s") from error
    except aiohttp.ClientError as error:
        raise NotHeard(f"{endpoint} cannot be reached: {error}") from error


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
