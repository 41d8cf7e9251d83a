"""Callers of the API: they sign, they try again when nobody answers; and one of them, the host."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.sigv4 import Credentials
from roadstead.keys import Key
from sim.loop import SimClock
from sim.network import Link, NoAnswer
from sim.signing import signed_call, signed_form

if TYPE_CHECKING:
    from sim.world import World

TRIES_MAX = 4
ROADSTEAD = "Roadstead_20261121"
"""Prefix of Roadstead's own operations."""


class Refused(Exception):
    """An AWS error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Caller:
    """Makes signed calls with one key."""

    def __init__(
        self,
        key: Key,
        link: Link,
        *,
        prefix: str = "",
        service: str = "ecs",
        tries: int = TRIES_MAX,
    ) -> None:
        self._credentials = Credentials(key.access_key_id, key.secret_access_key)
        self._link = link
        self._prefix = prefix or "AmazonEC2ContainerServiceV20141113"
        self._service = service
        self._tries = tries
        self._clock = SimClock()

    async def call(self, operation: str, /, **request: Any) -> dict[str, Any]:
        """Raises: Refused; NoAnswer when all attempts failed"""
        response = await self._tried(
            lambda: signed_call(
                operation,
                request,
                self._credentials,
                self._clock,
                prefix=self._prefix,
                service=self._service,
            )
        )
        answer = msgspec.json.decode(response.body)
        assert isinstance(answer, dict)
        if response.status == 200:
            return answer
        code = str(answer.get("__type", "")).rpartition("#")[2]
        raise Refused(code, str(answer.get("message", "")))

    async def ask(self, service: str, operation: str, /, **request: Any) -> None:
        """The same, of a service that is asked with forms; what it answered is read in the state.

        Raises: as call
        """
        response = await self._tried(
            lambda: signed_form(operation, request, self._credentials, self._clock, service=service)
        )
        if response.status != 200:
            text = response.body.decode()
            raise Refused(_element(text, "Code"), _element(text, "Message"))

    async def _tried(self, made: Callable[[], HttpRequest]) -> HttpResponse:
        """The answer at last; a server that has trouble is asked again."""
        for tries_left in range(self._tries - 1, -1, -1):
            try:
                response = await self._link.call(made())
            except NoAnswer:
                if not tries_left:
                    raise
            else:
                if response.status < 500 or not tries_left:
                    return response
            await asyncio.sleep(1.0)
        raise AssertionError("there was an attempt left")


class Reporter(Caller):
    """The host: tells what became of each machine, in order, until it is heard."""

    def __init__(self, key: Key, link: Link, world: "World") -> None:
        super().__init__(key, link, prefix=ROADSTEAD, service="roadstead", tries=1)
        self.queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.is_telling = False
        self._world = world

    def report(
        self, instance_id: str, state: str, primary_interface: dict[str, str] | None = None
    ) -> None:
        told: dict[str, Any] = {"instanceId": instance_id, "state": state}
        if primary_interface is not None:
            told["networkInterface"] = primary_interface
        self.queue.put_nowait(told)

    @property
    def is_idle(self) -> bool:
        return self.queue.empty() and not self.is_telling

    async def run(self) -> None:
        while True:
            told = await self.queue.get()
            self.is_telling = True
            while True:
                try:
                    await self.call("SubmitInstanceStateChange", **told)
                except (NoAnswer, Refused):
                    await asyncio.sleep(1.0)
                else:
                    break
            self._world.tell(f"the host told that {told['instanceId']} is {told['state']}")
            self.is_telling = False


def _element(text: str, name: str) -> str:
    """What stands in the first XML element of that name."""
    return text.partition(f"<{name}>")[2].partition(f"</{name}>")[0]
