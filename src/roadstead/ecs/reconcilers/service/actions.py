"""The steps of a service reconciler's plan: each calls one transition."""

import msgspec

from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.transitions import (
    deployment_failures,
    deployments,
    service_notes,
    service_tasks,
    services,
    task_protection,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx


class StartTasks(msgspec.Struct, frozen=True):
    """Start tasks of a deployment that wants more, as many as find a place."""

    service_arn: str
    deployment_id: str
    count: int
    unhealthy: int = 0
    """How many of them replace unhealthy tasks."""

    @property
    def reason(self) -> str:
        return f"{self.count} tasks are missing of {self.deployment_id}"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        service_tasks.start_service_tasks(
            tx,
            call,
            service,
            self.count,
            unhealthy=self.unhealthy,
            deployment_id=self.deployment_id,
        )


class RestoreTasks(msgspec.Struct, frozen=True):
    """Start tasks of a former deployment, to hold the minimum until the PRIMARY one serves."""

    service_arn: str
    deployment_id: str
    count: int

    @property
    def reason(self) -> str:
        return f"{self.count} tasks are missing to the minimum, and {self.deployment_id} had more"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        for deployment in service.deployments:
            if deployment.id == self.deployment_id:
                service_tasks.restore_service_tasks(tx, call, service, deployment, self.count)


class StopTasks(msgspec.Struct, frozen=True):
    """Stop tasks that the service has too many of, or that must make way."""

    service_arn: str
    task_arns: tuple[str, ...]
    stopped_reason: str

    @property
    def reason(self) -> str:
        return f"{len(self.task_arns)} tasks must go: {self.stopped_reason}"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        service_tasks.stop_service_tasks(
            tx, call, service, self.task_arns, reason=self.stopped_reason
        )


class EndProtection(msgspec.Struct, frozen=True):
    """Clear the scale-in protection of tasks for which it has expired."""

    service_arn: str
    task_arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"the protection of {len(self.task_arns)} tasks has expired"

    def apply(self, tx: Tx, call: Call) -> None:
        for arn in self.task_arns:
            task_protection.end_protection(tx, tx.must(TASKS, arn))


class AnnounceProtected(msgspec.Struct, frozen=True):
    """Protected tasks keep a deployment from stopping what it has too many of."""

    service_arn: str
    deployment_id: str
    count: int

    @property
    def reason(self) -> str:
        return f"{self.count} tasks would be stopped if they were not protected"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        service_notes.note_protected(tx, call, service, self.deployment_id, self.count)


class StopUnhealthyTasks(msgspec.Struct, frozen=True):
    """Stop tasks that failed health checks, of a container or a load balancer."""

    service_arn: str
    task_arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"{len(self.task_arns)} tasks failed health checks"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        service_tasks.stop_unhealthy_tasks(tx, call, service, self.task_arns)


class CountFailedStarts(msgspec.Struct, frozen=True):
    """Take note of tasks that never reached RUNNING; the next try waits."""

    service_arn: str
    deployment_id: str

    @property
    def reason(self) -> str:
        return f"tasks of {self.deployment_id} never reached RUNNING"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        deployment_failures.count_failed_starts(tx, call, service, self.deployment_id)


class ForgiveFailures(msgspec.Struct, frozen=True):
    """A task has reached RUNNING since the last failure: no more waiting."""

    service_arn: str
    deployment_id: str

    @property
    def reason(self) -> str:
        return f"a task of {self.deployment_id} reached RUNNING"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        deployment_failures.forgive_failures(tx, call, service, self.deployment_id)


class DropDeployments(msgspec.Struct, frozen=True):
    """Remove older deployments that have no task left."""

    service_arn: str
    deployment_ids: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"no task is left of {', '.join(self.deployment_ids)}"

    def apply(self, tx: Tx, call: Call) -> None:
        deployments.drop_deployments(tx, _service(tx, self.service_arn), self.deployment_ids)


class CompleteDeployment(msgspec.Struct, frozen=True):
    """The PRIMARY deployment is COMPLETED."""

    service_arn: str
    deployment_id: str

    @property
    def reason(self) -> str:
        return f"{self.deployment_id} has all its tasks, healthy, and no other has any"

    def apply(self, tx: Tx, call: Call) -> None:
        deployments.complete_deployment(tx, call, _service(tx, self.service_arn))


class AnnounceSteady(msgspec.Struct, frozen=True):
    """The service reached a steady state, or has been in it for hours."""

    service_arn: str

    @property
    def reason(self) -> str:
        return "nothing is left to do"

    def apply(self, tx: Tx, call: Call) -> None:
        service_notes.note_steady(tx, call, _service(tx, self.service_arn))


class AnnounceBlocked(msgspec.Struct, frozen=True):
    """The service's percentages allow nothing."""

    service_arn: str

    @property
    def reason(self) -> str:
        return "the percentages allow neither to stop nor to start a task"

    def apply(self, tx: Tx, call: Call) -> None:
        service_notes.note_blocked(tx, call, _service(tx, self.service_arn))


class AnnounceWaiting(msgspec.Struct, frozen=True):
    """There is still no place for the next task, for another cause or for hours."""

    service_arn: str
    cause: str
    closest_id: str
    deployment_id: str = ""
    """Of the fleet that waits, if it is one of several."""

    @property
    def reason(self) -> str:
        return f"no container instance can take a task: {self.cause}"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        service_notes.note_waiting(
            tx, call, service, self.cause, self.closest_id, deployment_id=self.deployment_id
        )


class StopWaiting(msgspec.Struct, frozen=True):
    """The service, or one of its fleets, misses no task any more."""

    service_arn: str
    deployment_id: str = ""
    """Of the fleet that waited, if it is one of several."""

    @property
    def reason(self) -> str:
        return "no task is missing"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        service_notes.note_not_waiting(tx, service, deployment_id=self.deployment_id)


class FinishDeletion(msgspec.Struct, frozen=True):
    """The deleted service has no task left that was not asked to stop."""

    service_arn: str

    @property
    def reason(self) -> str:
        return "its tasks ended or are ending"

    def apply(self, tx: Tx, call: Call) -> None:
        services.finish_deletion(tx, call, _service(tx, self.service_arn))


def _service(tx: Tx, service_arn: str) -> Service:
    """The service, which the plan was made for in this very update."""
    return tx.must(SERVICES, service_arn)
