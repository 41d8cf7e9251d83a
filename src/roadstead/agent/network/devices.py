"""The instance's network devices by hardware address, as the kernel tells of them.

What is attached to the instance appears as a device that nobody asked for: whoever needs it waits
here. Lives on one event loop, in the instance's network namespace.
"""

import asyncio
import errno
import logging
import socket

from roadstead.agent.network.netlink import Netlink, device_news

_LINK_NEWS = 1
"""RTMGRP_LINK"""
_NEWS_BYTES_MAX = 65536

log = logging.getLogger(__name__)


class Devices:
    """Which devices are there, and who waits for one."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._indexes: dict[str, int] = {}
        self._waiting: dict[str, list[asyncio.Future[int]]] = {}
        self._news = socket.socket(
            socket.AF_NETLINK,
            socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK,
            socket.NETLINK_ROUTE,
        )
        self._news.bind((0, _LINK_NEWS))
        self._loop.add_reader(self._news, self._read)
        self._look()

    def close(self) -> None:
        """Hear no more. Who still waits is cancelled."""
        self._loop.remove_reader(self._news)
        self._news.close()
        for waiting in self._waiting.values():
            for future in waiting:
                future.cancel()

    async def wait_for(self, mac_address: str) -> int:
        """The index of the device with this address, once there is one."""
        mac_address = mac_address.lower()
        if (index := self._indexes.get(mac_address)) is not None:
            return index
        future: asyncio.Future[int] = self._loop.create_future()
        waiting = self._waiting.setdefault(mac_address, [])
        waiting.append(future)
        try:
            return await future
        finally:
            waiting.remove(future)
            if not waiting and self._waiting.get(mac_address) is waiting:
                del self._waiting[mac_address]

    def gone(self, mac_address: str, index: int) -> None:
        """It was moved elsewhere; the kernel's own word of that may come later."""
        self._noted(mac_address.lower(), index, is_there=False)

    def _look(self) -> None:
        """All that is there now: at first, and whenever news were lost."""
        with Netlink() as netlink:
            self._indexes = netlink.devices()
        for mac_address in list(self._waiting):
            if mac_address in self._indexes:
                self._appeared(mac_address)

    def _read(self) -> None:
        while True:
            try:
                data = self._news.recv(_NEWS_BYTES_MAX)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                log.info("news of network devices were lost; looking at all of them")
                self._look()
                continue
            for is_there, index, mac_address in device_news(data):
                self._noted(mac_address, index, is_there=is_there)

    def _noted(self, mac_address: str, index: int, *, is_there: bool) -> None:
        if is_there:
            self._indexes[mac_address] = index
            self._appeared(mac_address)
        elif self._indexes.get(mac_address) == index:
            del self._indexes[mac_address]

    def _appeared(self, mac_address: str) -> None:
        for future in self._waiting.get(mac_address, ()):
            if not future.done():
                future.set_result(self._indexes[mac_address])
