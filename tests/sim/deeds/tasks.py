"""Tasks: run and started alone, stopped, protected."""

from typing import TYPE_CHECKING

from sim import tastes
from sim.deeds.networks import network
from sim.deeds.services import a_family

if TYPE_CHECKING:
    from sim.user import User


async def run_tasks(user: "User") -> None:
    family = a_family(user)
    await user.run(
        family,
        user.rng.randint(1, 4),
        **network(user, family),
        placementConstraints=tastes.constraints(user.rng),
        placementStrategy=user.rng.choice(tastes.STRATEGIES),
    )


async def start_task(user: "User") -> None:
    instances = user.instances("ACTIVE", "DRAINING", "INACTIVE")
    if instances:
        family = a_family(user)
        await user.call(
            "StartTask",
            cluster=user.cluster,
            taskDefinition=family,
            **network(user, family),
            containerInstances=[user.rng.choice(instances).arn],
        )


async def stop_task(user: "User") -> None:
    tasks = user.tasks()
    if tasks:
        chosen = user.rng.choice(tasks)
        await user.call("StopTask", cluster=user.cluster, task=chosen.arn, reason="the user says")


async def protect_tasks(user: "User") -> None:
    """Protect some, or take it from them."""
    tasks = [task for task in user.tasks() if task.service_arn]
    if not tasks:
        return
    chosen = user.rng.sample(tasks, min(len(tasks), user.rng.randint(1, 4)))
    asked: dict[str, object] = {"protectionEnabled": user.rng.random() < 0.8}
    if asked["protectionEnabled"]:
        asked["expiresInMinutes"] = user.rng.choice((1, 3, 10, 120))
    await user.call(
        "UpdateTaskProtection",
        cluster=user.cluster,
        tasks=[each.arn for each in chosen],
        **asked,
    )
