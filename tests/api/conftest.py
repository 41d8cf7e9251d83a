"""Fixtures of the API tests: boto3 against a server in the same process.

`ecs` is a boto3 client; `server` is the server behind it: its store, its clock, its keys. No
agents run here: `register_instances` makes container instances that look connected, so that tasks
are placed; they stay PENDING until the test reports otherwise (`submit_task_state_change`).
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api_server import CAPABILITIES, ApiServer, connect


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiServer]:
    """A server with nothing in it."""
    server = ApiServer()
    server.start()
    monkeypatch.setattr("botocore.auth.get_current_datetime", server.signing_time)
    yield server
    server.stop()


@pytest.fixture
def ecs(server: ApiServer) -> Any:
    """A boto3 client of `server` with the root key. There is no cluster yet."""
    return server.client()


@pytest.fixture
def cluster(ecs: Any) -> str:
    """The name of a cluster, `default`, that exists."""
    ecs.create_cluster(clusterName="default")
    return "default"


RegisterInstances = Callable[..., list[str]]


@pytest.fixture
def register_instances(server: ApiServer, ecs: Any) -> RegisterInstances:
    """Makes container instances that count as connected; returns their ARNs."""

    def register(
        count: int = 1,
        *,
        cluster: str = "default",
        cpu: int = 2048,
        memory: int = 4096,
        attributes: dict[str, str] | None = None,
        zone: str = "us-east-1a",
    ) -> list[str]:
        arns = []
        for _ in range(count):
            answer = ecs.register_container_instance(
                cluster=cluster,
                totalResources=[
                    {"name": "CPU", "type": "INTEGER", "integerValue": cpu},
                    {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
                    {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "51678"]},
                    {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
                ],
                attributes=[
                    {"name": name, "value": value}
                    for name, value in ({"ecs.os-type": "linux"} | (attributes or {})).items()
                ]
                + [{"name": name} for name in CAPABILITIES],
            )
            arns.append(answer["containerInstance"]["containerInstanceArn"])
        server.update(lambda tx: [connect(tx, arn, zone) for arn in arns])
        return arns

    return register
