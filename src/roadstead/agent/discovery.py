"""Discovery: where the channels lead, asked once and remembered for half a day."""

import asyncio

from roadstead.agent.api import ApiCaller, ApiFailure
from roadstead.agent.connecting import ConnectionFailed, Endpoints
from roadstead.agent.journal import Identity
from roadstead.clock import Clock

KEEP_SECONDS = 12 * 3600.0
"""Source: the ECS agent keeps discovered endpoints for 12 hours."""


class Discovery:
    """The endpoints of one control plane."""

    def __init__(self, identity: Identity, zone: str, api: ApiCaller, clock: Clock) -> None:
        self._request = {
            "cluster": identity.cluster,
            "containerInstance": identity.container_instance_arn,
            "zoneId": zone,
        }
        self._api = api
        self._clock = clock
        self._known: Endpoints | None = None
        self._asked_at_seconds = 0.0
        self._lock = asyncio.Lock()

    async def endpoints(self) -> Endpoints:
        """Where to connect; what is known but old serves when the call fails.

        Raises: ConnectionFailed
        """
        async with self._lock:
            return await self._ask_if_old()

    def doubt(self) -> None:
        """Nobody answers there: ask again before the next attempt."""
        self._asked_at_seconds = -KEEP_SECONDS

    async def _ask_if_old(self) -> Endpoints:
        now = self._clock.monotonic()
        if self._known is not None and now - self._asked_at_seconds < KEEP_SECONDS:
            return self._known
        try:
            response = await self._api("DiscoverPollEndpoint", self._request)
        except ApiFailure as failure:
            if self._known is not None:
                return self._known
            raise ConnectionFailed(f"DiscoverPollEndpoint: {failure}") from failure
        self._known = Endpoints(
            response.get("endpoint") or "", response.get("telemetryEndpoint") or ""
        )
        self._asked_at_seconds = now
        return self._known
