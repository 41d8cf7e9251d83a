"""A stand-in for Amazon's open-source container agent, version 1.105.1, in external mode.

Written from what that agent does on the wire, without any code of ours: its requests and frames
are signed by botocore and carried by aiohttp. It runs no containers; tests say what it reports.
"""

import asyncio
import json
import uuid
from types import TracebackType
from typing import Any
from urllib.parse import quote, quote_plus, urlencode, urlsplit

import aiohttp
import yarl
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TARGET = "AmazonEC2ContainerServiceV20141113"
REGION = "us-east-1"
PATIENCE_SECONDS = 30
HEARTBEAT_SECONDS_MAX = 75

CAPABILITIES = (
    *(
        f"ecs.capability.{name}"
        for name in (
            "private-registry-authentication.secretsmanager",
            "secrets.ssm.environment-variables",
            "secrets.ssm.bootstrap.log-driver",
            "secrets.asm.environment-variables",
            "secrets.asm.bootstrap.log-driver",
            "ecr-endpoint",
            "container-ordering",
            "full-sync",
            "env-files.s3",
            "network.container-port-range",
            "container-restart-policy",
            "docker-plugin.local",
            "firelens.fluentd",
            "firelens.fluentbit",
            "firelens.non-root-user",
            "firelens.options.config.file",
            "firelens.options.config.s3",
            "logging-driver.awsfirelens.log-driver-buffer-limit",
            "efs",
            "storage.s3-files",
            "ipv6-only",
            "execution-role-ecr-pull",
            "container-health-check",
            "external",
        )
    ),
    *(
        f"com.amazonaws.ecs.capability.{name}"
        for name in (
            *(f"docker-remote-api.1.{minor}" for minor in range(17, 33)),
            "logging-driver.json-file",
            "logging-driver.none",
            "logging-driver.awsfirelens",
            "ecr-auth",
            "privileged-container",
        )
    ),
)
ATTRIBUTES: list[dict[str, str]] = [
    *({"name": name} for name in CAPABILITIES),
    {"name": "ecs.os-type", "value": "linux"},
    {"name": "ecs.os-family", "value": "LINUX"},
    {"name": "ecs.os-type-detailed", "value": "LINUX"},
    {"name": "ecs.cpu-architecture", "value": "x86_64"},
]
RESOURCES = [
    {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
    {"name": "MEMORY", "type": "INTEGER", "integerValue": 24105},
    {
        "name": "PORTS",
        "type": "STRINGSET",
        "stringSetValue": ["22", "2375", "2376", "51678", "51679"],
    },
    {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
]


class ApiRefused(Exception):
    """The control plane answered a call with an error."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.type = str(body.get("__type", "")).rpartition("#")[2]
        self.message = str(body.get("message") or body.get("Message"))


class NotLetIn(Exception):
    """A websocket was refused before the upgrade."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body


class PeerAgent:
    """One agent of one machine. Use it with `async with`."""

    def __init__(self, endpoint: str, key_id: str, secret: str, cluster: str = "default") -> None:
        self.endpoint = endpoint
        self.cluster = cluster
        self.arn = ""
        self.has_connected = False
        self._credentials = Credentials(key_id, secret)

    async def __aenter__(self) -> "PeerAgent":
        self._http = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=PATIENCE_SECONDS)
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.close()

    # --- calls ---

    async def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """One call of the API. Raises: ApiRefused"""
        body = json.dumps(request)
        signed = AWSRequest(
            "POST",
            f"{self.endpoint}/",
            {
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": f"{TARGET}.{operation}",
                "Amz-Sdk-Invocation-Id": str(uuid.uuid4()),
                "Amz-Sdk-Request": "attempt=1; max=3",
            },
            body,
        )
        self._sign(signed)
        headers = dict(signed.headers) | {
            "User-Agent": "Amazon ECS Agent - v1.105.1 (*a8b3e7d3) (linux; LINUX) "
            "(+http://aws.amazon.com/ecs/)"
        }
        async with self._http.post(f"{self.endpoint}/", data=body, headers=headers) as response:
            answer = await response.json(content_type=None)
            if response.status != 200:
                raise ApiRefused(response.status, answer)
            return dict(answer)

    async def register(self) -> dict[str, Any]:
        """Join the cluster or, once it has an ARN, come back."""
        request: dict[str, Any] = {
            "cluster": self.cluster,
            "clientToken": str(uuid.uuid4()),
            "instanceIdentityDocument": "",
            "instanceIdentityDocumentSignature": "",
            "attributes": ATTRIBUTES,
            "totalResources": RESOURCES,
        }
        if self.arn:
            request["containerInstanceArn"] = self.arn
        answer = await self.call("RegisterContainerInstance", **request)
        record = dict(answer["containerInstance"])
        self.arn = record["containerInstanceArn"]
        return record

    async def discover(self) -> dict[str, str]:
        return await self.call(
            "DiscoverPollEndpoint", cluster=self.cluster, containerInstance=self.arn, zoneId=""
        )

    async def report(self, task: str, status: str, **members: Any) -> dict[str, Any]:
        return await self.call(
            "SubmitTaskStateChange",
            cluster=self.cluster,
            task=task,
            status=status,
            reason="",
            **members,
        )

    # --- channels ---

    async def open_commands(self, **changed: str) -> "Commands":
        """Open ACS with the query that this agent sends. Raises: NotLetIn"""
        query = {
            "agentHash": "a8b3e7d3",
            "agentVersion": "1.105.1",
            "clusterArn": self.cluster,
            "containerInstanceArn": self.arn,
            "dockerVersion": "DockerVersion: 20.10.24+dfsg1",
            "protocolVersion": "2",
            "sendCredentials": "false" if self.has_connected else "true",
            "seqNum": "1",
            **changed,
        }
        socket, _ = await self._open((await self.discover())["endpoint"], query)
        self.has_connected = True
        return Commands(socket)

    async def open_telemetry(self) -> "Telemetry":
        """Open TCS. Raises: NotLetIn"""
        query = {
            "agentHash": "a8b3e7d3",
            "agentVersion": "1.105.1",
            "cluster": self.cluster,
            "containerInstance": self.arn,
            "dockerVersion": "20.10.24+dfsg1",
        }
        socket, url = await self._open((await self.discover())["telemetryEndpoint"], query)
        return Telemetry(self, socket, url)

    async def _open(
        self, base: str, query: dict[str, str]
    ) -> tuple[aiohttp.ClientWebSocketResponse, str]:
        """The websocket, and its URL as it is signed: with %20 where the wire has +."""
        assert base.startswith("http://")
        folder = f"{base.rstrip('/')}/ws"
        signed_url = f"{folder}?{urlencode(query, quote_via=quote, safe='')}"
        wire_url = f"{folder}?{urlencode(query, quote_via=quote_plus, safe='')}"
        signed = AWSRequest("GET", signed_url, {})
        self._sign(signed)
        headers = dict(signed.headers) | {"User-Agent": "Go-http-client/1.1"}
        url = yarl.URL(wire_url, encoded=True)
        return await self._upgrade(url, headers), signed_url

    async def _upgrade(
        self, url: yarl.URL, headers: dict[str, str]
    ) -> aiohttp.ClientWebSocketResponse:
        try:
            return await self._http.ws_connect(url, headers=headers, compress=0, autoping=True)
        except aiohttp.WSServerHandshakeError as refusal:
            raise NotLetIn(refusal.status, await self._refusal(url, headers)) from refusal

    async def _refusal(self, url: yarl.URL, headers: dict[str, str]) -> dict[str, Any]:
        """The body of a refused upgrade, which the websocket client does not show."""
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        async with self._http.get(url, headers={**headers, **upgrade}) as response:
            return dict(json.loads(await response.text()))

    def sign_frame(self, url: str, body: str) -> dict[str, str]:
        """The headers of a telemetry frame: signed like its connection, over its own body."""
        request = AWSRequest("GET", url, {"Host": urlsplit(url).netloc}, body)
        self._sign(request)
        return dict(request.headers)

    def _sign(self, request: AWSRequest) -> None:
        SigV4Auth(self._credentials, "ecs", REGION).add_auth(request)


class Commands:
    """The command channel as the agent sees it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def next(
        self, kind: str, seconds: float = PATIENCE_SECONDS, *, answer_others: bool = True
    ) -> dict[str, Any]:
        """The next message of a kind; heartbeats on the way are answered."""
        async with asyncio.timeout(seconds):
            while True:
                frame = await self._socket.receive()
                assert frame.type is aiohttp.WSMsgType.TEXT, (frame, self._socket.close_code)
                content = json.loads(frame.data)
                assert set(content) == {"type", "message"}
                if content["type"] == kind:
                    return dict(content["message"])
                if content["type"] == "HeartbeatMessage" and answer_others:
                    await self.answer_heartbeat(content["message"])

    async def payload_of(self, task_arn: str, desired: str) -> dict[str, Any]:
        """The next payload that names the task so; those before it are acknowledged."""
        while True:
            message = await self.next("PayloadMessage")
            tasks = {(one["arn"], one["desiredStatus"]) for one in message["tasks"]}
            if (task_arn, desired) in tasks:
                return message
            await self.acknowledge(message)

    async def say(self, kind: str, **message: Any) -> None:
        await self._socket.send_str(json.dumps({"type": kind, "message": message}))

    async def acknowledge(self, message: dict[str, Any]) -> None:
        """What this agent answers to payloads and manifests."""
        await self.say(
            "AckRequest",
            cluster=message["clusterArn"],
            containerInstance=message["containerInstanceArn"],
            messageId=message["messageId"],
        )

    async def answer_heartbeat(self, message: dict[str, Any]) -> None:
        await self.say("HeartbeatAckRequest", messageId=message["messageId"])

    async def until_closed(self) -> tuple[int, str]:
        """Close code and reason of the server's close frame."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                frame = await self._socket.receive()
                if frame.type is aiohttp.WSMsgType.CLOSE:
                    return int(frame.data), str(frame.extra or "")
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    return int(self._socket.close_code or 0), ""

    async def hang_up(self) -> None:
        """Close as this agent does every half hour."""
        await self._socket.close(code=1000, message=b"ConnectionExpired: Reconnect to continue")


class Telemetry:
    """The telemetry channel: what the agent sends has a header block before the JSON."""

    def __init__(self, agent: PeerAgent, socket: aiohttp.ClientWebSocketResponse, url: str) -> None:
        self._agent = agent
        self._socket = socket
        self._url = url

    async def publish(self, kind: str, message: dict[str, Any], *, forged: str = "") -> None:
        """Send a signed frame; with `forged`, another body than was signed."""
        body = json.dumps({"type": kind, "message": message}, separators=(",", ":"))
        headers = self._agent.sign_frame(self._url, body)
        block = "".join(
            f"{name}: {headers[name]}\r\n" for name in ("Authorization", "Host", "X-Amz-Date")
        )
        await self._socket.send_str(f"{block}\r\n{forged or body}")

    async def answer(self) -> dict[str, Any]:
        """The server's next message, `type` and `message`; a close has the type CLOSED."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            frame = await self._socket.receive()
        if frame.type is not aiohttp.WSMsgType.TEXT:
            return {"type": "CLOSED", "message": frame.extra}
        return dict(json.loads(frame.data))
