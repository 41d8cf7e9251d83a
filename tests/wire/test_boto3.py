"""A stock boto3 client against the wire, end to end but for the socket."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError
from wire_oracle import ECS

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.protocol.json import decode, encode, encode_error
from roadstead.aws.sigv4 import AccessKey, authenticate

KEY = AccessKey("AKIDEXAMPLE", "secret", "123456789012", "arn:aws:iam::123456789012:root")
Answer = Callable[[str, dict[str, Any]], dict[str, Any]]


class OneKey:
    """Knows KEY."""

    def find(self, access_key_id: str) -> AccessKey | None:
        return KEY if access_key_id == KEY.access_key_id else None


class _Raw:
    """The stream that botocore reads a body from."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


def _client(answer: Answer, *, secret: str = KEY.secret) -> Any:
    """A boto3 client whose requests pass our wire and are answered by `answer`."""

    def send(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        parts = urlsplit(request.url)
        arrived = HttpRequest(
            request.method,
            parts.path,
            parts.query,
            {
                "host": parts.netloc,
                **{
                    name.lower(): value.decode() if isinstance(value, bytes) else value
                    for name, value in request.headers.items()
                },
            },
            request.body,
        )
        try:
            authenticate(arrived, OneKey(), datetime.now(UTC), service=ECS.signing_name)
            operation, parameters = decode(ECS, arrived)
            response = encode(ECS, operation, answer(operation, parameters), "request-1")
        except ApiError as error:
            response = encode_error(error, "request-1")
        return AWSResponse(
            request.url, response.status, dict(response.headers), _Raw(response.body)
        )

    client = boto3.client(
        "ecs",
        region_name="us-east-1",
        endpoint_url="http://127.0.0.1:9",
        aws_access_key_id=KEY.access_key_id,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
    )
    client.meta.events.register("before-send.ecs.*", send)
    return client


def test_a_call_and_its_answer_pass_the_wire() -> None:
    started = datetime(2026, 11, 21, 20, 39, 48, 125000, tzinfo=UTC)

    def answer(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        assert (operation, parameters) == ("DescribeTasks", {"cluster": "c", "tasks": ["t"]})
        return {"tasks": [{"taskArn": "t", "startedAt": started, "group": None}], "failures": []}

    answered = _client(answer).describe_tasks(cluster="c", tasks=["t"])
    assert answered.pop("ResponseMetadata")["RequestId"] == "request-1"
    assert answered == {"tasks": [{"taskArn": "t", "startedAt": started}], "failures": []}


def test_a_refusal_is_the_clients_exception_of_that_name() -> None:
    def answer(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        raise ApiError("ClusterNotFoundException", "Cluster not found.")

    client = _client(answer)
    with pytest.raises(client.exceptions.ClusterNotFoundException, match="Cluster not found"):
        client.list_tasks(cluster="none")


def test_a_wrong_secret_is_told_so() -> None:
    client = _client(lambda operation, parameters: {}, secret="guess")
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        client.list_clusters()
