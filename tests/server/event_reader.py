"""A reader of GET /events or a stream like it: signs without an SDK, takes message by message."""

import http.client
import json
from datetime import UTC, datetime
from typing import Any

from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.cli.events import Message, parsed
from roadstead.keys import Key

PATIENCE_SECONDS = 20


class EventReader:
    """One stream. `key` None: unsigned."""

    def __init__(
        self,
        endpoint: str,
        key: Key | None,
        query: str = "",
        *,
        headers: dict[str, str] | None = None,
        region: str = "us-east-1",
        service: str = "roadstead",
        method: str = "GET",
        now: datetime | None = None,
        path: str = "/events",
    ) -> None:
        host = endpoint.removeprefix("http://")
        self.connection = http.client.HTTPConnection(host, timeout=PATIENCE_SECONDS)
        request = HttpRequest(method, path, query, {"host": host, **(headers or {})}, b"")
        added = {}
        if key is not None:
            credentials = Credentials(key.access_key_id, key.secret_access_key)
            added = sign(request, credentials, region, service, now or datetime.now(UTC))
        target = f"{path}?{query}" if query else path
        self.connection.request(method, target, headers={**request.headers, **added})
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self._messages = parsed(self.response)

    def refusal(self) -> tuple[int, str]:
        """HTTP status and code of the error."""
        return self.status, json.loads(self.response.read())["__type"]

    def next(self) -> Message:
        """The next message, also one that only says how far it is."""
        return next(self._messages)

    def event(self) -> tuple[int, dict[str, Any]]:
        """The next event and its number."""
        message = self.next()
        while not message.kind:
            message = self.next()
        assert message.kind.startswith("ECS "), message
        return int(message.number), json.loads(message.data)

    def all(self) -> list[Message]:
        """Everything until the stream ends."""
        return [message for message in self._messages if message.kind]

    def close(self) -> None:
        self.connection.close()
        self.response.close()
