"""The steps of Availability Zone rebalancing in a service's plan: each calls one transition."""

from datetime import datetime

import msgspec

from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.rules.rebalancing import Shift
from roadstead.ecs.transitions import rebalancing
from roadstead.state.plans import Call
from roadstead.state.view import Tx


class BeginRebalancing(msgspec.Struct, frozen=True):
    """The service is steady, and its zones differ by more than one task."""

    service_arn: str
    tasks_by_zone: dict[str, int]

    @property
    def reason(self) -> str:
        return f"its zones are not balanced: {self.tasks_by_zone}"

    def apply(self, tx: Tx, call: Call) -> None:
        service = tx.must(SERVICES, self.service_arn)
        rebalancing.begin_rebalancing(tx, call, service, self.tasks_by_zone)


class StartExtraTasks(msgspec.Struct, frozen=True):
    """Start tasks where there are few; as many go elsewhere once these are healthy."""

    service_arn: str
    shifts: dict[Shift, int]

    @property
    def reason(self) -> str:
        return "; ".join(
            f"{count} tasks are to move from {giver} to {taker}"
            for (giver, taker), count in sorted(self.shifts.items())
        )

    def apply(self, tx: Tx, call: Call) -> None:
        service = tx.must(SERVICES, self.service_arn)
        rebalancing.start_extra_tasks(tx, call, service, self.shifts)


class StopMovedTasks(msgspec.Struct, frozen=True):
    """The tasks started elsewhere are healthy."""

    service_arn: str
    task_arns: tuple[str, ...]
    stopped_reason: str

    @property
    def reason(self) -> str:
        return f"{len(self.task_arns)} tasks were replaced in another zone"

    def apply(self, tx: Tx, call: Call) -> None:
        service = tx.must(SERVICES, self.service_arn)
        rebalancing.stop_moved_tasks(tx, call, service, self.task_arns, reason=self.stopped_reason)


class CompleteRebalancing(msgspec.Struct, frozen=True):
    """The zones are balanced again."""

    service_arn: str
    tasks_by_zone: dict[str, int]

    @property
    def reason(self) -> str:
        return f"its zones are balanced: {self.tasks_by_zone}"

    def apply(self, tx: Tx, call: Call) -> None:
        service = tx.must(SERVICES, self.service_arn)
        rebalancing.complete_rebalancing(tx, call, service, self.tasks_by_zone)


class StopRebalancing(msgspec.Struct, frozen=True):
    """The service has something else to do, or its tasks cannot be moved."""

    service_arn: str
    why: str
    retry_at: datetime | None = None

    @property
    def reason(self) -> str:
        return f"rebalancing ends: {self.why}"

    def apply(self, tx: Tx, call: Call) -> None:
        service = tx.must(SERVICES, self.service_arn)
        rebalancing.stop_rebalancing(tx, call, service, self.retry_at)


class AnnounceFullZone(msgspec.Struct, frozen=True):
    """A zone with too few tasks has no place for one."""

    service_arn: str
    zone: str
    cause: str

    @property
    def reason(self) -> str:
        return f"no instance of {self.zone} can take a task: {self.cause}"

    def apply(self, tx: Tx, call: Call) -> None:
        service = tx.must(SERVICES, self.service_arn)
        rebalancing.note_full_zone(tx, call, service, self.zone, self.cause)


class AnnounceStuck(msgspec.Struct, frozen=True):
    """Protected tasks are in the zones that have too many."""

    service_arn: str
    count: int

    @property
    def reason(self) -> str:
        return f"{self.count} tasks would be moved if they were not protected"

    def apply(self, tx: Tx, call: Call) -> None:
        rebalancing.note_stuck(tx, call, tx.must(SERVICES, self.service_arn), self.count)
