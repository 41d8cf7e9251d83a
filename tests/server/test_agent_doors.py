"""Agents' websockets over real HTTP: who is let in, and how the others are refused."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from yarl import URL

from api_server import ApiServer
from roadstead.agent_protocol.queries import AcsQuery, TcsQuery, build_acs, build_tcs
from roadstead.aws.http import HttpRequest
from roadstead.aws.signed_frames import signed_frame
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.keys import Key

PATIENCE_SECONDS = 20


def register(server: ApiServer, identity: str = "") -> str:
    """A container instance in the cluster `default`; its ARN."""
    ecs = server.client()
    ecs.create_cluster(clusterName="default")
    document = json.dumps({"instanceId": identity, "availabilityZone": "us-east-1a"})
    answer = ecs.register_container_instance(
        cluster="default",
        instanceIdentityDocument=document if identity else "",
        totalResources=[
            {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 4096},
        ],
    )
    return str(answer["containerInstance"]["containerInstanceArn"])


def acs(arn: str, **fields: Any) -> tuple[str, str]:
    return "/acs/ws", build_acs(
        AcsQuery(
            cluster="default",
            container_instance_arn=arn,
            agent_version="1.105.1",
            docker_version="20.10.24+dfsg1",
            protocol_version=2,
            **fields,
        )
    )


def tcs(arn: str) -> tuple[str, str]:
    return "/tcs/ws", build_tcs(TcsQuery(cluster="default", container_instance_arn=arn))


class Visitor:
    """Opens websockets as `key` does."""

    def __init__(self, server: ApiServer, key: Key) -> None:
        self._server = server
        self.credentials = Credentials(key.access_key_id, key.secret_access_key)
        self.request: HttpRequest

    def open(self, session: aiohttp.ClientSession, where: tuple[str, str]) -> Any:
        path, query = where
        host = self._server.endpoint.removeprefix("http://")
        self.request = HttpRequest("GET", path, query, {"host": host}, b"")
        headers = sign(self.request, self.credentials, "us-east-1", "ecs", datetime.now(UTC))
        url = f"{self._server.endpoint}{path}?{query}"
        return session.ws_connect(URL(url, encoded=True), headers=headers)


def refusal(server: ApiServer, key: Key, where: tuple[str, str]) -> tuple[int, dict[str, str]]:
    """Status and body of the answer that the visitor gets instead of a websocket."""

    async def visit() -> tuple[int, dict[str, str]]:
        visitor = Visitor(server, key)
        path, query = where
        host = server.endpoint.removeprefix("http://")
        visitor.request = HttpRequest("GET", path, query, {"host": host}, b"")
        headers = sign(visitor.request, visitor.credentials, "us-east-1", "ecs", datetime.now(UTC))
        lines = [
            f"GET {path}?{query} HTTP/1.1",
            f"Host: {host}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        writer.close()
        return int(head.split()[1]), json.loads(body)

    return asyncio.run(visit())


def test_an_agent_that_is_let_in_gets_the_manifest_and_counts_as_connected(
    server: ApiServer,
) -> None:
    arn = register(server)

    async def visit() -> dict[str, Any]:
        async with (
            aiohttp.ClientSession() as session,
            Visitor(server, server.ROOT).open(session, acs(arn)) as socket,
        ):
            first: dict[str, Any] = await socket.receive_json(timeout=PATIENCE_SECONDS)
            return first

    first = asyncio.run(visit())
    assert first["type"] == "TaskManifestMessage"
    assert first["message"]["containerInstanceArn"] == arn
    described = server.client().describe_container_instances(containerInstances=[arn])
    (instance,) = described["containerInstances"]
    assert instance["agentConnected"]
    assert instance["versionInfo"]["agentVersion"] == "1.105.1"
    assert instance["versionInfo"]["dockerVersion"] == "DockerVersion: 20.10.24+dfsg1"


def test_CI_74_a_deregistered_instance_is_refused_in_the_words_that_agents_know(
    server: ApiServer,
) -> None:
    arn = register(server)
    server.client().deregister_container_instance(containerInstance=arn)
    for where in (acs(arn), tcs(arn)):
        status, body = refusal(server, server.ROOT, where)
        assert status == 400
        assert list(body) == ["InactiveInstanceException"]


def test_deregistration_closes_an_open_connection_with_the_reason(server: ApiServer) -> None:
    arn = register(server)

    async def visit() -> tuple[Any, str]:
        async with (
            aiohttp.ClientSession() as session,
            Visitor(server, server.ROOT).open(session, acs(arn)) as socket,
        ):
            await socket.receive(timeout=PATIENCE_SECONDS)
            ecs = server.client()
            await asyncio.to_thread(ecs.deregister_container_instance, containerInstance=arn)
            message = await socket.receive(timeout=PATIENCE_SECONDS)
            return message.data, str(message.extra)

    code, reason = asyncio.run(visit())
    assert code == 1008
    assert "InactiveInstanceException" in reason


def test_a_visitor_with_a_wrong_secret_is_refused(server: ApiServer) -> None:
    arn = register(server)
    thief = Key(
        access_key_id=server.ROOT.access_key_id,
        secret_access_key="guessed",
        kind="root",
        account="123456789012",
        arn="",
    )
    status, body = refusal(server, thief, acs(arn))
    assert status == 400
    assert body["AccessDeniedException"].startswith("InvalidSignatureException: ")


def test_the_hosts_key_opens_no_agents_connection(server: ApiServer) -> None:
    status, body = refusal(server, server.HOST, acs(register(server)))
    assert status == 400
    assert "is not authorized to perform: ecs:Poll" in body["AccessDeniedException"]


def test_an_instances_key_speaks_for_that_instance_only(server: ApiServer) -> None:
    own = server.INSTANCE.arn.rpartition("/")[2]
    mine, other = register(server, own), register(server, "i-00000000000000bad")
    _, body = refusal(server, server.INSTANCE, acs(other))
    assert "does not speak for i-00000000000000bad" in body["AccessDeniedException"]
    _, body = refusal(server, server.INSTANCE, tcs(register(server)))
    assert "does not speak for a machine without" in body["AccessDeniedException"]

    async def visit() -> str:
        async with (
            aiohttp.ClientSession() as session,
            Visitor(server, server.INSTANCE).open(session, acs(mine)) as socket,
        ):
            first = await socket.receive_json(timeout=PATIENCE_SECONDS)
            return str(first["type"])

    assert asyncio.run(visit()) == "TaskManifestMessage"


@pytest.mark.parametrize(
    "where", [("/acs/ws", "clusterArn=default"), ("/tcs/ws", ""), ("/other", "a=b")]
)
def test_a_query_or_path_that_makes_no_sense_is_refused(
    server: ApiServer, where: tuple[str, str]
) -> None:
    status, body = refusal(server, server.ROOT, where)
    assert status == 400
    assert list(body) == ["BadRequestException"]


def test_telemetry_is_acknowledged_signed_or_bare_and_refused_with_a_wrong_signature(
    server: ApiServer,
) -> None:
    arn = register(server)
    metrics = json.dumps(
        {"type": "PublishMetricsRequest", "message": {"metadata": {}, "timestamp": 1.5}}
    ).encode()

    async def visit() -> list[str]:
        visitor = Visitor(server, server.ROOT)
        async with (
            aiohttp.ClientSession() as session,
            visitor.open(session, tcs(arn)) as socket,
        ):
            answers = []
            signed = signed_frame(
                metrics,
                visitor.request,
                visitor.credentials,
                "us-east-1",
                "ecs",
                datetime.now(UTC),
            )
            for frame in (metrics, signed, signed.replace(b"1.5", b"2.5")):
                await socket.send_str(frame.decode())
                answer = await socket.receive_json(timeout=PATIENCE_SECONDS)
                answers.append(answer["type"])
            return answers

    assert asyncio.run(visit()) == ["AckPublishMetric", "AckPublishMetric", "AccessDeniedException"]


def test_a_frame_that_somebody_else_signed_ends_the_telemetry(server: ApiServer) -> None:
    arn = register(server, server.INSTANCE.arn.rpartition("/")[2])
    metrics = b'{"type": "PublishMetricsRequest", "message": {"metadata": {}, "timestamp": 1.5}}'
    stranger = Credentials(server.HOST.access_key_id, server.HOST.secret_access_key)

    async def visit() -> tuple[str, int]:
        visitor = Visitor(server, server.INSTANCE)
        async with (
            aiohttp.ClientSession() as session,
            visitor.open(session, tcs(arn)) as socket,
        ):
            frame = signed_frame(
                metrics, visitor.request, stranger, "us-east-1", "ecs", datetime.now(UTC)
            )
            await socket.send_str(frame.decode())
            answer = await socket.receive_json(timeout=PATIENCE_SECONDS)
            closing = await socket.receive(timeout=PATIENCE_SECONDS)
            return answer["type"], closing.data

    assert asyncio.run(visit()) == ("AccessDeniedException", 1008)
