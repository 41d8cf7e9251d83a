"""The steps of the retention reconciler's plans."""

import msgspec

from roadstead.ecs.transitions import events, retention
from roadstead.state.plans import Call
from roadstead.state.view import Tx


class ForgetTasks(msgspec.Struct, frozen=True):
    """Remove tasks that have been STOPPED for long enough."""

    arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"{len(self.arns)} tasks were STOPPED long ago"

    def apply(self, tx: Tx, call: Call) -> None:
        retention.forget_tasks(tx, self.arns)


class ForgetInstances(msgspec.Struct, frozen=True):
    """Remove container instances that have been INACTIVE for long enough."""

    arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"{len(self.arns)} container instances were deregistered long ago"

    def apply(self, tx: Tx, call: Call) -> None:
        retention.forget_instances(tx, self.arns)


class ForgetServices(msgspec.Struct, frozen=True):
    """Remove services that have been INACTIVE for long enough."""

    arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"{len(self.arns)} services were deleted long ago"

    def apply(self, tx: Tx, call: Call) -> None:
        retention.forget_services(tx, self.arns)


class ForgetDeployments(msgspec.Struct, frozen=True):
    """Remove service deployments that have ended long enough ago."""

    arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"{len(self.arns)} service deployments ended long ago"

    def apply(self, tx: Tx, call: Call) -> None:
        retention.forget_service_deployments(tx, self.arns)


class ForgetTokens(msgspec.Struct, frozen=True):
    """Remove client tokens that nobody repeats any more."""

    arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"{len(self.arns)} client tokens were used long ago"

    def apply(self, tx: Tx, call: Call) -> None:
        retention.forget_tokens(tx, self.arns)


class ForgetEvents(msgspec.Struct, frozen=True):
    """Remove events that were published long enough ago."""

    arns: tuple[str, ...]

    @property
    def reason(self) -> str:
        return f"the events of {len(self.arns)} commits were published long ago"

    def apply(self, tx: Tx, call: Call) -> None:
        events.forget_batches(tx, self.arns)
