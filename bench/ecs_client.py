"""EcsClient: signed ECS calls over one kept connection, light enough not to be measured itself."""

import http.client
import json
from datetime import UTC, datetime
from typing import Any

import msgspec

from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign

TARGET = "AmazonEC2ContainerServiceV20141113"
REGION = "us-east-1"
TIMEOUT_SECONDS = 120


class Refused(Exception):
    """An answer other than 200."""


class EcsClient:
    """Talks to one endpoint on the loopback address, ours or another's."""

    def __init__(self, port: int, credentials: Credentials) -> None:
        self.host = f"127.0.0.1:{port}"
        self._credentials = credentials
        self._connection = http.client.HTTPConnection(self.host, timeout=TIMEOUT_SECONDS)

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """The answer. Raises: Refused"""
        unsigned = self._request(operation, request)
        headers = {**unsigned.headers, **self._signature(unsigned)}
        self._connection.request("POST", "/", unsigned.body, headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Refused(f"{operation}: {answer.status} {body[:300]!r}")
        decoded: dict[str, Any] = msgspec.json.decode(body)
        return decoded

    def raw(self, operation: str, **request: Any) -> bytes:
        """A whole signed HTTP/1.1 request, to be sent again and again within its 15 minutes."""
        unsigned = self._request(operation, request)
        headers = {**unsigned.headers, **self._signature(unsigned)}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        length = f"content-length: {len(unsigned.body)}\r\n\r\n"
        return f"POST / HTTP/1.1\r\n{head}{length}".encode() + unsigned.body

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _request(self, operation: str, request: dict[str, Any]) -> HttpRequest:
        return HttpRequest(
            "POST",
            "/",
            "",
            {
                "host": self.host,
                "content-type": "application/x-amz-json-1.1",
                "x-amz-target": f"{TARGET}.{operation}",
            },
            json.dumps(request).encode(),
        )

    def _signature(self, unsigned: HttpRequest) -> dict[str, str]:
        return sign(unsigned, self._credentials, REGION, "ecs", datetime.now(UTC))
