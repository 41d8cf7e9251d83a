"""Logs: what the proxy appends to, kept within bounds.

A file that is long becomes `<name>.1`, in the place of the former one, and the proxy begins anew.
"""

import logging
import os
from pathlib import Path

from roadstead.clock import Clock
from roadstead.dataplane.proxy_admin import ProxyAdmin, ProxyUnreachable
from roadstead.dataplane.snapshot.names import Files

CHECK_EVERY_SECONDS = 30.0
ACCESS_LOG_BYTES_MAX = 100 * 1024 * 1024
HEALTH_EVENTS_BYTES_MAX = 10 * 1024 * 1024

log = logging.getLogger(__name__)


class Logs:
    """Access logs and the log of health checks."""

    def __init__(self, files: Files, admin: ProxyAdmin, clock: Clock) -> None:
        self._files = files
        self._admin = admin
        self._clock = clock

    async def run(self) -> None:
        """Look at their lengths, for ever."""
        while True:
            try:
                if self._rotate():
                    await self._admin.reopen_logs()
            except (OSError, ProxyUnreachable) as error:
                log.warning("the proxy's logs cannot be rotated: %s", error)
            await self._clock.sleep(CHECK_EVERY_SECONDS)

    def _rotate(self) -> bool:
        """Whether a file was moved away."""
        bounds = {Path(self._files.health_events): HEALTH_EVENTS_BYTES_MAX}
        folder = Path(self._files.access_logs)
        for each in folder.glob("*.log") if folder.is_dir() else ():
            bounds[each] = ACCESS_LOG_BYTES_MAX
        moved = False
        for path, bytes_max in bounds.items():
            if path.exists() and path.stat(follow_symlinks=False).st_size > bytes_max:
                os.replace(path, path.with_name(f"{path.name}.1"))
                moved = True
        return moved
