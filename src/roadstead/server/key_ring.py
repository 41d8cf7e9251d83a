"""KeyRing: the access keys of the data directory, as requests need them.

Keys are added and removed by other programs while this one runs, so the file is looked at again,
at most once a second, and read when it is another one than before.
"""

import logging
import os
from pathlib import Path

from roadstead.aws.sigv4 import AccessKey
from roadstead.clock import Clock
from roadstead.keys import Key, KeysError, Kind, read

LOOK_AGAIN_SECONDS = 1.0
LOOK_AGAIN_UNKNOWN_SECONDS = 0.05
"""A key that is not known may have been made a moment ago."""

log = logging.getLogger(__name__)


class KeyRing:
    """Finds keys by id. Starts with `keys`; follows the file at `path` if there is one."""

    def __init__(self, keys: tuple[Key, ...], clock: Clock, path: Path | None = None) -> None:
        self._clock = clock
        self._path = path
        self._override = tuple(key for key in keys if key.kind == "root")
        """The root keys in force: the environment may have set one that is in no file."""
        self._seen: tuple[int, int, int] | None = None
        self._looked_at = clock.monotonic()
        self._keys: dict[str, AccessKey] = {}
        self._kinds: dict[str, Kind] = {}
        self._hold(keys)

    def find(self, access_key_id: str) -> AccessKey | None:
        """The key, or None."""
        if self._path is not None:
            known = access_key_id in self._keys
            patience = LOOK_AGAIN_SECONDS if known else LOOK_AGAIN_UNKNOWN_SECONDS
            if self._clock.monotonic() - self._looked_at >= patience:
                self._look_again(self._path)
        return self._keys.get(access_key_id)

    def kind(self, access_key_id: str) -> Kind:
        """The kind of a key that was found."""
        return self._kinds[access_key_id]

    def _look_again(self, path: Path) -> None:
        self._looked_at = self._clock.monotonic()
        try:
            about = os.stat(path)
            seen = (about.st_ino, about.st_mtime_ns, about.st_size)
            if seen == self._seen:
                return
            found = read(path)
        except (OSError, KeysError) as error:
            log.error("keys cannot be read again, the old ones stay in force: %s", error)
            return
        self._seen = seen
        self._hold((*self._override, *(key for key in found if key.kind != "root")))

    def _hold(self, keys: tuple[Key, ...]) -> None:
        self._keys = {
            key.access_key_id: AccessKey(
                key.access_key_id, key.secret_access_key, key.account, key.arn
            )
            for key in keys
        }
        self._kinds = {key.access_key_id: key.kind for key in keys}
