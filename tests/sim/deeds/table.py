"""Every deed, and how often it is done."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from sim.deeds import (
    deployments,
    instances,
    load_balancers,
    reading,
    revisions,
    services,
    task_sets,
    tasks,
)

if TYPE_CHECKING:
    from sim.user import User

DEEDS: dict[Callable[["User"], Awaitable[None]], int] = {
    services.create_service: 4,
    services.scale: 5,
    services.deploy: 4,
    services.configure: 2,
    services.delete_service: 1,
    load_balancers.change_front: 2,
    deployments.stop_deployment: 1,
    deployments.answer_hook: 3,
    task_sets.change_task_sets: 3,
    tasks.run_tasks: 3,
    tasks.start_task: 1,
    tasks.stop_task: 3,
    tasks.protect_tasks: 2,
    instances.drain: 2,
    instances.end_drain: 3,
    instances.deregister_instance: 1,
    instances.label_instance: 2,
    revisions.register_revision: 2,
    revisions.deregister_revision: 1,
    revisions.delete_revisions: 1,
    revisions.push_image: 2,
    reading.look_around: 1,
    reading.look_at_deployments: 1,
    reading.ask_for_a_plan: 1,
}
