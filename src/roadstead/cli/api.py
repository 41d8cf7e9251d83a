"""Signed calls to our own control plane: ECS's API and Roadstead's own.

A few lines instead of an AWS SDK: those take half a second to import.
"""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import msgspec

from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.clock import SystemClock
from roadstead.keys import Key

ECS_TARGET = "AmazonEC2ContainerServiceV20141113"
ROADSTEAD_TARGET = "Roadstead_20261121"
ANSWER_SECONDS = 10.0
DESCRIBE_MAX = 100
"""Source: botocore:ecs#DescribeContainerInstancesRequest (up to 100 container instances)"""


class ApiUnreachable(Exception):
    """Nobody answers at the endpoint, or not with HTTP."""


class ApiRefused(Exception):
    """The control plane answered with an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Api:
    """The APIs at an endpoint, with one key."""

    def __init__(self, endpoint: str, region: str, key: Key) -> None:
        self._endpoint = endpoint
        self._region = region
        self._key = key

    def ecs(self, operation: str, /, **request: Any) -> Any:
        """The response to one ECS operation. Raises: ApiUnreachable, ApiRefused."""
        return self._call("ecs", f"{ECS_TARGET}.{operation}", request)

    def roadstead(self, operation: str, /, **request: Any) -> Any:
        """The response to one operation of our own API. Raises: ApiUnreachable, ApiRefused."""
        return self._call("roadstead", f"{ROADSTEAD_TARGET}.{operation}", request)

    def _call(self, service: str, target: str, request: dict[str, Any]) -> Any:
        address = urlsplit(self._endpoint)
        unsigned = HttpRequest(
            method="POST",
            path="/",
            query="",
            headers={
                "host": address.netloc,
                "content-type": "application/x-amz-json-1.1",
                "x-amz-target": target,
            },
            body=msgspec.json.encode(request),
        )
        credentials = Credentials(self._key.access_key_id, self._key.secret_access_key)
        added = sign(unsigned, credentials, self._region, service, SystemClock().now())
        connection = http.client.HTTPConnection(address.netloc, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", "/", unsigned.body, {**unsigned.headers, **added})
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ApiUnreachable(f"{self._endpoint} cannot be reached: {error}") from error
        finally:
            connection.close()
        try:
            answer = json.loads(content or b"{}")
        except ValueError as error:
            raise ApiUnreachable(
                f"{self._endpoint} does not speak AWS's JSON protocol: {content[:80]!r}"
            ) from error
        if response.status != 200:
            code = str(answer.get("__type", response.status)).rpartition("#")[2]
            raise ApiRefused(code, str(answer.get("message") or answer.get("Message") or ""))
        return answer

    def container_instances(self, cluster: str) -> list[dict[str, Any]]:
        """Every container instance of a cluster, as DescribeContainerInstances shows it."""
        arns: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = self.ecs("ListContainerInstances", cluster=cluster, **token)
            arns += page["containerInstanceArns"]
            if not page.get("nextToken"):
                break
            token = {"nextToken": page["nextToken"]}
        found: list[dict[str, Any]] = []
        for start in range(0, len(arns), DESCRIBE_MAX):
            described = self.ecs(
                "DescribeContainerInstances",
                cluster=cluster,
                containerInstances=arns[start : start + DESCRIBE_MAX],
            )
            found += described["containerInstances"]
        return found
