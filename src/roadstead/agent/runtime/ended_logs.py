"""What containers wrote before they were taken away: kept a while, for whoever asks why they ended.

A file each, `<folder>/<container_id>.log`. The oldest go when there are too many, or when
they are too large together.
"""

import threading
from pathlib import Path

KEPT_MAX = 500
KEPT_BYTES_MAX = 256 * 1024 * 1024


class EndedLogs:
    """Used by several threads at once."""

    def __init__(self, folder: Path, *, bytes_max: int = KEPT_BYTES_MAX) -> None:
        self._folder = folder
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        found = [(each, each.stat()) for each in self._folder.iterdir()]
        found.sort(key=lambda entry: entry[1].st_mtime)
        self._sizes = {path: status.st_size for path, status in found}
        """Oldest first."""

    def keep(self, log: Path, container_id: str) -> None:
        """Move a container's log here, unless it is empty or there is none."""
        size = log.stat().st_size if log.exists() else 0
        if not size:
            return
        kept = self._folder / f"{container_id}.log"
        log.replace(kept)
        with self._lock:
            self._sizes[kept] = size
            while len(self._sizes) > KEPT_MAX or sum(self._sizes.values()) > self._bytes_max:
                oldest = next(iter(self._sizes))
                del self._sizes[oldest]
                oldest.unlink(missing_ok=True)
