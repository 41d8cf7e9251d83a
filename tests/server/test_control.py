"""Our own API over HTTP: what the host tells, and what the command line asks."""

import http.client
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from api_server import ApiServer
from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.keys import Key


def call(
    server: ApiServer, key: Key, operation: str, service: str = "roadstead", **request: Any
) -> tuple[int, dict[str, Any]]:
    host = server.endpoint.removeprefix("http://")
    unsigned = HttpRequest(
        "POST",
        "/",
        "",
        {
            "host": host,
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"Roadstead_20261121.{operation}",
        },
        json.dumps(request).encode(),
    )
    credentials = Credentials(key.access_key_id, key.secret_access_key)
    added = sign(unsigned, credentials, "us-east-1", service, datetime.now(UTC))
    connection = http.client.HTTPConnection(host, timeout=20)
    connection.request("POST", "/", unsigned.body, {**unsigned.headers, **added})
    answer = connection.getresponse()
    body = json.loads(answer.read())
    connection.close()
    return answer.status, body


def registered(server: ApiServer, ec2_instance_id: str) -> str:
    ecs = server.client()
    ecs.create_cluster(clusterName="default")
    answer = ecs.register_container_instance(
        cluster="default",
        instanceIdentityDocument=json.dumps({"instanceId": ec2_instance_id}),
        totalResources=[{"name": "CPU", "type": "INTEGER", "integerValue": 1024}],
    )
    return str(answer["containerInstance"]["containerInstanceArn"])


def test_the_host_tells_that_an_instance_was_stopped(server: ApiServer) -> None:
    registered(server, "i-0123456789abcdef0")
    status, answer = call(
        server,
        server.HOST,
        "SubmitInstanceStateChange",
        instanceId="i-0123456789abcdef0",
        state="stopped",
    )
    assert (status, answer) == (200, {"acknowledgment": "stopped"})


def test_an_instance_that_ecs_does_not_know_is_no_error(server: ApiServer) -> None:
    status, _ = call(
        server, server.HOST, "SubmitInstanceStateChange", instanceId="i-0", state="terminated"
    )
    assert status == 200


@pytest.mark.parametrize(
    ("request_", "about"),
    [
        ({"instanceId": "i-0", "state": "asleep"}, "[running, stopped, terminated]"),
        ({"instanceId": "../etc", "state": "stopped"}, "instanceId"),
        ({"state": "stopped"}, "instanceId"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused_and_told_what_would_be_right(
    server: ApiServer, request_: dict[str, str], about: str
) -> None:
    status, answer = call(server, server.HOST, "SubmitInstanceStateChange", **request_)
    assert (status, answer["__type"]) == (400, "ValidationException")
    assert about in answer["message"]


def test_an_agents_key_may_not_report_for_the_host(server: ApiServer) -> None:
    status, answer = call(
        server, server.INSTANCE, "SubmitInstanceStateChange", instanceId="i-0", state="stopped"
    )
    assert (status, answer["__type"]) == (400, "AccessDeniedException")


def test_a_request_signed_for_another_service_is_refused(server: ApiServer) -> None:
    status, answer = call(server, server.ROOT, "DescribeControlPlane", service="ecs")
    assert (status, answer["__type"]) == (400, "InvalidSignatureException")


def test_the_control_plane_describes_itself(server: ApiServer) -> None:
    registered(server, "i-0")
    status, answer = call(server, server.HOST, "DescribeControlPlane")
    assert status == 200
    assert (answer["account"], answer["region"]) == ("123456789012", "us-east-1")
    assert answer["records"]["clusters"] == 1
    assert answer["records"]["container_instances"] == 1
