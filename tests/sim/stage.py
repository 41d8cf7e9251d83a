"""What scenarios have in common: a small cluster, and words for what is seen of it."""

from collections.abc import Callable
from typing import Any

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.service import EVENTS_BY_SERVICE, SERVICES, Service
from roadstead.ecs.records.task import TASKS, Task
from roadstead.store.store import Commit
from sim.machine import Machine
from sim.places import ACCOUNT, REGION
from sim.user import CLUSTER
from sim.world import World

ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:"
SERVICE = f"{ARN}service/{CLUSTER}/web"


async def a_cluster(world: World, machines: int = 3, **size: int) -> list[Machine]:
    """A cluster whose machines are connected, in zones a, b, c in turn; definition web:1."""
    await world.user.call("CreateCluster", clusterName=CLUSTER)
    await world.user.define("web", image="run")
    made = [world.add_machine(zone="abc"[number % 3], **size) for number in range(machines)]
    await world.until(lambda: all(is_connected(world, each) for each in made), 30, "all connected")
    return made


async def a_service(
    world: World,
    count: int,
    minimum: int = 100,
    maximum: int = 200,
    *,
    rebalancing: str = "DISABLED",
) -> None:
    """The service `web`, steady. It stays where a story has put it, unless it is rebalanced."""
    await world.user.serve(
        "web",
        "web",
        count,
        deploymentConfiguration={"minimumHealthyPercent": minimum, "maximumPercent": maximum},
        availabilityZoneRebalancing=rebalancing,
    )
    await world.until(lambda: service(world).is_steady, 120, "the service is steady")


def instance(world: World, machine: Machine) -> ContainerInstance | None:
    """The record of the ARN that the machine's agent knows."""
    identity = machine.identity
    if identity is None:
        return None
    return world.view.get(CONTAINER_INSTANCES, identity.container_instance_arn)


def arn_of(machine: Machine) -> str:
    identity = machine.identity
    assert identity is not None
    return identity.container_instance_arn


def is_connected(world: World, machine: Machine) -> bool:
    record = instance(world, machine)
    return record is not None and record.agent_connected


def status(world: World, machine: Machine) -> tuple[str, bool]:
    """Status and agentConnected of the machine's instance."""
    record = instance(world, machine)
    assert record is not None
    return record.status, record.agent_connected


def service(world: World) -> Service:
    return world.view.must(SERVICES, SERVICE)


def tasks(world: World, last_status: str = "RUNNING", **fields: Any) -> list[Task]:
    """Tasks that nobody asked to stop, or, if so named, STOPPED ones; oldest first."""
    found = [
        task
        for task in world.view.all(TASKS)
        if task.last_status == last_status
        and (last_status == "STOPPED" or task.desired_status == "RUNNING")
        and all(getattr(task, name) == value for name, value in fields.items())
    ]
    return sorted(found, key=lambda task: (task.created_at, task.arn))


def tasks_on(world: World, machine: Machine, last_status: str = "RUNNING") -> list[Task]:
    return tasks(world, last_status, container_instance_arn=arn_of(machine))


def running(*machines: Machine) -> set[str]:
    """Ids of the containers that run there."""
    return {container_id for machine in machines for container_id in machine.running}


def events(world: World) -> list[str]:
    """The service's events, oldest first."""
    return [each.message for each in world.view.find(EVENTS_BY_SERVICE, SERVICE)]


class Watched:
    """The least and the most that a number was after any commit, from now on."""

    def __init__(self, world: World, number: Callable[[], int]) -> None:
        self.least = self.most = number()
        self._number = number
        assert world.server is not None
        world.server.store.on_commit(self._look)

    def _look(self, commit: Commit) -> None:
        number = self._number()
        self.least, self.most = min(self.least, number), max(self.most, number)
