"""The steps of a service deployment reconciler's plan: each calls one transition."""

import msgspec

from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.rules.deployment.rollback_reasons import Failure
from roadstead.ecs.rules.deployment.stages import Stage
from roadstead.ecs.transitions import (
    deployment_course,
    deployment_failures,
    deployments,
    service_deployments,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx


class AdoptDeployment(msgspec.Struct, frozen=True):
    """A deployment began when deployments had no records yet; this one gets its own."""

    service_arn: str

    @property
    def reason(self) -> str:
        return "the deployment has no record"

    def apply(self, tx: Tx, call: Call) -> None:
        deployments.adopt_deployment(tx, call, _service(tx, self.service_arn))


class BeginDeployment(msgspec.Struct, frozen=True):
    """A deployment that is PENDING begins."""

    service_arn: str

    @property
    def reason(self) -> str:
        return "the deployment is PENDING"

    def apply(self, tx: Tx, call: Call) -> None:
        deployment_course.begin_deployment(tx, call, _service(tx, self.service_arn))


class EnterStages(msgspec.Struct, frozen=True):
    """Nothing keeps the deployment from these stages."""

    service_arn: str
    stages: tuple[Stage, ...]

    @property
    def reason(self) -> str:
        return f"nothing is left to wait for before {self.stages[-1].name}"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        deployment_course.enter_stages(tx, call, service, self.stages)


class FinishDeployment(msgspec.Struct, frozen=True):
    """The deployment has passed its last stage, or what it went back to is there."""

    service_arn: str
    keeps_older: bool = False
    """Older tasks go later."""

    @property
    def reason(self) -> str:
        return "the deployment has passed its last stage"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        deployments.complete_deployment(tx, call, service, keeps_older=self.keeps_older)


class FailDeployment(msgspec.Struct, frozen=True):
    """The deployment is given up, and taken back if that is wanted and possible."""

    service_arn: str
    failure: Failure
    rolls_back: bool

    @property
    def reason(self) -> str:
        return f"the deployment has failed: {self.failure.cause}"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        deployment_course.fail_deployment(
            tx, call, service, self.failure, rolls_back=self.rolls_back
        )


class FailRollback(msgspec.Struct, frozen=True):
    """What the deployment went back to has failed as well."""

    service_arn: str
    failure: Failure

    @property
    def reason(self) -> str:
        return f"the rollback has failed: {self.failure.cause}"

    def apply(self, tx: Tx, call: Call) -> None:
        deployment_course.fail_rollback(tx, call, _service(tx, self.service_arn), self.failure)


class TimeOutHooks(msgspec.Struct, frozen=True):
    """Nobody has said in time how to go on."""

    deployment_arn: str
    hook_ids: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"{len(self.hook_ids)} hooks have waited for too long"

    def apply(self, tx: Tx, call: Call) -> None:
        record = tx.must(SERVICE_DEPLOYMENTS, self.deployment_arn)
        for hook_id in self.hook_ids:
            record = service_deployments.end_hook(tx, call, record, hook_id, "TIMED_OUT")


class FinishStop(msgspec.Struct, frozen=True):
    """A deployment that was to stop is under way no more."""

    service_arn: str
    deployment_arn: str

    @property
    def reason(self) -> str:
        return "the deployment was to stop"

    def apply(self, tx: Tx, call: Call) -> None:
        record = tx.must(SERVICE_DEPLOYMENTS, self.deployment_arn)
        service_deployments.finish_stop(tx, call, record, _service(tx, self.service_arn))


class StopForDeletion(msgspec.Struct, frozen=True):
    """The service of a deployment under way was deleted."""

    service_arn: str

    @property
    def reason(self) -> str:
        return "the service was deleted"

    def apply(self, tx: Tx, call: Call) -> None:
        deployment_course.stop_for_deletion(tx, call, _service(tx, self.service_arn))


class ResetFailedTasks(msgspec.Struct, frozen=True):
    """A task has become healthy since the last one failed."""

    service_arn: str
    deployment_id: str

    @property
    def reason(self) -> str:
        return f"a task of {self.deployment_id} became healthy"

    def apply(self, tx: Tx, call: Call) -> None:
        service = _service(tx, self.service_arn)
        deployment_failures.reset_failed_tasks(tx, call, service, self.deployment_id)


def _service(tx: Tx, service_arn: str) -> Service:
    """The service, which the plan was made for in this very update."""
    return tx.must(SERVICES, service_arn)
