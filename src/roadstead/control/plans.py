"""PlanChange: what an operation would bring about, found out by rehearsing it."""

from collections.abc import Callable
from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.control.plan_notes import notes_before
from roadstead.control.plan_view import plan_view
from roadstead.control.planned import Refused, Subject, carry_out, subject_of, told_failures
from roadstead.control.rehearsal.journal import Journal
from roadstead.control.rehearsal.stage import Bounds, Stage, rehearsal
from roadstead.control.rehearsal.tasks import START_SECONDS, STOP_SECONDS, Assumptions
from roadstead.ecs.reconcilers.service import scheduler
from roadstead.ecs.reconcilers.service.rebalancing import is_to_be_balanced, next_comparison
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    LISTED_CONTAINER_INSTANCES,
)
from roadstead.ecs.records.service import LISTED_SERVICES, SERVICES, Service
from roadstead.ecs.records.service_tasks import TASKS_BY_STANDING, Standing, standing_key
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE
from roadstead.ecs.records.task_interface import INTERFACES_UNDER_WAY
from roadstead.ecs.records.tuning import tuning
from roadstead.elbv2.records.target_group import DRAINING_TARGETS, TARGETS
from roadstead.state.plans import Call
from roadstead.state.records import Change
from roadstead.state.view import View

WORK_SECONDS_MAX = 0.2
"""Of real time, in which the server does nothing else; taking it back takes less than as much."""
_NOT_THERE_YET: tuple[Standing, ...] = ("PENDING", "CHECKING")


def plan_change(
    view: View, call: Call, request: dict[str, Any], monotonic: Callable[[], float]
) -> dict[str, Any]:
    """What would happen if the operation were called now; nothing is changed.

    A refusal by the operation is the plan's answer, not an error.
    monotonic: seconds of real time, for the bound on the work.
    Raises: InvalidParameterException, ClusterNotFoundException, ServiceNotFoundException for a
        request that names what is not there; ValidationException for one that is malformed.
    Source: ADR-0021
    """
    operation = request["operation"]
    subject = subject_of(view, call, operation, request.get("request") or {})
    given = request.get("assumptions") or {}
    assumptions = Assumptions(
        start_seconds=given.get("startSeconds", START_SECONDS),
        stop_seconds=given.get("stopSeconds", STOP_SECONDS),
    )
    until = monotonic() + WORK_SECONDS_MAX
    bounds = Bounds(is_late=lambda: monotonic() >= until)
    journal = Journal()
    notes = notes_before(view, operation, subject)
    with rehearsal(view, call, journal, assumptions, bounds) as stage:
        for service in subject.services:
            journal.watch(view, service.arn, call.now)
        refusal: ApiError | Refused | None = None
        try:
            response = stage.act(lambda tx, own: carry_out(tx, own, operation, subject.request))
            if failures := told_failures(response):
                notes.append({"code": "FAILURES", "message": f"Not all of it: {failures}."})
        except (ApiError, Refused) as refused:
            refusal = refused
        end = None
        if refusal is None:
            set_the_scene(view, stage, subject)
            end = stage.play()
            journal.finish(stage.now)
        return plan_view(
            view,
            operation=operation,
            subject=subject,
            refusal=refusal,
            stage=stage,
            journal=journal,
            end=end,
            notes=notes,
            assumptions=assumptions,
        )


def set_the_scene(view: View, stage: Stage, subject: Subject) -> None:
    """Let what is under way in the cluster go on: it competes for the same room."""
    for instance in subject.instances:
        for task in view.find(LIVE_TASKS_BY_INSTANCE, instance.arn):
            stage.expect(task)
    if subject.cluster is None:
        return
    for target in view.find(DRAINING_TARGETS, "all"):
        stage.look_at(Change(TARGETS, target.arn, target, target))
    for task in view.find(INTERFACES_UNDER_WAY, subject.cluster.arn):
        stage.expect(task)
    if tuning(view).dead_host_grace_seconds:
        for instance in view.find(LISTED_CONTAINER_INSTANCES, subject.cluster.arn):
            if not instance.agent_connected:
                stage.look_at(Change(CONTAINER_INSTANCES, instance.arn, instance, instance))
    for service in list(view.walk(LISTED_SERVICES, subject.cluster.arn)):
        if service.is_steady and is_to_be_balanced(view, service):
            stage.wake(scheduler, service.arn, next_comparison(service, stage.now))
        if is_moving(service):
            stage.look_at(Change(SERVICES, service.arn, service, service))
            for deployment in service.deployments:
                for where in _NOT_THERE_YET:
                    for task in view.find(TASKS_BY_STANDING, standing_key(deployment.id, where)):
                        stage.expect(task)


def is_moving(service: Service) -> bool:
    """Whether the scheduler is not done with the service."""
    return not service.is_steady or any(
        each.rollout_state == "IN_PROGRESS" for each in service.deployments
    )
