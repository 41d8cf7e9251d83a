"""Task sets of EXTERNAL services: created, scaled, made primary, deleted."""

from typing import TYPE_CHECKING

from roadstead.ecs.records.task_set import TASK_SETS_BY_SERVICE
from sim.deeds.services import a_service, create_task_set

if TYPE_CHECKING:
    from sim.user import User


def _scale(user: "User") -> dict[str, object]:
    return {"unit": "PERCENT", "value": user.rng.choice((0.0, 10.0, 33.3, 50.0, 100.0))}


async def change_task_sets(user: "User") -> None:
    """One of the four things that can be done to the task sets of a service."""
    service = a_service(user, "EXTERNAL")
    if service is None:
        return
    there = user.view.find(TASK_SETS_BY_SERVICE, service.arn)
    named = {"cluster": user.cluster, "service": service.name}
    kind = user.rng.randrange(4)
    if kind == 0 or not there:
        await create_task_set(user, service.name, _scale(user))
        return
    chosen = user.rng.choice(there).id
    match kind:
        case 1:
            await user.call("UpdateTaskSet", taskSet=chosen, scale=_scale(user), **named)
        case 2:
            await user.call("UpdateServicePrimaryTaskSet", primaryTaskSet=chosen, **named)
        case _:
            force = user.rng.random() < 0.7
            await user.call("DeleteTaskSet", taskSet=chosen, force=force, **named)
