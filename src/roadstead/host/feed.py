"""Hearing what this machine is to carry: one long signed request, and again whenever it ends.

Each conversation begins with everything there is. Until a new one has told all, what was heard in
the last one stands.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import msgspec

from roadstead.clock import Clock
from roadstead.control.fabric_items import Value
from roadstead.host import rules, told
from roadstead.host.control_plane import ControlPlaneDoor, NotHeard
from roadstead.host.told import Key, Told

if TYPE_CHECKING:
    import aiohttp

PATH = "/fabric"
SILENT_SECONDS_MAX = 30.0
"""The server gives a sign of life three times as often."""
LINE_BYTES_MAX = 4 * 1024 * 1024

log = logging.getLogger(__name__)

Heard = Callable[[set[Key]], None]
"""Called with the items that a lot changed; also with none, after a conversation's first lot."""


async def listen_for_ever(what: Told, door: ControlPlaneDoor, clock: Clock, on_lot: Heard) -> None:
    """Keep `what` as the control plane tells it."""
    import aiohttp  # 0.3 s to import: instances come up meanwhile

    failures = 0
    why = ""
    async with aiohttp.ClientSession() as session:
        while True:
            lots = what.lots
            try:
                await _converse(what, session, door, on_lot)
                reason = "the control plane ended it"
            except NotHeard as error:
                reason = str(error)
            failures = failures + 1 if what.lots == lots else 1
            if reason != why:
                log.warning("networks are not told of any more, trying again: %s", reason)
                why = reason
            await clock.sleep(
                rules.doubled(failures - 1, rules.REPORT_SECONDS_FIRST, rules.REPORT_SECONDS_MAX)
            )


async def _converse(
    what: Told, session: "aiohttp.ClientSession", door: ControlPlaneDoor, on_lot: Heard
) -> None:
    """One conversation, to its end.

    Raises: NotHeard when it broke off.
    """
    lot: dict[Key, Value | None] = {}
    is_first = True
    async for line in _lines(session, door):
        try:
            item = told.read(line)
        except msgspec.DecodeError as error:
            raise NotHeard(f"a line of it was not understood: {error}: {line[:200]!r}") from error
        if item is not None:
            lot[item[0]] = item[1]
            continue
        if is_first:
            log.info("%d items of networks were told", len(lot))
            on_lot(what.replace(lot))
        elif lot:
            on_lot(what.change(lot))
        is_first = False
        lot = {}


async def _lines(session: "aiohttp.ClientSession", door: ControlPlaneDoor) -> AsyncIterator[bytes]:
    """Raises: NotHeard"""
    import aiohttp

    request = door.get(PATH)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=5.0, sock_read=SILENT_SECONDS_MAX)
    try:
        async with session.get(
            f"{door.endpoint}{PATH}", headers=request.headers, timeout=timeout
        ) as response:
            if response.status != 200:
                text = (await response.content.read(2000)).decode(errors="replace")
                raise NotHeard(f"{door.endpoint} answered {response.status}: {text}")
            rest = b""
            async for part in response.content.iter_any():
                *lines, rest = (rest + part).split(b"\n")
                for line in lines:
                    if line:
                        yield line
                if len(rest) > LINE_BYTES_MAX:
                    raise NotHeard("a line of it is too long")
    except TimeoutError as error:
        raise NotHeard(f"{door.endpoint} gave no sign of life") from error
    except (aiohttp.ClientError, asyncio.IncompleteReadError) as error:
        raise NotHeard(f"{door.endpoint} cannot be reached: {error}") from error
