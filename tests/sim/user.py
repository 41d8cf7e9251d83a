"""A user with plans of his own: how he asks, what he sees, and what he may be told."""

import asyncio
import random
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.task import TASKS, Task
from roadstead.keys import Key
from roadstead.state.view import View
from sim.caller import ROADSTEAD, Caller, Refused
from sim.constraints import Constraint
from sim.deeds import services
from sim.deeds.load_balancers import make_balancers
from sim.deeds.networks import make_vpc
from sim.deeds.revisions import register
from sim.deeds.table import DEEDS
from sim.families import FAMILIES
from sim.laws.tasks import RUNS_ASKED
from sim.network import Link, NoAnswer
from sim.registry import Registry

if TYPE_CHECKING:
    from sim.world import World

CLUSTER = "sim"
EXPECTED = frozenset(
    {
        "ClientException",
        "ConflictException",
        "DuplicateListener",
        "InvalidConfigurationRequest",
        "InvalidParameterException",
        "ListenerNotFound",
        "ResourceInUse",
        "ServiceDeploymentNotFoundException",
        "ServiceNotActiveException",
        "ServiceNotFoundException",
        "TargetGroupAssociationLimit",
        "TargetGroupNotFound",
        "TargetNotFoundException",
        "TooManyListeners",
        "TaskSetNotFoundException",
    }
)
"""What a user who acts on what he saw a moment ago may be told. And ServerException with 503, which
`call` tries again."""
_OF_TASK_DEFINITION = ("placementConstraints", "networkMode")


class User(Caller):
    """Does something every now and then. What he finds, he reads in the state, as from a list."""

    def __init__(self, key: Key, link: Link, rng: random.Random, world: "World") -> None:
        super().__init__(key, link)
        self.roadstead = Caller(key, link, prefix=ROADSTEAD, service="roadstead")
        """For what ECS does not have: plans and explanations."""
        self.rng = rng
        self.cluster = CLUSTER
        self.registry: Registry = world.registry
        self.pace_seconds = rng.choice((4, 10, 30))
        self.has_networks = rng.random() < 0.7
        """He uses interfaces and load balancers."""
        self.asked: dict[str, tuple[Constraint, ...]] = {}
        """The constraints of every RunTask, by its startedBy."""
        self._world = world
        self._runs = 0
        self._names = 0

    def another_name(self) -> int:
        self._names += 1
        return self._names

    async def define(self, family: str, **members: Any) -> str:
        """Register a revision; its ARN. Members are those of its one container."""
        container = {"name": "app", "image": "run", "cpu": 128, "memory": 64, "essential": True}
        whole = {each: members.pop(each) for each in _OF_TASK_DEFINITION if each in members}
        containers = members.get("containerDefinitions") or [container | members]
        answer = await self.call(
            "RegisterTaskDefinition", family=family, containerDefinitions=containers, **whole
        )
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    async def serve(
        self, name: str, definition: str | None, count: int | None, **members: Any
    ) -> None:
        """Create a service."""
        if definition is not None:
            members["taskDefinition"] = definition
        if count is not None:
            members["desiredCount"] = count
        await self.call("CreateService", cluster=CLUSTER, serviceName=name, **members)

    async def update(self, name: str, **members: Any) -> dict[str, Any]:
        return await self.call("UpdateService", cluster=CLUSTER, service=name, **members)

    async def run(self, definition: str, count: int = 1, **members: Any) -> dict[str, Any]:
        """Run tasks; the attempts of one request start no more than asked for."""
        self._runs += 1
        started_by = f"{RUNS_ASKED}{self._runs}-{count}"
        self.asked[started_by] = tuple(members.get("placementConstraints") or ())
        return await self.call(
            "RunTask",
            cluster=CLUSTER,
            taskDefinition=definition,
            count=count,
            startedBy=started_by,
            clientToken=f"token-{self._runs}",
            **members,
        )

    async def set_state(self, instance_arn: str, status: str) -> None:
        await self.call(
            "UpdateContainerInstancesState",
            cluster=CLUSTER,
            containerInstances=[instance_arn],
            status=status,
        )

    async def deregister(self, instance_arn: str, *, force: bool) -> None:
        await self.call(
            "DeregisterContainerInstance",
            cluster=CLUSTER,
            containerInstance=instance_arn,
            force=force,
        )

    def found_untouched(self) -> None:
        """What he asked for was only a question: what follows from the state still does."""
        self._world.invariants.check_recount()

    async def insist(self, operation: str, **request: Any) -> None:
        """Ask until there is an answer."""
        while True:
            try:
                await self.call(operation, **request)
            except NoAnswer:
                continue
            return

    # What he sees

    @property
    def view(self) -> View:
        return self._world.view

    def services(self, *statuses: str) -> list[Service]:
        found = (each for each in self.view.all(SERVICES) if each.status in statuses)
        return sorted(found, key=lambda each: each.arn)

    def instances(self, *statuses: str) -> list[ContainerInstance]:
        found = (each for each in self.view.all(CONTAINER_INSTANCES) if each.status in statuses)
        return sorted(found, key=lambda each: each.arn)

    def tasks(self) -> list[Task]:
        """Those not asked to stop."""
        found = (each for each in self.view.all(TASKS) if each.desired_status == "RUNNING")
        return sorted(found, key=lambda each: each.arn)

    # His life

    async def set_up(self) -> None:
        """A cluster, some definitions, some services."""
        await self.call("CreateCluster", clusterName=CLUSTER)
        for family in FAMILIES:
            await register(self, family)
        if self.has_networks:
            await make_vpc(self)
            await make_balancers(self)
            if self.rng.random() < 0.5:
                await self.call("PutAccountSettingDefault", name="awsvpcTrunking", value="enabled")
        for _ in range(self.rng.randint(2, 4)):
            await self._try(services.create_service(self))
        if self.rng.random() < 0.4:
            await self._try(services.create_daemon(self))

    async def live(self) -> None:
        """Do one thing after the other, for ever."""
        deeds = [deed for deed, weight in DEEDS.items() for _ in range(weight)]
        while True:
            await asyncio.sleep(self.rng.expovariate(1 / self.pace_seconds))
            await self._try(self.rng.choice(deeds)(self))

    async def _try(self, deed: Awaitable[None]) -> None:
        try:
            await deed
        except (Refused, NoAnswer) as refusal:
            self._world.tell(f"user: {str(refusal)[:120]}")
            if isinstance(refusal, Refused) and refusal.code not in EXPECTED:
                self._world.fail(f"the user was told {refusal}")
