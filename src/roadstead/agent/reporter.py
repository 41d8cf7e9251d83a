"""The reporter: brings state changes to the control plane, however long it takes.

InvalidParameterException means that a report can never be taken: it is dropped. Everything else is
tried again for ever; a control plane that is heard of again is tried at once.
"""

import asyncio
import logging
from typing import Any

import msgspec

from roadstead.agent.api import ApiCaller, ApiFailure
from roadstead.agent.engine.records import Report
from roadstead.agent_protocol.backoff import Backoff, BackoffTable
from roadstead.ids import Ids

SUBMITS_AT_ONCE_MAX = 16
RETRIES = BackoffTable(0.1, 1.5, 30.0, 20)
"""Source: the ECS agent begins with tens of milliseconds and ends at 30 s."""

log = logging.getLogger(__name__)


class Reporter:
    """Submits reports; each call returns when its report has arrived or can never arrive."""

    def __init__(self, cluster: str, api: ApiCaller, ids: Ids) -> None:
        self._cluster = cluster
        self._api = api
        self._ids = ids
        self._at_once = asyncio.Semaphore(SUBMITS_AT_ONCE_MAX)
        self._heard = asyncio.Event()

    def control_plane_heard(self) -> None:
        """Who waits for another attempt makes it now."""
        self._heard.set()
        self._heard = asyncio.Event()

    async def submit(self, report: Report) -> None:
        """Report one state change."""
        request: dict[str, Any] = {"cluster": self._cluster} | msgspec.to_builtins(report)
        await self._deliver("SubmitTaskStateChange", request, f"{report.task} {report.status}")

    async def attached(self, attachment_arn: str, task_arn: str) -> None:
        """Report that an interface's device is there; `task_arn` empty: an instance's own.

        Source: agent:agent/api/ecsclient, attachments of tasks go with SubmitTaskStateChange
        """
        request: dict[str, Any] = {
            "cluster": self._cluster,
            "attachments": [{"attachmentArn": attachment_arn, "status": "ATTACHED"}],
        }
        if task_arn:
            request["task"] = task_arn
        operation = "SubmitTaskStateChange" if task_arn else "SubmitAttachmentStateChanges"
        await self._deliver(operation, request, f"{attachment_arn} ATTACHED")

    async def _deliver(self, operation: str, request: dict[str, Any], what: str) -> None:
        backoff = Backoff(RETRIES, self._ids)
        while True:
            heard = self._heard
            try:
                async with self._at_once:
                    await self._api(operation, request)
            except ApiFailure as failure:
                if failure.type == "InvalidParameterException":
                    log.error("%s is refused: %s", what, failure.message)
                    return
                seconds = backoff.next_seconds()
                log.warning("%s: %s", what, failure)
                await _wait(heard, seconds)
            else:
                return


async def _wait(heard: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await heard.wait()
    except TimeoutError:
        pass  # nothing was heard: try all the same
