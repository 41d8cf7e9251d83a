"""What the tests of deployments share: a service that was rolled out, and is rolled out again."""

from typing import Any

from small_world import World

from given import a_cluster, a_task_definition, an_instance, definition_arn, service_arn
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.service_deployment import (
    DEPLOYMENTS_BY_SERVICE,
    HookRun,
    ServiceDeployment,
)
from roadstead.ecs.records.task import LIVE_TASKS_BY_SERVICE, Task
from roadstead.ecs.rules.deployment.configuration import DEFAULTS, merged_configuration
from roadstead.ecs.transitions import service_deployments, services

WEB = service_arn("web")
CLUSTER = a_cluster().arn
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
BREAKER_ONLY = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}


def a_world(*, instances: int = 4) -> World:
    return World(
        a_cluster(),
        *(a_task_definition(revision=number) for number in (1, 2, 3)),
        *(an_instance(number + 1) for number in range(instances)),
    )


def configured(**configuration: Any) -> dict[str, Any]:
    """The fields of a service with this deployment configuration."""
    merged = merged_configuration(DEFAULTS, configuration)
    return {
        "deployment_configuration": merged,
        "minimum_healthy_percent": merged["minimumHealthyPercent"],
        "maximum_percent": merged["maximumPercent"],
    }


def create(
    world: World, count: int = 2, *, fields: dict[str, Any] | None = None, **configuration: Any
) -> None:
    """A new service of web:1."""
    service = Service(
        arn=WEB,
        name="web",
        cluster_arn=CLUSTER,
        desired_count=count,
        task_definition_arn=definition_arn(),
        created_at=world.now,
        **configured(**configuration),
        **(fields or {}),
    )
    world.update(lambda tx: services.create_service(tx, world.call, service))


def a_rolled_out_world(count: int = 2, *, instances: int = 4, **configuration: Any) -> World:
    """A service of web:1 that was rolled out, and is configured so from now on."""
    world = a_world(instances=instances)
    create(world, count)
    world.work_for(WEB, 60)
    assert world.service(WEB).deployments[0].rollout_state == "COMPLETED"
    if configuration:
        world.update_service(WEB, **configured(**configuration))
    return world


def roll_out(world: World, revision: int = 2, **fields: Any) -> ServiceDeployment:
    """Another revision begins to be rolled out; its record."""
    world.pass_time(1)
    arn = definition_arn(revision=revision)
    world.update_service(WEB, deploy=True, task_definition_arn=arn, **fields)
    return record(world)


def records(world: World) -> list[ServiceDeployment]:
    """Oldest first."""
    return world.view.find(DEPLOYMENTS_BY_SERVICE, WEB)


def record(world: World) -> ServiceDeployment:
    """The newest."""
    return records(world)[-1]


def primary(world: World) -> Deployment:
    return world.service(WEB).deployments[0]


def tasks_of(world: World, revision: int) -> list[Task]:
    """Tasks of web:revision that were not asked to stop."""
    arn = definition_arn(revision=revision)
    return [task for task in world.tasks(WEB) if task.task_definition_arn == arn]


def fail_starts(world: World, revision: int = 2) -> int:
    """Every PENDING task of the revision ends before it runs; how many there were."""
    failed = [task for task in tasks_of(world, revision) if task.last_status == "PENDING"]
    for task in failed:
        world.report(task, "STOPPED")
    return len(failed)


def keep_failing(world: World, revision: int = 2, *, seconds: float = 600) -> None:
    """Agents work on, but no task of the revision ever runs."""
    until = seconds
    while until > 0:
        fail_starts(world, revision)
        others_work(world, revision)
        world.pass_time(5)
        until -= 5


def others_work(world: World, revision: int) -> None:
    """Agents work on all tasks but those of the revision."""
    arn = definition_arn(revision=revision)
    for task in world.view.find(LIVE_TASKS_BY_SERVICE, WEB):
        if task.desired_status == "STOPPED":
            world.report(task, "STOPPED")
        elif task.task_definition_arn != arn and task.last_status == "PENDING":
            world.report(task, "RUNNING")


def end_stopped(world: World) -> None:
    """Every task that was asked to stop is STOPPED."""
    for task in world.view.find(LIVE_TASKS_BY_SERVICE, WEB):
        if task.desired_status == "STOPPED":
            world.report(task, "STOPPED")


def waiting_hooks(world: World) -> list[HookRun]:
    return [each for each in record(world).hooks if each.status == "AWAITING_ACTION"]


def answer(world: World, hook: HookRun, status: str = "SUCCEEDED") -> None:
    """Somebody says how to go on."""
    world.update(
        lambda tx: service_deployments.end_hook(tx, world.call, record(world), hook.hook_id, status)
    )


def stop(world: World) -> None:
    """StopServiceDeployment."""
    world.update(lambda tx: service_deployments.request_rollback(tx, world.call, record(world)))


def pause(*stages: str, **timeout: Any) -> dict[str, Any]:
    """A hook of type PAUSE."""
    hook: dict[str, Any] = {"targetType": "PAUSE", "lifecycleStages": list(stages)}
    return hook | ({"timeoutConfiguration": timeout} if timeout else {})
