"""Whatever comes over HTTP gets an AWS error or an answer; never a 5xx, never a change on error."""

import http.client
import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_server import ApiServer, connect
from roadstead.aws.http import HttpRequest
from roadstead.aws.models import service_model
from roadstead.aws.shapes import Shape
from roadstead.aws.sigv4 import Credentials, sign

MODEL = service_model("ecs")
OPERATIONS = sorted(MODEL.operations)
TARGET = f"{MODEL.target_prefix}."
ARN = "arn:aws:ecs:us-east-1:123456789012:"
FAMILY_STATUS = ("ACTIVE", "INACTIVE", "ALL")
FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
words = st.sampled_from(
    [
        *("", "default", "web", "web:1", "web:0", "web:99999999999999999999", ":", "/", "x" * 300),
        *("RUNNING", "STOPPED", "ACTIVE", "DRAINING", "INACTIVE", "EC2", "FARGATE", "EXTERNAL"),
        *("host", "bridge", "awsvpc", "none", "spread", "binpack", "attribute:ecs.os-type"),
        *(
            "1",
            "256",
            "0.5 vCPU",
            "-1",
            "1024",
            "80-90",
            "tcp",
            "\u0000",
            "\ud7ff",
            "aws:x",
            "ecs.x",
        ),
        *(f"{ARN}cluster/default", f"{ARN}cluster/", f"{ARN}task-definition/web:1", "arn:aws:ecs"),
        *(
            f"{ARN}service/default/web",
            f"{ARN}task/default/" + "0" * 32,
            "arn:aws:ecs:eu-west-1:1:a/b",
        ),
        *(f"{ARN}container-instance/default/" + "0" * 32, "attribute:x == y and (z", "instances"),
    ]
)
numbers = st.sampled_from([-(2**63), -1, 0, 1, 2, 10, 100, 101, 65535, 65536, 2**31, 2**53, 1e300])


@st.composite
def value_of(draw: st.DrawFn, shape: Shape, depth: int = 0) -> Any:
    """Mostly of the right type, mostly with what is required; sometimes anything."""
    if draw(st.integers(0, 39)) == 0:
        return draw(junk)
    match shape.type:
        case "structure":
            optional = sorted(set(shape.members) - set(shape.required))
            most = min(len(optional), 5 if depth == 0 else 2)
            chosen = draw(st.lists(st.sampled_from(optional), max_size=most)) if optional else []
            return {
                name: draw(value_of(shape.members[name].shape, depth + 1))
                for name in (*shape.required, *chosen)
                if depth < 6
            }
        case "list":
            assert shape.element is not None
            size = draw(st.integers(0, 2))
            return [draw(value_of(shape.element.shape, depth + 1)) for _ in range(size)]
        case "map":
            assert shape.value is not None
            return {draw(words): draw(value_of(shape.value.shape, depth + 1))}
        case "string":
            return draw(st.sampled_from(shape.enum)) if shape.enum else draw(words)
        case "boolean":
            return draw(st.booleans())
        case _:
            return draw(numbers)


@pytest.fixture(scope="module")
def served() -> Iterator[ApiServer]:
    """A server with a cluster, an instance, a definition, a task and a service."""
    server = ApiServer()
    server.start()
    ecs = server.client()
    ecs.create_cluster(clusterName="default")
    container = {"name": "app", "image": "busybox", "memory": 16}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    answer = ecs.register_container_instance(
        cluster="default",
        totalResources=[
            {"name": "CPU", "type": "INTEGER", "integerValue": 4096},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 8192},
        ],
    )
    arn = answer["containerInstance"]["containerInstanceArn"]
    server.update(lambda tx: connect(tx, arn))
    ecs.create_service(cluster="default", serviceName="web", taskDefinition="web", desiredCount=1)
    server.settle()
    yield server
    server.stop()


def exchange(
    server: ApiServer,
    body: bytes,
    *,
    method: str = "POST",
    target: str = "/",
    headers: dict[str, str] | None = None,
    signed: bool = True,
) -> tuple[int, bytes]:
    """Status and body of the answer to one request, signed for what it is unless told."""
    host = server.endpoint.removeprefix("http://")
    path, _, query = target.partition("?")
    sent = {"host": host, "content-type": "application/x-amz-json-1.1", **(headers or {})}
    if signed:
        request = HttpRequest(method, path, query, sent, body)
        key = Credentials(server.ROOT.access_key_id, server.ROOT.secret_access_key)
        sent |= sign(request, key, "us-east-1", "ecs", datetime.now(UTC))
    connection = http.client.HTTPConnection(host, timeout=20)
    try:
        connection.request(method, target, body, sent)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def is_aws_error(status: int, body: bytes) -> bool:
    answer = json.loads(body)
    return 400 <= status < 500 and bool(answer["__type"]) and bool(answer["message"])


@pytest.mark.parametrize("operation", OPERATIONS)
@FUZZ
@given(data=st.data())
def test_any_parameters_get_an_answer_or_an_aws_error_and_an_error_changes_nothing(
    served: ApiServer, operation: str, data: st.DataObject
) -> None:
    shape = MODEL.operations[operation].input
    parameters = {} if shape is None else data.draw(value_of(shape))
    body = json.dumps(parameters).encode("utf-8", "surrogatepass")
    served.settle()
    before = served.plane.store.sequence
    status, answer = exchange(served, body, headers={"x-amz-target": TARGET + operation})
    if status != 200:
        assert is_aws_error(status, answer), (parameters, answer)
        assert served.plane.store.sequence == before, (parameters, answer)


@FUZZ
@given(body=st.binary(max_size=200) | junk.map(lambda value: json.dumps(value).encode()))
def test_any_body_gets_an_aws_error(served: ApiServer, body: bytes) -> None:
    before = served.plane.store.sequence
    for operation in ("CreateCluster", "RunTask", "RegisterTaskDefinition"):
        headers = {"x-amz-target": TARGET + operation}
        status, answer = exchange(served, b'{"nonsense":' + body, headers=headers)
        assert is_aws_error(status, answer), (body, answer)
    assert served.plane.store.sequence == before


header_text = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"))


@FUZZ
@given(
    name=st.sampled_from(
        [
            *("authorization", "x-amz-date", "x-amz-target", "content-type", "host", "date"),
            *("x-amz-security-token", "x-amz-content-sha256", "content-encoding", "expect"),
        ]
    ),
    value=header_text,
    signed=st.booleans(),
)
def test_any_header_gets_an_aws_error(
    served: ApiServer, name: str, value: str, signed: bool
) -> None:
    before = served.plane.store.sequence
    headers = {"x-amz-target": TARGET + "CreateCluster", name: value.strip()}
    status, answer = exchange(served, b'{"clusterName":"!"}', headers=headers, signed=signed)
    assert status == 417 or is_aws_error(status, answer) or answer == b"", (status, answer)
    assert served.plane.store.sequence == before


@FUZZ
@given(
    method=st.sampled_from(["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "X"]),
    path=st.text(st.sampled_from("/abc.%20%zz~+;=@"), max_size=12),
    query=st.text(st.sampled_from("X-Amz-=&%2G+ab").filter(lambda c: c != " "), max_size=40),
    signed=st.booleans(),
)
def test_any_method_path_and_query_gets_an_aws_error(
    served: ApiServer, method: str, path: str, query: str, signed: bool
) -> None:
    status, answer = exchange(served, b"", method=method, target=f"/{path}?{query}", signed=signed)
    if method == "HEAD":
        assert 400 <= status < 500
    else:
        assert is_aws_error(status, answer), (status, answer)


@FUZZ
@given(noise=st.binary(max_size=300))
def test_bytes_that_are_no_http_never_get_a_5xx_and_harm_nobody(
    served: ApiServer, noise: bytes
) -> None:
    host, port = served.endpoint.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(noise + b"\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(4096):
            answer += part
    assert not answer.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5"))
    assert exchange(served, b"{}", headers={"x-amz-target": TARGET + "ListClusters"})[0] == 200


def test_a_body_beyond_the_limit_is_refused(served: ApiServer) -> None:
    headers = {"x-amz-target": TARGET + "RegisterTaskDefinition"}
    status, answer = exchange(served, b" " * 3_000_000, headers=headers)
    assert status == 413
    assert json.loads(answer)["__type"] == "RequestEntityTooLargeException"
