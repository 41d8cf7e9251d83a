"""What leads to tasks, as an onlooker sees it: whether it can, and what must be so in the end."""

from collections.abc import Iterator
from typing import Any, Protocol

from roadstead.ec2.records.network import NETWORK_INTERFACES
from roadstead.ecs.records.task import TASKS, TASKS_BY_TARGET, Task, target_key
from roadstead.ecs.records.task_interface import TASKS_WITH_INTERFACE
from roadstead.elbv2.records.load_balancer import RULES, RULES_BY_TARGET_GROUP
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TARGETS, Target
from roadstead.state.view import View

HELD = ("REGISTERED", "DRAINING")


class Fronted(Protocol):
    """A service, a revision or a task set."""

    @property
    def load_balancers(self) -> tuple[dict[str, Any], ...]: ...


def has_broken_front(view: View, fronted: Fronted | None) -> bool:
    """Whether somebody deleted what should lead there: its tasks never get healthy."""
    return fronted is not None and any(_is_broken(view, each) for each in fronted.load_balancers)


def _is_broken(view: View, entry: dict[str, Any]) -> bool:
    group = entry["targetGroupArn"]
    advanced = entry.get("advancedConfiguration")
    if advanced is None:
        return not view.count(RULES_BY_TARGET_GROUP, group)
    rules = [advanced["productionListenerRule"], advanced.get("testListenerRule", "")]
    return (
        view.get(TARGET_GROUPS, group) is None
        or view.get(TARGET_GROUPS, advanced["alternateTargetGroupArn"]) is None
        or any(view.get(RULES, each) is None for each in rules if each)
    )


def holders(view: View, target_arn: str) -> list[Task]:
    """The tasks that are registered at a target, or drain there."""
    return [
        task
        for task in view.find(TASKS_BY_TARGET, target_arn)
        if any(each.state in HELD and target_key(each) == target_arn for each in task.targets)
    ]


def networks_unsettled(view: View) -> Iterator[str]:
    """In the end only what runs has interfaces and targets; and targets are as healthy."""
    for eni in view.all(NETWORK_INTERFACES):
        if eni.requester_id != "amazon-ecs":
            continue
        tasks = view.find(TASKS_WITH_INTERFACE, eni.network_interface_id)
        if not any(each.last_status == "RUNNING" for each in tasks):
            yield f"{eni.network_interface_id} ({eni.status}) is left of {_told(tasks)}"
    for target in view.all(TARGETS):
        yield from _target(view, target)
    for task in view.all(TASKS):
        if task.last_status == "RUNNING" and task.desired_status == "RUNNING":
            for each in task.targets:
                if each.state != "REGISTERED" or view.get(TARGETS, target_key(each)) is None:
                    yield f"{task.arn} runs and is not registered: {each}"


def _target(view: View, target: Target) -> Iterator[str]:
    tasks = holders(view, target.arn)
    if not any(each.last_status == "RUNNING" for each in tasks):
        yield f"{target.arn} ({target.status}) is left of {_told(tasks)}"
    elif target.status in ("initial", "unused"):
        yield f"{target.arn} is {target.status}"
    elif target.status == "unhealthy" and not any(
        each.target_health == "UNHEALTHY" for each in tasks
    ):
        yield f"{target.arn} is unhealthy, and its task does not know"
    elif target.status == "healthy" and len(tasks) > 1:
        yield f"{target.arn} is that of {_told(tasks)}"


def _told(tasks: list[Task]) -> str:
    return ", ".join(f"{each.arn} {each.last_status}" for each in tasks) or "nobody"
