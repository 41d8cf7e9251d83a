"""The small world with a DAEMON service `agent` in it, and what must never happen to one."""

from datetime import datetime
from typing import Any

from small_world import World

from given import a_deployment, a_service, a_task_definition, service_arn
from roadstead.ecs.reconcilers.daemon import leaving as daemon_leaving
from roadstead.ecs.reconcilers.daemon import scheduler as daemon
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.service import DAEMON_SERVICES, SERVICES, Service
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, LIVE_TASKS_BY_SERVICE, Task
from roadstead.ecs.rules.daemon_places import is_match
from roadstead.ecs.rules.deployment.rolling import minimum_running
from roadstead.ecs.transitions.daemon_tasks import needs_of
from roadstead.state.plans import Plan

AGENT = service_arn("agent")


def a_daemon(name: str = "agent", **fields: Any) -> Service:
    """An ACTIVE DAEMON service that has no task yet."""
    return a_service(
        name,
        **{
            "desired_count": 0,
            "scheduling_strategy": "DAEMON",
            "minimum_healthy_percent": 0,
            "maximum_percent": 100,
            "deployments": (a_deployment(7, rollout_state="IN_PROGRESS"),),
            **fields,
        },
    )


def a_replica(**fields: Any) -> Service:
    """The REPLICA service `web`, whose task definition is web:2."""
    second = a_task_definition(revision=2)
    deployment = a_deployment(9, rollout_state="IN_PROGRESS", task_definition_arn=second.arn)
    return a_service("web", **{"deployments": (deployment,), **fields})


class DaemonWorld(World):
    def on(self, instance_arn: str, service: str = AGENT) -> list[Task]:
        """The service's tasks there that are not STOPPED."""
        tasks = self.view.find(LIVE_TASKS_BY_INSTANCE, instance_arn)
        return [task for task in tasks if task.service_arn == service]

    def places(self, service: str = AGENT) -> list[str]:
        """Where the service has tasks that are to stay."""
        return sorted(task.container_instance_arn for task in self.tasks(service))

    def _look(self, name: str, key: str) -> Plan:
        before = self._healthy_on_matching(key) if name == daemon.__name__ else 0
        plan = super()._look(name, key)
        if name == daemon.__name__ and plan.actions:
            self._check_minimum(key, plan, before)
        for cluster in list(self.view.keys(DAEMON_SERVICES)):
            for service in self.view.find(DAEMON_SERVICES, cluster):
                live = self.view.find(LIVE_TASKS_BY_SERVICE, service.arn)
                places = [task.container_instance_arn for task in live]
                assert len(places) == len(set(places)), f"two tasks on an instance: {plan}"
        if name in (daemon.__name__, daemon_leaving.__name__):
            self._check_soon_settled(name, key)
        return plan

    def _healthy_on_matching(self, service_arn: str) -> int:
        service = self.view.get(SERVICES, service_arn)
        if service is None or service.status != "ACTIVE":
            return 0
        needs = needs_of(self.view, service)
        assert needs is not None
        capacity = self.view.projection(Capacity)
        return sum(
            self.is_healthy(task)
            for task in self.tasks(service_arn)
            if is_match(capacity, task.container_instance_arn, *needs)
        )

    def _check_minimum(self, service_arn: str, plan: Plan, before: int) -> None:
        service = self.service(service_arn)
        least = minimum_running(service.desired_count, service.minimum_healthy_percent)
        after = self._healthy_on_matching(service_arn)
        assert after >= min(least, before), f"below the minimum {least}: {plan}"

    def _check_soon_settled(self, name: str, key: str) -> None:
        again = self.reconcilers[name].reconcile(self.view, key, self.now)
        if not again.actions:
            assert again.wake_at is None or again.wake_at > self.now, again

    def wake_of(self, service: str = AGENT) -> datetime | None:
        return self.wakes.get((daemon.__name__, service))
