"""Attachments: interfaces that the control plane attaches, told when their devices are there.

AWS's control plane announces an interface before it attaches it, and waits to hear that the device
has appeared. What was taken over is kept on disk until it is told, or its time is over.
"""

import logging
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

import msgspec

from roadstead.agent.journal import Journal
from roadstead.agent.reporter import Reporter
from roadstead.agent.runtime.port import Runtime
from roadstead.agent_protocol.messages import acs
from roadstead.clock import Clock

AttachMessage = acs.AttachTaskNetworkInterfacesMessage | acs.AttachInstanceNetworkInterfacesMessage

log = logging.getLogger(__name__)


class ExpectedDevice(msgspec.Struct, frozen=True, kw_only=True):
    """An interface that was announced. `task_arn` is empty when it is the instance's own."""

    attachment_arn: str
    mac_address: str
    task_arn: str = ""
    expires_at: datetime


class Attachments:
    """What was announced and is not told yet. `spawn` starts a routine of the program's group."""

    def __init__(
        self,
        *,
        runtime: Runtime,
        journal: Journal,
        reporter: Reporter,
        clock: Clock,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._runtime = runtime
        self._journal = journal
        self._reporter = reporter
        self._clock = clock
        self._spawn = spawn
        self._expected = {
            each.attachment_arn: each
            for each in msgspec.msgpack.decode(
                journal.fact("attachments") or _NOTHING, type=tuple[ExpectedDevice, ...]
            )
        }

    def resume(self) -> None:
        """Wait on for what an earlier agent process was told of."""
        for device in self._expected.values():
            self._spawn(self._wait(device))

    async def take(self, message: AttachMessage) -> None:
        """Take a message over durably; it may be acknowledged then. Twice does no harm."""
        task_arn = ""
        if isinstance(message, acs.AttachTaskNetworkInterfacesMessage):
            task_arn = message.task_arn
        wait = timedelta(milliseconds=message.wait_timeout_ms)
        for eni in message.elastic_network_interfaces:
            if eni.attachment_arn in self._expected:
                continue
            device = ExpectedDevice(
                attachment_arn=eni.attachment_arn,
                mac_address=eni.mac_address.lower(),
                task_arn=task_arn,
                expires_at=self._clock.now() + wait,
            )
            self._expected[device.attachment_arn] = device
            self._spawn(self._wait(device))
        self._remember()
        await self._journal.flush()

    async def _wait(self, device: ExpectedDevice) -> None:
        seconds = (device.expires_at - self._clock.now()).total_seconds()
        if seconds > 0 and await self._runtime.is_device_seen(
            device.mac_address, timeout_seconds=seconds
        ):
            await self._reporter.attached(device.attachment_arn, device.task_arn)
        else:
            log.warning(
                "attachment %s: no device with address %s appeared in time",
                device.attachment_arn,
                device.mac_address,
            )
        del self._expected[device.attachment_arn]
        self._remember()

    def _remember(self) -> None:
        record = msgspec.msgpack.encode(tuple(self._expected.values()))
        self._journal.remember_fact("attachments", record)


_NOTHING = msgspec.msgpack.encode(())
