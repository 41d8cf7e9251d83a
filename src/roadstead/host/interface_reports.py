"""Telling the control plane which interfaces are attached, detached, or could not be.

Nothing is kept on disk: who is not heard tries again, and after a restart the feed shows what the
control plane still waits for.
"""

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from roadstead.clock import Clock
from roadstead.host import rules
from roadstead.host.control_plane import ControlPlaneDoor, NotHeard
from roadstead.host.presence import InterfaceReport

if TYPE_CHECKING:
    import aiohttp

OPERATION = "SubmitInterfaceStates"
AT_ONCE_MAX = 100

log = logging.getLogger(__name__)


class InterfaceReports:
    """What is still to be told: of each interface the newest."""

    def __init__(self, door: ControlPlaneDoor, clock: Clock) -> None:
        self._door = door
        self._clock = clock
        self._waiting: dict[str, InterfaceReport] = {}
        self._news = asyncio.Event()

    def add(self, reports: Iterable[InterfaceReport]) -> None:
        """Have these told soon."""
        for report in reports:
            if report.state == "failed":
                log.warning("%s: %s", report.network_interface_id, report.reason)
            self._waiting[report.network_interface_id] = report
        if self._waiting:
            self._news.set()

    async def tell_for_ever(self) -> None:
        """Tell what there is to tell, again and ever more slowly while nobody hears."""
        import aiohttp  # 0.3 s to import: instances come up meanwhile

        failures = 0
        async with aiohttp.ClientSession() as session:
            while True:
                await self._news.wait()
                self._news.clear()
                try:
                    await self._tell(session)
                    failures = 0
                except NotHeard as error:
                    if not failures:
                        log.warning("interfaces are not reported, trying again: %s", error)
                    await self._clock.sleep(
                        rules.doubled(
                            failures, rules.REPORT_SECONDS_FIRST, rules.REPORT_SECONDS_MAX
                        )
                    )
                    failures += 1
                if self._waiting:
                    self._news.set()

    async def _tell(self, session: "aiohttp.ClientSession") -> None:
        """Raises: NotHeard"""
        some = list(self._waiting.values())[:AT_ONCE_MAX]
        if not some:
            return
        await self._door.call(session, OPERATION, {"states": msgspec.to_builtins(some)})
        for report in some:
            if self._waiting.get(report.network_interface_id) is report:
                del self._waiting[report.network_interface_id]
