"""Service deployments: stopped, and their hooks answered."""

from typing import TYPE_CHECKING

from roadstead.ecs.records.service_deployment import (
    FINAL_STATUSES,
    SERVICE_DEPLOYMENTS,
    HookRun,
    ServiceDeployment,
)

if TYPE_CHECKING:
    from sim.user import User


def under_way(user: "User") -> list[ServiceDeployment]:
    found = [
        each for each in user.view.all(SERVICE_DEPLOYMENTS) if each.status not in FINAL_STATUSES
    ]
    return sorted(found, key=lambda each: each.arn)


def awaited_hooks(user: "User") -> list[tuple[ServiceDeployment, HookRun]]:
    """Hooks that wait for an answer."""
    return [
        (record, hook)
        for record in under_way(user)
        if record.status == "IN_PROGRESS"
        for hook in record.hooks
        if hook.status == "AWAITING_ACTION"
    ]


async def stop_deployment(user: "User") -> None:
    if found := under_way(user):
        chosen = user.rng.choice(found)
        await user.call("StopServiceDeployment", serviceDeploymentArn=chosen.arn)


async def answer_hook(user: "User") -> None:
    if found := awaited_hooks(user):
        record, hook = user.rng.choice(found)
        action = user.rng.choice(("CONTINUE", "CONTINUE", "ROLLBACK"))
        await answer(user, record, hook, action)


async def answer(user: "User", record: ServiceDeployment, hook: HookRun, action: str) -> None:
    await user.call(
        "ContinueServiceDeployment",
        serviceDeploymentArn=record.arn,
        hookId=hook.hook_id,
        action=action,
    )
