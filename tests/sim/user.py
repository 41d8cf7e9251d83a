"""A user with plans of his own: what he does to a cluster, and what he may be told."""

import asyncio
import random
from typing import TYPE_CHECKING, Any

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.task import TASKS, Task
from roadstead.keys import Key
from sim.caller import Caller, Refused
from sim.families import FAMILIES, ILL_FAMILIES
from sim.invariants import RUNS_ASKED
from sim.network import Link, NoAnswer

if TYPE_CHECKING:
    from sim.world import World

CLUSTER = "sim"
PERCENTAGES = ((100, 200), (50, 100), (0, 100), (50, 200), (100, 150), (75, 125), (90, 110))
"""minimumHealthyPercent, maximumPercent."""
DEEDS: tuple[tuple[str, int], ...] = (
    ("scale", 5),
    ("deploy", 5),
    ("create_service", 3),
    ("delete_service", 1),
    ("run_tasks", 4),
    ("start_task", 2),
    ("stop_task", 4),
    ("drain", 2),
    ("end_drain", 2),
    ("deregister_instance", 2),
    ("register_revision", 2),
    ("deregister_revision", 2),
    ("delete_revisions", 1),
    ("look_around", 2),
)
EXPECTED = frozenset(
    {
        "ClientException",
        "InvalidParameterException",
        "ServiceNotActiveException",
        "ServiceNotFoundException",
    }
)
"""What a user who acts on what he saw a moment ago may be told. And ServerException with 503, which
`call` tries again."""


class User(Caller):
    """Does something every now and then. What he finds, he reads in the state, as from a list."""

    def __init__(self, key: Key, link: Link, rng: random.Random, world: "World") -> None:
        super().__init__(key, link)
        self.rng = rng
        self.pace_seconds = rng.choice((4, 8, 20))
        self._world = world
        self._runs = 0
        self._names = 0

    async def define(self, family: str, **members: Any) -> str:
        """Register a revision; its ARN. Members are those of its one container."""
        container = {"name": "app", "image": "run", "cpu": 128, "memory": 64, "essential": True}
        containers = members.get("containerDefinitions") or [container | members]
        answer = await self.call(
            "RegisterTaskDefinition", family=family, containerDefinitions=containers
        )
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    async def serve(self, name: str, definition: str, count: int, **members: Any) -> None:
        """Create a service."""
        await self.call(
            "CreateService",
            cluster=CLUSTER,
            serviceName=name,
            taskDefinition=definition,
            desiredCount=count,
            **members,
        )

    async def update(self, name: str, **members: Any) -> dict[str, Any]:
        return await self.call("UpdateService", cluster=CLUSTER, service=name, **members)

    async def run(self, definition: str, count: int = 1, **members: Any) -> dict[str, Any]:
        """Run tasks; the attempts of one request start no more than asked for."""
        self._runs += 1
        return await self.call(
            "RunTask",
            cluster=CLUSTER,
            taskDefinition=definition,
            count=count,
            startedBy=f"{RUNS_ASKED}{self._runs}-{count}",
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

    # What he sees

    def services(self, *statuses: str) -> list[Service]:
        found = (each for each in self._world.view.all(SERVICES) if each.status in statuses)
        return sorted(found, key=lambda each: each.arn)

    def instances(self, *statuses: str) -> list[ContainerInstance]:
        view = self._world.view
        found = (each for each in view.all(CONTAINER_INSTANCES) if each.status in statuses)
        return sorted(found, key=lambda each: each.arn)

    def tasks(self) -> list[Task]:
        """Those not asked to stop."""
        view = self._world.view
        found = (each for each in view.all(TASKS) if each.desired_status == "RUNNING")
        return sorted(found, key=lambda each: each.arn)

    # The life of a user

    async def set_up(self) -> None:
        """A cluster, some definitions, some services."""
        await self.call("CreateCluster", clusterName=CLUSTER)
        for family in FAMILIES:
            await self._register(family)
        for _ in range(self.rng.randint(2, 4)):
            await self._try(self._create_service())
        if self.rng.random() < 0.6:
            await self._try(self._create_daemon())

    async def live(self) -> None:
        """Do one thing after the other, for ever."""
        deeds = [deed for deed, weight in DEEDS for _ in range(weight)]
        while True:
            await asyncio.sleep(self.rng.expovariate(1 / self.pace_seconds))
            await self._try(getattr(self, self.rng.choice(deeds))())

    async def repair(self) -> None:
        """Make everything such that it can get steady."""
        container = {"name": "app", "image": "run", "cpu": 64, "memory": 32}
        await self._insist(
            "RegisterTaskDefinition", family="mended", containerDefinitions=[container]
        )
        for service in self.services("ACTIVE"):
            family = service.task_definition_arn.rpartition("/")[2].partition(":")[0]
            if family in ILL_FAMILIES:
                await self._insist(
                    "UpdateService", cluster=CLUSTER, service=service.name, taskDefinition="mended"
                )
        for machine in self._world.machines.values():
            machine.tidy()
            if machine.is_gone:
                for instance in self.instances("ACTIVE", "DRAINING"):
                    if instance.ec2_instance_id == machine.id and not instance.agent_connected:
                        await self._insist(
                            "DeregisterContainerInstance",
                            cluster=CLUSTER,
                            containerInstance=instance.arn,
                            force=True,
                        )

    async def _insist(self, operation: str, **request: Any) -> None:
        while True:
            try:
                await self.call(operation, **request)
            except NoAnswer:
                continue
            return

    async def _try(self, deed: Any) -> None:
        try:
            await deed
        except (Refused, NoAnswer) as refusal:
            self._world.tell(f"user: {str(refusal)[:120]}")
            if isinstance(refusal, Refused) and refusal.code not in EXPECTED:
                self._world.fail(f"the user was told {refusal}")

    async def _register(self, family: str) -> None:
        await self.define(family, **FAMILIES[family])

    async def register_revision(self) -> None:
        await self._register(self.rng.choice(list(FAMILIES)))

    async def deregister_revision(self) -> None:
        family = self.rng.choice(list(FAMILIES))
        answer = await self.call("ListTaskDefinitions", familyPrefix=family, status="ACTIVE")
        arns = answer["taskDefinitionArns"]
        if arns:
            await self.call("DeregisterTaskDefinition", taskDefinition=self.rng.choice(arns))
        if not arns or len(arns) == 1:
            await self._register(family)

    async def delete_revisions(self) -> None:
        answer = await self.call("ListTaskDefinitions", status="INACTIVE")
        arns = answer["taskDefinitionArns"]
        if arns:
            chosen = self.rng.sample(arns, min(len(arns), 3))
            await self.call("DeleteTaskDefinitions", taskDefinitions=chosen)

    async def _create_service(self) -> None:
        self._names += 1
        minimum, maximum = self.rng.choice(PERCENTAGES)
        await self.serve(
            f"s{self.rng.randint(1, 3) if self.rng.random() < 0.3 else self._names}",
            self._a_family(),
            self.rng.randint(0, 8),
            deploymentConfiguration={
                "minimumHealthyPercent": minimum,
                "maximumPercent": maximum,
            },
        )

    async def _create_daemon(self) -> None:
        await self.call(
            "CreateService",
            cluster=CLUSTER,
            serviceName="daemon",
            taskDefinition=self._a_family(),
            schedulingStrategy="DAEMON",
            deploymentConfiguration={"minimumHealthyPercent": self.rng.choice((0, 30, 50, 75))},
        )

    def _a_family(self) -> str:
        return self.rng.choices(list(FAMILIES), [6, 3, 2, 2, 2, 1, 1, 1, 1])[0]

    async def create_service(self) -> None:
        if len(self.services("ACTIVE")) < 5:
            await self._create_service()

    def _a_service(self) -> str | None:
        found = self.services("ACTIVE")
        return self.rng.choice(found).name if found else None

    async def scale(self) -> None:
        if (name := self._a_service()) is not None:
            await self.update(name, desiredCount=self.rng.randint(0, 10))

    async def deploy(self) -> None:
        if (name := self._a_service()) is None:
            return
        match self.rng.randrange(3):
            case 0:
                await self.update(name, forceNewDeployment=True)
            case 1:
                await self.update(name, taskDefinition=self._a_family())
            case _:
                minimum, maximum = self.rng.choice(PERCENTAGES)
                configuration = {"minimumHealthyPercent": minimum, "maximumPercent": maximum}
                await self.update(
                    name,
                    taskDefinition=self._a_family(),
                    desiredCount=self.rng.randint(0, 8),
                    deploymentConfiguration=configuration,
                )

    async def delete_service(self) -> None:
        if (name := self._a_service()) is None:
            return
        await self.call("DeleteService", cluster=CLUSTER, service=name, force=True)

    async def run_tasks(self) -> None:
        await self.run(self._a_family(), self.rng.randint(1, 4))

    async def start_task(self) -> None:
        instances = self.instances("ACTIVE", "DRAINING", "INACTIVE")
        if instances:
            await self.call(
                "StartTask",
                cluster=CLUSTER,
                taskDefinition=self._a_family(),
                containerInstances=[self.rng.choice(instances).arn],
            )

    async def stop_task(self) -> None:
        tasks = self.tasks()
        if tasks:
            chosen = self.rng.choice(tasks)
            await self.call("StopTask", cluster=CLUSTER, task=chosen.arn, reason="the user says")

    async def drain(self) -> None:
        if instances := self.instances("ACTIVE"):
            await self.set_state(self.rng.choice(instances).arn, "DRAINING")

    async def end_drain(self) -> None:
        if instances := self.instances("DRAINING"):
            await self.set_state(self.rng.choice(instances).arn, "ACTIVE")

    async def deregister_instance(self) -> None:
        instances = self.instances("ACTIVE", "DRAINING")
        if len(instances) > 1:
            chosen = self.rng.choice(instances)
            await self.deregister(chosen.arn, force=self.rng.random() < 0.5)

    async def look_around(self) -> None:
        """Reads must answer too, with what is valid."""
        names = [each.name for each in self.services("ACTIVE", "DRAINING", "INACTIVE")]
        if names:
            await self.call("DescribeServices", cluster=CLUSTER, services=names[:10])
        tasks = (await self.call("ListTasks", cluster=CLUSTER))["taskArns"]
        if tasks:
            await self.call("DescribeTasks", cluster=CLUSTER, tasks=tasks[:100])
        arns = [each.arn for each in self.instances("ACTIVE", "DRAINING", "INACTIVE")]
        if arns:
            await self.call(
                "DescribeContainerInstances", cluster=CLUSTER, containerInstances=arns[:100]
            )
