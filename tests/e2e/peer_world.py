"""What the stories of a peer agent share: a control plane with one task definition, and reports.

What is reported is what that agent was seen to report; container ids and times are made up.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from lone_server import KEY_ID, SECRET, LoneServer
from peer_agent import PeerAgent

RUNTIME_ID = "a21b4b25" * 8
DIGEST = f"sha256:{'a6459f60' * 8}"
BINDING = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 18090, "protocol": "tcp"}


def prepare(server: LoneServer) -> None:
    """Make the cluster, and the task definition `web:1`."""
    ecs = server.client()
    ecs.create_cluster(clusterName="default")
    ecs.register_task_definition(
        family="web",
        containerDefinitions=[
            {
                "name": "httpd",
                "image": "busybox:latest",
                "cpu": 64,
                "memory": 64,
                "command": ["httpd", "-f"],
                "environment": [{"name": "GREETING", "value": "roadstead"}],
                "portMappings": [{"containerPort": 80, "hostPort": 18090}],
                "healthCheck": {"command": ["CMD", "true"], "interval": 5},
            }
        ],
    )


@asynccontextmanager
async def registered(server: LoneServer) -> AsyncIterator[PeerAgent]:
    async with PeerAgent(server.endpoint, KEY_ID, SECRET) as agent:
        await agent.register()
        yield agent


def play(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(story)


async def ask(server: LoneServer, operation: str, **request: Any) -> Any:
    """Call ECS as a user does."""
    return await asyncio.to_thread(getattr(server.client(), operation), **request)


async def start_task(server: LoneServer, agent: PeerAgent) -> str:
    answer = await ask(server, "start_task", taskDefinition="web", containerInstances=[agent.arn])
    assert answer["failures"] == []
    return str(answer["tasks"][0]["taskArn"])


async def task_of(server: LoneServer, arn: str) -> dict[str, Any]:
    return dict((await ask(server, "describe_tasks", tasks=[arn]))["tasks"][0])


async def record_of(server: LoneServer, agent: PeerAgent, **more: Any) -> dict[str, Any]:
    answer = await ask(
        server, "describe_container_instances", containerInstances=[agent.arn], **more
    )
    return dict(answer["containerInstances"][0])


def running(binding: dict[str, Any] = BINDING) -> list[dict[str, Any]]:
    """The containers of the recorded report of RUNNING."""
    return [
        {
            "containerName": "httpd",
            "runtimeId": RUNTIME_ID,
            "status": "RUNNING",
            "networkBindings": [binding],
        }
    ]


def stopped(exit_code: int) -> list[dict[str, Any]]:
    """The containers of the recorded report of STOPPED."""
    return [{**running()[0], "status": "STOPPED", "exitCode": exit_code}]
