"""What a plan says besides what moves: facts that people overlook, and are sorry for later."""

from collections.abc import Iterable, Iterator, Sequence

from roadstead.control.planned import Subject
from roadstead.control.references import short
from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.task import (
    LIVE_TASKS_BY_DEFINITION,
    LIVE_TASKS_BY_INSTANCE,
    PROTECTED_TASKS,
    Task,
)
from roadstead.state.view import View

Note = dict[str, str]

NAMED_MAX = 5


def notes_before(view: View, operation: str, subject: Subject) -> list[Note]:
    """Notes on the state as it is before the change."""
    leaves = operation == "DeregisterContainerInstance"
    drains = operation == "UpdateContainerInstancesState" and (
        subject.request.get("status") == "DRAINING"
    )
    notes: list[Note] = []
    for instance in subject.instances:
        notes += _of_instance(view, instance, leaves=leaves, drains=drains)
    if operation == "DeregisterTaskDefinition" and subject.definition is not None:
        notes += _of_definition(view, subject.definition.arn, subject.services)
    if operation == "StopTask" and subject.task is not None:
        notes += _of_stop(subject.task)
    for service in subject.services:
        notes += _of_service(view, service)
    return notes


def notes_of_bystanders(services: Sequence[str]) -> list[Note]:
    """services: names of those that were not steady before, and that the change is not about."""
    if not services:
        return []
    verb = "was" if len(services) == 1 else "were"
    text = f"{names(services)} {verb} not steady before: what is shown of that happens anyway."
    return [_note("BYSTANDERS", text)]


def names(texts: Iterable[str]) -> str:
    """The first few, and how many more."""
    all_of_them = list(texts)
    shown = ", ".join(all_of_them[:NAMED_MAX])
    more = len(all_of_them) - NAMED_MAX
    return f"{shown} and {more} more" if more > 0 else shown


def counted(count: int, noun: str) -> str:
    """`1 task`, `2 tasks`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def machine(instance: ContainerInstance) -> str:
    """What people call an instance by."""
    return instance.ec2_instance_id or short(instance.arn)


def _of_instance(
    view: View, instance: ContainerInstance, *, leaves: bool, drains: bool
) -> Iterator[Note]:
    name = machine(instance)
    tasks = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
    if instance.status == "INACTIVE":
        yield _note("ALREADY_INACTIVE", f"{name} is deregistered already: nothing changes.")
        return
    if drains and instance.status == "DRAINING":
        yield _note("ALREADY_DRAINING", f"{name} is DRAINING already.")
    if leaves:
        text = f"The machine {name} is not terminated: it runs on"
        if tasks:
            text += ", and so do the containers on it, which ECS then knows nothing of"
        yield _note("MACHINE_STAYS", text + ".")
    if not instance.agent_connected and tasks and not leaves:
        yield _note(
            "AGENT_DISCONNECTED",
            f"The agent of {name} is not connected: its tasks end only once it is.",
        )
    alone = [task for task in tasks if not task.service_arn and task.desired_status == "RUNNING"]
    if alone and drains:
        yield _note(
            "STANDALONE_TASKS",
            f"{counted(len(alone), 'standalone task')} on {name}: draining moves tasks of services "
            "only. Until none is left it is not drained: "
            f"{names(short(each.arn) for each in alone)}.",
        )
    elif alone and leaves:
        yield _note(
            "STANDALONE_TASKS",
            f"{counted(len(alone), 'standalone task')} on {name}: given up, and nobody starts them "
            f"again: {names(short(each.arn) for each in alone)}.",
        )
    yield from _daemons(view, name, tasks)


def _daemons(view: View, name: str, tasks: Iterable[Task]) -> Iterator[Note]:
    found = {task.service_arn for task in tasks if task.service_arn}
    services = (view.get(SERVICES, arn) for arn in sorted(found))
    daemons = [each.name for each in services if each and each.scheduling_strategy == "DAEMON"]
    if daemons:
        yield _note(
            "DAEMON_TASKS",
            f"Daemon services have tasks on {name}, which start nowhere else: {names(daemons)}.",
        )


def _of_service(view: View, service: Service) -> Iterator[Note]:
    protected = view.find(PROTECTED_TASKS, service.arn)
    if protected:
        ids = names(short(each.arn) for each in protected)
        yield _note(
            "PROTECTED_TASKS",
            f"{counted(len(protected), 'task')} of service {service.name} with scale-in protection:"
            f" neither scale-in nor a deployment stops them while it lasts: {ids}.",
        )
    if any(each.get("type") == "random" for each in service.placement_strategy):
        yield _note(
            "RANDOM_PLACEMENT",
            f"Service {service.name} is placed at random: where its tasks go is one possibility.",
        )
    if service.status == "ACTIVE" and not service.is_steady:
        yield _note(
            "NOT_STEADY",
            f"Service {service.name} is not steady now: what it does anyway is part of this plan.",
        )


def _of_definition(view: View, arn: str, services: Iterable[Service]) -> Iterator[Note]:
    using = [f"{each.name} ({short(each.cluster_arn)})" for each in services]
    if using:
        yield _note(
            "USED_BY_SERVICES",
            f"In use by {counted(len(using), 'service')}: {names(using)}. Their tasks run on, and "
            "they go on to replace and to scale with it; nothing new can be made of it.",
        )
    alone = [task for task in view.find(LIVE_TASKS_BY_DEFINITION, arn) if not task.service_arn]
    if alone:
        yield _note(
            "USED_BY_TASKS", f"{counted(len(alone), 'standalone task')} of it: not touched."
        )
    if not using and not alone:
        yield _note("UNUSED", f"No service and no running task uses {short(arn)}.")


def _of_stop(task: Task) -> Iterator[Note]:
    if task.desired_status == "STOPPED":
        yield _note("ALREADY_STOPPING", f"It was asked to stop already: {task.stopped_reason}")
    elif not task.service_arn:
        yield _note("STANDALONE_TASKS", "It belongs to no service: nobody starts it again.")
    if task.protection_enabled:
        yield _note("PROTECTED_TASKS", "Its scale-in protection does not keep StopTask from it.")


def _note(code: str, message: str) -> Note:
    return {"code": code, "message": message}
