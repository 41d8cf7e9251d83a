"""Callers of the API: they sign, they try again when nobody answers; and one of them, the host."""

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from roadstead.aws.sigv4 import Credentials
from roadstead.keys import Key
from sim.loop import SimClock
from sim.network import Link, NoAnswer
from sim.signing import signed_call

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
        for tries_left in range(self._tries - 1, -1, -1):
            try:
                response = await self._link.call(
                    signed_call(
                        operation,
                        request,
                        self._credentials,
                        self._clock,
                        prefix=self._prefix,
                        service=self._service,
                    )
                )
            except NoAnswer:
                if not tries_left:
                    raise
            else:
                answer = msgspec.json.decode(response.body)
                if response.status == 200:
                    assert isinstance(answer, dict)
                    return answer
                code = str(answer.get("__type", "")).rpartition("#")[2]
                if response.status < 500 or not tries_left:
                    raise Refused(code, str(answer.get("message", "")))
            await asyncio.sleep(1.0)
        raise AssertionError("there was an attempt left")


class Reporter(Caller):
    """The host: tells what became of each machine, in order, until it is heard."""

    def __init__(self, key: Key, link: Link, world: "World") -> None:
        super().__init__(key, link, prefix=ROADSTEAD, service="roadstead", tries=1)
        self.queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.is_telling = False
        self._world = world

    def report(self, instance_id: str, state: str) -> None:
        self.queue.put_nowait((instance_id, state))

    @property
    def is_idle(self) -> bool:
        return self.queue.empty() and not self.is_telling

    async def run(self) -> None:
        while True:
            instance_id, state = await self.queue.get()
            self.is_telling = True
            while True:
                try:
                    await self.call(
                        "SubmitInstanceStateChange", instanceId=instance_id, state=state
                    )
                except (NoAnswer, Refused):
                    await asyncio.sleep(1.0)
                else:
                    break
            self._world.tell(f"the host told that {instance_id} is {state}")
            self.is_telling = False
