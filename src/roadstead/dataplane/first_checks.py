"""FirstChecks: places that are new and fail their checks, until they have passed one.

ELB asks one passed check of a new target. Envoy asks that of a host's first check only: after one
that failed it wants as many as of a host that fell ill. So a new place that failed rests: it is
taken out of its endpoints file and put back a moment later, where its check is a first one again.
While it rests it gets no request either, not even when all others fail.

These checks come sooner than the interval. They can make healthy sooner; unhealthy is a place only
after as long as the threshold takes at the interval, and it is not taken out any more then.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from roadstead.clock import Clock

REST_SECONDS_MIN = 0.2
REST_SECONDS_MAX = 1.0
REST_SECONDS_EACH = 0.002
"""Of each place that fails at the time: the files of large groups are not written all the time."""
REST_OF_TROUBLE = 0.25
"""Of how long it has failed: what was late for long is looked at less often."""
FORGOTTEN_SECONDS = 600.0
"""Who was not heard of for so long begins anew; longer than any interval with its timeout."""


class Place(NamedTuple):
    """A host of the proxy's."""

    cluster: str
    address: str
    port: int


class _Trouble(msgspec.Struct):
    """A place that failed and never passed."""

    key: str
    """The piece that its endpoint is in."""
    since: float
    heard_at: float
    due_at: float | None = None
    """When it is put back; None: it is there."""


class FirstChecks:
    """Who rests. `again` is called with the key of a piece whose endpoints are to be written."""

    def __init__(self, clock: Clock, again: Callable[[str], None]) -> None:
        self._clock = clock
        self._again = again
        self._troubles: dict[Place, _Trouble] = {}

    def resting(self, cluster: str) -> frozenset[tuple[str, int]]:
        """Addresses and ports that are not to be in the endpoints of the cluster."""
        return frozenset(
            (place.address, place.port)
            for place, trouble in self._troubles.items()
            if trouble.due_at is not None and place.cluster == cluster
        )

    def failed(self, place: Place, key: str, threshold: int, interval_seconds: float) -> bool:
        """Let a place rest that failed a check and never passed one; whether it is unhealthy."""
        now = self._clock.monotonic()
        trouble = self._troubles.get(place)
        if trouble is None or now - trouble.heard_at > FORGOTTEN_SECONDS:
            trouble = self._troubles[place] = _Trouble(key, now, now)
        trouble.heard_at = now
        if trouble.due_at is not None:
            return False
        seconds = now - trouble.since
        if seconds >= (threshold - 1) * interval_seconds:
            return True
        rest = min(REST_SECONDS_MAX, max(REST_SECONDS_MIN, seconds * REST_OF_TROUBLE))
        rest = max(rest, REST_SECONDS_EACH * len(self._troubles))
        trouble.due_at = now + min(rest, interval_seconds)
        self._again(key)
        return False

    def wake(self) -> None:
        """Put back whose time it is."""
        now = self._clock.monotonic()
        for trouble in self._troubles.values():
            if trouble.due_at is not None and trouble.due_at <= now:
                trouble.due_at = None
                self._again(trouble.key)

    def forget(self, place: Place) -> None:
        """It passed, is unhealthy, or is gone."""
        trouble = self._troubles.pop(place, None)
        if trouble is not None and trouble.due_at is not None:
            self._again(trouble.key)
