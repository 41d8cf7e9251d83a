"""The control plane as this machine's host speaks to it: signed requests for our own small API."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.clock import Clock
from roadstead.keys import Key

if TYPE_CHECKING:
    import aiohttp

SERVICE = "roadstead"
TARGET = "Roadstead_20261121"
REQUEST_SECONDS = 5.0


class NotHeard(Exception):
    """The control plane did not accept or answer a request; the text says why."""


class ControlPlaneDoor:
    """Where it is, and who knocks."""

    def __init__(self, endpoint: str, region: str, key: Key, clock: Clock) -> None:
        self.endpoint = endpoint
        self._region = region
        self._credentials = Credentials(key.access_key_id, key.secret_access_key)
        self._clock = clock

    def get(self, path: str) -> HttpRequest:
        """A signed request to read `path`."""
        return self._signed(HttpRequest("GET", path, "", {"host": self._host}, b""))

    def operation(self, name: str, parameters: dict[str, Any]) -> HttpRequest:
        """A signed request for an operation."""
        headers = {
            "host": self._host,
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"{TARGET}.{name}",
        }
        return self._signed(HttpRequest("POST", "/", "", headers, msgspec.json.encode(parameters)))

    async def call(
        self, session: "aiohttp.ClientSession", name: str, parameters: dict[str, Any]
    ) -> None:
        """Have an operation done.

        Raises: NotHeard
        """
        import aiohttp

        request = self.operation(name, parameters)
        try:
            async with session.post(
                f"{self.endpoint}/",
                data=request.body,
                headers=request.headers,
                timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS),
            ) as response:
                if response.status != 200:
                    text = (await response.content.read(2000)).decode(errors="replace")
                    raise NotHeard(f"{self.endpoint} answered {response.status}: {text}")
                await response.read()
        except TimeoutError as error:
            raise NotHeard(
                f"{self.endpoint} did not answer within {REQUEST_SECONDS:g} s"
            ) from error
        except aiohttp.ClientError as error:
            raise NotHeard(f"{self.endpoint} cannot be reached: {error}") from error

    @property
    def _host(self) -> str:
        return urlsplit(self.endpoint).netloc

    def _signed(self, request: HttpRequest) -> HttpRequest:
        added = sign(request, self._credentials, self._region, SERVICE, self._clock.now())
        return msgspec.structs.replace(request, headers={**request.headers, **added})
