"""Container instances: one that was deregistered stays so, and none is overcommitted."""

from collections.abc import Iterator

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.ecs.records.host_ports import ports_as_codes
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS
from roadstead.state.view import View
from roadstead.store.store import Commit
from sim.laws.law import Remembered


class InstanceLaw:
    def __init__(self, remembered: Remembered) -> None:
        self._remembered = remembered

    def begin(self, view: View) -> None:
        self._view = view

    def problems(self, commit: Commit) -> Iterator[str]:
        taken: dict[str, None] = {}
        for change in commit.changes:
            if change.table is CONTAINER_INSTANCES:
                yield from self._changed(change.arn, change.before, change.after)
            elif change.table is TASKS and change.before is None:
                taken[change.after.container_instance_arn] = None
        for arn in taken:
            instance = self._view.get(CONTAINER_INSTANCES, arn)
            if instance is None or instance.status != "ACTIVE" or not instance.agent_connected:
                yield f"a task was placed on {arn}, which is {instance}"
            else:
                yield from self._load(instance)

    def _changed(
        self, arn: str, before: ContainerInstance | None, after: ContainerInstance | None
    ) -> Iterator[str]:
        if before is None:
            if arn in self._remembered.known[CONTAINER_INSTANCES.name]:
                yield f"{arn} was removed and is back"
            return
        if after is None:
            if before.status != "INACTIVE":
                yield f"{arn} is removed though {before.status}"
            return
        if before.status == "INACTIVE" and (after.status != "INACTIVE" or after.agent_connected):
            yield f"{arn} was deregistered and is {after.status}, {after.agent_connected=}"
        if after.connections < before.connections:
            yield f"{arn} counts its connections backwards"
        if after.status == "INACTIVE" and self._view.count(LIVE_TASKS_BY_INSTANCE, arn):
            yield f"{arn} is INACTIVE and has live tasks"

    def _load(self, instance: ContainerInstance) -> Iterator[str]:
        """Tasks take room until they are asked to stop."""
        live = self._view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
        tasks = [each for each in live if each.desired_status == "RUNNING"]
        cpu_units = sum(each.cpu_units for each in tasks)
        memory_mib = sum(each.memory_mib for each in tasks)
        if cpu_units > instance.cpu_units or memory_mib > instance.memory_mib:
            yield f"{instance.arn} has {cpu_units} cpu and {memory_mib} MiB on it"
        ports = list(ports_as_codes(instance.reserved_ports, instance.reserved_ports_udp))
        for task in tasks:
            ports += ports_as_codes(task.host_ports, task.host_ports_udp)
        if len(ports) != len(set(ports)):
            yield f"{instance.arn} has a port on it twice: {sorted(ports)}"
