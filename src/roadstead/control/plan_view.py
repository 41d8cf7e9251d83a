"""A rehearsal as PlanChange answers it; asked while the stage still stands."""

from collections.abc import Iterable
from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.control.placement_view import machine_of, named_instance
from roadstead.control.plan_hints import hint_for
from roadstead.control.plan_notes import Note, names, notes_of_bystanders
from roadstead.control.planned import Refused, Subject
from roadstead.control.rehearsal.identities import without_new_ids
from roadstead.control.rehearsal.journal import Journal, Movement, Watched
from roadstead.control.rehearsal.stage import End, Stage
from roadstead.control.rehearsal.tasks import Assumptions
from roadstead.control.service_state import state_of_service
from roadstead.control.traffic_notes import notes_of_drains
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS
from roadstead.ecs.records.tuning import tuning
from roadstead.state.view import View

STEPS_SHOWN_MAX = 200
TASKS_NAMED_MAX = 10
INSTANCES_NAMED_MAX = 50
_WORST_FIRST = ("BLOCKED", "WAITS_FOR_ROOM", "WAITS", "IN_PROGRESS", "SETTLED")
_CUT = {
    "TIME": "it moves on after the longest time that a plan looks ahead",
    "STEPS": "it takes more steps than a plan may",
    "WORK": "working it out took as long as it may",
}


def plan_view(
    view: View,
    *,
    operation: str,
    subject: Subject,
    refusal: ApiError | Refused | None,
    stage: Stage,
    journal: Journal,
    end: End | None,
    notes: list[Note],
    assumptions: Assumptions,
) -> dict[str, Any]:
    """Shape: PlanChangeResponse"""
    answer: dict[str, Any] = {
        "operation": operation,
        "request": subject.request,
        "outcome": "REFUSED",
        "assumptions": {
            "startSeconds": assumptions.start_seconds,
            "stopSeconds": assumptions.stop_seconds,
            "healthyAfterSeconds": tuning(view).healthy_after_running_seconds,
        },
        "services": [],
        "standaloneTasks": [],
        "containerInstances": [],
        "steps": [],
        "stepsOmitted": 0,
        "notes": notes,
    }
    if refusal is not None:
        answer["refusal"] = {"code": refusal.code, "message": refusal.message}
        hint = hint_for(view, operation, subject)
        if hint:
            answer["refusal"]["hint"] = hint
        answer["outcomeReason"] = refusal.message
        answer["notes"] = []  # they are about what will not happen
        return answer
    services = _services(view, stage, journal, subject)
    bystanders = [each["serviceName"] for each in services if each["bystander"]]
    answer["notes"] = [
        *notes,
        *notes_of_drains(journal.drains),
        *notes_of_bystanders(bystanders),
    ]
    steps = _steps(view, stage, journal)
    answer |= {
        "services": services,
        "standaloneTasks": _standalone(view, subject, journal),
        "containerInstances": _instances(view, stage, subject, journal),
        "steps": steps[:STEPS_SHOWN_MAX],
        "stepsOmitted": max(0, len(steps) - STEPS_SHOWN_MAX),
        "lastStepAtSeconds": steps[-1]["atSeconds"] if steps else 0.0,
    }
    answer["outcome"], answer["outcomeReason"] = _outcome(
        [each for each in services if not each["bystander"]], end
    )
    return answer


def _outcome(services: list[dict[str, Any]], end: End | None) -> tuple[str, str]:
    """services: those that the change is about, and those whose rest it disturbs."""
    if end in _CUT and not (end == "TIME" and all(map(_is_at_rest, services))):
        return "CUT_OFF", f"The plan is not complete: {_CUT[str(end)]}."
    for outcome in _WORST_FIRST[:-1]:
        found = [each for each in services if each["outcome"] == outcome]
        if found:
            return outcome, " ".join(dict.fromkeys(each["outcomeReason"] for each in found[:3]))
    if not any(each["movements"] for each in services):
        return "SETTLED", "No task of a service moves."
    which = names(each["serviceName"] for each in services)
    return "SETTLED", f"Every service comes to rest: {which}."


def _is_at_rest(service: dict[str, Any]) -> bool:
    return bool(service["outcome"] == "SETTLED")


def _services(view: View, stage: Stage, journal: Journal, subject: Subject) -> list[dict[str, Any]]:
    moved: dict[str, list[Movement]] = {}
    for movement in journal.movements:
        if movement.service_arn:
            moved.setdefault(movement.service_arn, []).append(movement)
    about = {each.arn for each in subject.services}
    shown = []
    for arn, watched in journal.services.items():
        movements = moved.get(arn, [])
        if movements or arn in about:
            found = _service(view, stage, arn, watched, movements)
            found["bystander"] = arn not in about and not watched.before.is_steady
            shown.append(found)
    return sorted(shown, key=lambda each: str(each["serviceName"]))


def _service(
    view: View, stage: Stage, arn: str, watched: Watched, movements: list[Movement]
) -> dict[str, Any]:
    service = view.must(SERVICES, arn)
    state = state_of_service(view, service)
    shown: dict[str, Any] = {
        "serviceArn": arn,
        "serviceName": service.name,
        "status": service.status,
        "desiredCountBefore": watched.before.desired_count,
        "desiredCount": service.desired_count,
        "taskDefinition": service.task_definition_arn,
        "minimumHealthy": watched.minimum,
        "healthyBefore": watched.healthy_before,
        "healthyLowest": watched.healthy_lowest,
        "healthyAfter": watched.healthy,
        "belowMinimumSeconds": watched.below.total_seconds(),
        "outcome": state.outcome,
        "outcomeReason": state.reason,
        "movements": _by_instance(view, movements),
    }
    if watched.first_below is not None:
        shown["belowMinimumAtSeconds"] = (watched.first_below - stage.began).total_seconds()
    if watched.steady_at is not None:
        shown["steadyAtSeconds"] = (watched.steady_at - stage.began).total_seconds()
    if state.no_place is not None:
        shown["noPlace"] = state.no_place
    return shown


def _by_instance(view: View, movements: Iterable[Movement]) -> list[dict[str, Any]]:
    """How many tasks of a service start and end on each instance."""
    rows: dict[str, dict[str, Any]] = {}
    for each in movements:
        row = rows.setdefault(
            each.container_instance_arn,
            {
                **named_instance(view, each.container_instance_arn),
                "started": 0,
                "stopped": 0,
                "orphaned": 0,
            },
        )
        row[each.kind.lower()] += 1
    return sorted(rows.values(), key=lambda row: (row["started"] > 0, row["containerInstanceArn"]))


def _steps(view: View, stage: Stage, journal: Journal) -> list[dict[str, Any]]:
    """What moves, in order: tasks that move alike at one moment are one step."""
    steps: list[dict[str, Any]] = []
    last: tuple[Any, ...] = ()
    for each in journal.movements:
        key = (each.at, each.kind, each.service_arn, each.reason)
        if key != last:
            steps.append(_step(view, stage, each))
            last = key
        step = steps[-1]
        step["taskCount"] += 1
        if each.kind != "STARTED" and len(step["taskArns"]) < TASKS_NAMED_MAX:
            step["taskArns"].append(each.task_arn)
        where = machine_of(view, each.container_instance_arn)
        if where not in step["machines"] and len(step["machines"]) < INSTANCES_NAMED_MAX:
            step["machines"].append(where)
    return steps


def _step(view: View, stage: Stage, movement: Movement) -> dict[str, Any]:
    service = view.get(SERVICES, movement.service_arn)
    step: dict[str, Any] = {
        "atSeconds": (movement.at - stage.began).total_seconds(),
        "kind": movement.kind,
        "taskCount": 0,
        "taskArns": [],
        "machines": [],
        "taskDefinition": movement.task_definition_arn,
    }
    if service is not None:
        step["serviceName"] = service.name
    if movement.reason:
        step["reason"] = without_new_ids(movement.reason)
    return step


def _standalone(view: View, subject: Subject, journal: Journal) -> list[dict[str, Any]]:
    """Tasks without a service, and what becomes of them; nobody starts them again."""
    fates = {each.task_arn: each.kind for each in journal.movements if not each.service_arn}
    here = {
        task.arn: None
        for instance in subject.instances
        for task in view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
        if not task.service_arn and task.desired_status == "RUNNING"
    }
    shown = []
    for arn in {**here, **fates}:
        task = view.must(TASKS, arn)
        fate = fates.get(arn, "RUNS_ON")
        one = {
            "group": task.group,
            "taskDefinition": task.task_definition_arn,
            "fate": fate,
            **named_instance(view, task.container_instance_arn),
        }
        if fate != "STARTED":
            one["taskArn"] = arn
        shown.append(one)
    return shown


def _instances(
    view: View, stage: Stage, subject: Subject, journal: Journal
) -> list[dict[str, Any]]:
    shown = []
    for before in subject.instances:
        after = view.must(CONTAINER_INSTANCES, before.arn)
        left = view.find(LIVE_TASKS_BY_INSTANCE, before.arn)
        one = {
            **named_instance(view, before.arn),
            "statusBefore": before.status,
            "status": after.status,
            "tasksLeft": len(left),
            "standaloneTasksLeft": sum(not task.service_arn for task in left),
        }
        emptied = journal.emptied.get(before.arn)
        if emptied is not None and not left:
            one["emptyAtSeconds"] = (emptied - stage.began).total_seconds()
        shown.append(one)
    return shown
