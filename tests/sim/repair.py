"""What the user does when the faults are over, so that everything can get steady."""

import asyncio
from typing import TYPE_CHECKING

from roadstead.ecs.records.service import Service
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS
from roadstead.ecs.records.task_set import TASK_SETS_BY_SERVICE
from sim.caller import Refused
from sim.deeds.deployments import answer, awaited_hooks
from sim.families import MENDED, MENDED_OWN, is_ill
from sim.fronts import has_broken_front
from sim.network import NoAnswer
from sim.user import CLUSTER

if TYPE_CHECKING:
    from sim.world import World

PATIENCE_SECONDS = 15 * 60.0
"""A service that cannot be mended for so long is deleted."""


class Repair:
    """Looks again and again: what is taken back by a rollback may be ill once more."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._user = world.user
        self._ill_since: dict[str, float] = {}
        self.has_begun = False

    async def begin(self) -> None:
        """Once: a revision that runs, machines without what nobody knows of, some drains ended."""
        world, user = self._world, self._user
        container = {"name": "app", "image": "run", "cpu": 64, "memory": 32}
        for family, mode in ((MENDED, "bridge"), (MENDED_OWN, "awsvpc")):
            ports = [{"containerPort": 80, "protocol": "tcp"}]
            await user.insist(
                "RegisterTaskDefinition",
                family=family,
                networkMode=mode,
                containerDefinitions=[container | {"portMappings": ports}],
            )
        if world.rng("repair").random() < 0.7:
            for instance in user.instances("DRAINING"):
                await user.set_state(instance.arn, "ACTIVE")
        for machine in world.machines.values():
            machine.tidy()
        self.has_begun = True

    async def go_on(self) -> None:
        """Mend the services whose tasks can never be steady, or delete them in the end."""
        await self._deregister_the_lost()
        now = asyncio.get_running_loop().time()
        for service in self._user.services("ACTIVE"):
            if not self._is_ill(service):
                self._ill_since.pop(service.arn, None)
                continue
            since = self._ill_since.setdefault(service.arn, now)
            try:
                if now - since > PATIENCE_SECONDS:
                    await self._user.call(
                        "DeleteService", cluster=CLUSTER, service=service.name, force=True
                    )
                elif service.deployment_controller == "EXTERNAL":
                    await self._mend_task_sets(service)
                else:
                    await self._mend(service)
            except (Refused, NoAnswer) as refusal:
                self._world.tell(f"repair: {str(refusal)[:120]}")

    async def _deregister_the_lost(self) -> None:
        """By hand, as ECS has it: instances whose machines are gone, or have registered anew."""
        known = {
            machine.identity.container_instance_arn
            for machine in self._world.machines.values()
            if machine.identity is not None and not machine.is_gone
        }
        for instance in self._user.instances("ACTIVE", "DRAINING"):
            if instance.arn not in known and not instance.agent_connected:
                await self._user.insist(
                    "DeregisterContainerInstance",
                    cluster=CLUSTER,
                    containerInstance=instance.arn,
                    force=True,
                )

    def _is_ill(self, service: Service) -> bool:
        """Whether some of its tasks can never be healthy."""
        view = self._user.view
        return any(
            is_ill(each.task_definition_arn)
            or has_broken_front(view, view.get(SERVICE_REVISIONS, each.service_revision_arn))
            for each in service.deployments
        )

    async def _mend(self, service: Service) -> None:
        is_unreached = has_broken_front(self._user.view, service)
        if is_unreached or is_ill(service.task_definition_arn):
            asked: dict[str, object] = {"taskDefinition": _mended(service)}
            if is_unreached:
                asked["loadBalancers"] = []
            if service.deployment_configuration.get("lifecycleHooks"):
                asked["deploymentConfiguration"] = {"lifecycleHooks": []}
            await self._user.update(service.name, **asked)  # no hook is to take it back
            return
        for record, hook in awaited_hooks(self._user):
            if record.service_arn == service.arn:
                await answer(self._user, record, hook, "CONTINUE")

    async def _mend_task_sets(self, service: Service) -> None:
        named = {"cluster": CLUSTER, "service": service.name}
        sets = self._user.view.find(TASK_SETS_BY_SERVICE, service.arn)
        lasting = [each for each in sets if each.status != "DRAINING"]
        view = self._user.view
        healthy = [
            each
            for each in lasting
            if not is_ill(each.task_definition_arn) and not has_broken_front(view, each)
        ]
        if not healthy and len(sets) < 5:
            await self._user.call(
                "CreateTaskSet",
                taskDefinition=MENDED,
                scale={"unit": "PERCENT", "value": 100.0},
                **named,
            )
        for each in lasting:
            if each in healthy:
                continue
            if each.status == "PRIMARY" and healthy:
                await self._user.call(
                    "UpdateServicePrimaryTaskSet", primaryTaskSet=healthy[0].id, **named
                )
            await self._user.call("DeleteTaskSet", taskSet=each.id, force=True, **named)


def _mended(service: Service) -> str:
    """What runs in its network mode, so that its load balancers can stay."""
    return MENDED_OWN if service.network_configuration else MENDED
