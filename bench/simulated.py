"""SimulatedCluster: a real store and real operations in this process, with agents played by hand.

Nothing is served over HTTP. Tasks are placed by RunTask as clients call it, and reported RUNNING
as an agent reports them.
"""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from roadstead.agent.capabilities import CAPABILITIES
from roadstead.clock import SystemClock
from roadstead.control.schema import SCHEMA
from roadstead.ecs.operations.table import WRITES
from roadstead.ecs.transitions.container_instances import agent_connected, agent_disconnected
from roadstead.ecs.transitions.events import publish
from roadstead.ids import SystemIds
from roadstead.server.main import GC_THRESHOLDS
from roadstead.state.plans import Call
from roadstead.state.records import Schema
from roadstead.state.view import Tx, View
from roadstead.store.log import Batch, Log
from roadstead.store.store import Store

ACCOUNT = "123456789012"
REGION = "us-east-1"
ZONES = 3
FAMILIES = 100
TASKS_PER_CALL = 10
INSTANCE_CPU_UNITS = 4096
INSTANCE_MEMORY_MIB = 16_384
SIZES = ((64, 128), (128, 256), (256, 512), (512, 1024))
"""(cpu units, MiB) of the mixed tasks, family by family."""

T = TypeVar("T")


class SimulatedCluster:
    """The cluster `default`. Its agents connect when told to and report at once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ids = SystemIds()
        self.clock = SystemClock()
        self.instances: list[str] = []

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """One API operation that writes, as the server performs it."""
        write = WRITES[operation]
        return self.update(lambda tx, call: write(tx, call, request))

    def update(self, change: Callable[[Tx, Call], T]) -> T:
        """One change of the state, with the circumstances of a call."""
        call = Call(
            account=ACCOUNT,
            region=REGION,
            caller_arn=f"arn:aws:iam::{ACCOUNT}:root",
            request_id=self.ids.uuid(),
            now=self.clock.now(),
            ids=self.ids,
            endpoint="http://127.0.0.1:8080",
        )
        return self.store.update(lambda tx: change(tx, call))

    def register_definitions(self, families: int, revisions: int) -> None:
        """`revisions` definitions in all, spread over the families app-0, app-1, …"""
        for number in range(revisions):
            self.call("RegisterTaskDefinition", **definition(f"app-{number % families}", number))

    def register_instance(self, number: int, *, scale: int = 1) -> None:
        """A machine, `scale` times the usual size, whose agent connects at once."""
        zone = f"{REGION}{'abc'[number % ZONES]}"
        document = {
            "instanceId": f"i-{number:017x}",
            "instanceType": "m5.xlarge",
            "availabilityZone": zone,
            "privateIp": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            "region": REGION,
            "accountId": ACCOUNT,
        }
        answer = self.call(
            "RegisterContainerInstance",
            instanceIdentityDocument=json.dumps(document),
            totalResources=[
                _integer("CPU", INSTANCE_CPU_UNITS * scale),
                _integer("MEMORY", INSTANCE_MEMORY_MIB * scale),
                {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "51678"]},
                {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
            ],
            attributes=[{"name": "ecs.os-type", "value": "linux"}]
            + [{"name": name} for name in CAPABILITIES],
        )
        arn = str(answer["containerInstance"]["containerInstanceArn"])
        self.instances.append(arn)
        self.update(
            lambda tx, call: agent_connected(
                tx, call, arn, agent_version="1.90.0", agent_hash="0", docker_version="25.0.0"
            )
        )

    def populate(self, *, definitions: int, tasks: int, instances: int, scale: int = 32) -> None:
        """Register, connect, run, report: a hundred families, ten RUNNING tasks a call.

        Each instance is `scale` times the usual size, so that there is room.

        Nothing waits in between, so all of it goes to the log in one batch.
        """
        families = min(FAMILIES, definitions)
        self.register_definitions(families, definitions)
        for number in range(instances):
            self.register_instance(number, scale=scale)
        for number in range(tasks // TASKS_PER_CALL):
            self.report_running(self.run_tasks(f"app-{number % families}", TASKS_PER_CALL))

    def disconnect(self) -> None:
        """All agents go away, and are known to be gone."""
        for arn in self.instances:
            self.update(partial(agent_disconnected, container_instance_arn=arn, connections=1))

    def run_tasks(self, family: str, count: int, **more: Any) -> list[str]:
        """ARNs of the tasks that RunTask placed, which must be all. more: of its parameters."""
        answer = self.call("RunTask", taskDefinition=family, count=count, **more)
        assert not answer["failures"], answer["failures"][:3]
        return [str(task["taskArn"]) for task in answer["tasks"]]

    def report_running(self, task_arns: Iterable[str]) -> None:
        """What the agents say once the containers run."""
        now = datetime.now(UTC)
        for number, arn in enumerate(task_arns):
            self.call(
                "SubmitTaskStateChange",
                task=arn,
                status="RUNNING",
                containers=[
                    {
                        "containerName": "app",
                        "status": "RUNNING",
                        "runtimeId": self.ids.hex32() + self.ids.hex32(),
                        "imageDigest": f"sha256:{'a' * 64}",
                        "networkBindings": [
                            {
                                "bindIP": "0.0.0.0",
                                "containerPort": 80,
                                "hostPort": 32_768 + number % 20_000,
                                "protocol": "tcp",
                            }
                        ],
                    }
                ],
                pullStartedAt=now,
                pullStoppedAt=now,
            )

    def report_stopped(self, task_arns: Iterable[str]) -> None:
        """What the agents say once the containers have ended."""
        for arn in task_arns:
            self.call(
                "SubmitTaskStateChange",
                task=arn,
                status="STOPPED",
                containers=[{"containerName": "app", "status": "STOPPED", "exitCode": 137}],
            )


class NoLog:
    """A log that keeps nothing: what is measured on it is the state and its operations alone."""

    def load(self, schema: Schema) -> View:
        """An empty state."""
        return View(schema)

    async def append(self, batch: Batch) -> None:
        """Forget it."""

    def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def simulated_cluster(log: Log) -> AsyncIterator[SimulatedCluster]:
    """A cluster on the log, which has everything when the block is left.

    Garbage is collected as in the server.
    """
    gc.set_threshold(*GC_THRESHOLDS)
    clock, ids = SystemClock(), SystemIds()
    store = Store(
        log, SCHEMA, clock, derive=lambda tx, changes: publish(tx, changes, clock.now(), ids)
    )
    async with asyncio.TaskGroup() as group:
        writing = group.create_task(store.run())
        cluster = SimulatedCluster(store)
        cluster.call("CreateCluster", clusterName="default")
        try:
            yield cluster
        finally:
            store.close()
            await writing
    log.close()


def definition(family: str, number: int = 0) -> dict[str, Any]:
    """What RegisterTaskDefinition is asked in every benchmark, for ours and the peer alike."""
    cpu_units, memory_mib = SIZES[number % len(SIZES)]
    return {
        "family": family,
        "networkMode": "bridge",
        "containerDefinitions": [
            {
                "name": "app",
                "image": "busybox:latest",
                "cpu": cpu_units,
                "memory": memory_mib,
                "essential": True,
                "command": ["sleep", "600"],
                "portMappings": [{"containerPort": 80, "protocol": "tcp"}],
                "environment": [{"name": f"KEY_{each}", "value": "v" * 20} for each in range(10)],
                "logConfiguration": {"logDriver": "json-file", "options": {"max-size": "10m"}},
                "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 1024}],
            }
        ],
        "tags": [{"key": "team", "value": "bench"}],
    }


def _integer(name: str, value: int) -> dict[str, Any]:
    return {"name": name, "type": "INTEGER", "integerValue": value}
