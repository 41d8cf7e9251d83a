"""Targets that drain are gone once their delay is over.

A key is a target.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.elbv2.records.target_group import DRAINING_TARGETS, TARGETS
from roadstead.elbv2.transitions.targets import end_draining
from roadstead.state.plans import SETTLED, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View


class EndDraining(msgspec.Struct, frozen=True):
    """Remove a target whose delay is over."""

    target_arn: str

    @property
    def reason(self) -> str:
        return "the deregistration delay is over"

    def apply(self, tx: Tx, call: Call) -> None:
        end_draining(tx, call, tx.must(TARGETS, self.target_arn))


def keys(view: View) -> Iterable[str]:
    """All targets that drain."""
    return [each.arn for each in view.find(DRAINING_TARGETS, "all")]


def affected(view: View, change: Change) -> Iterable[str]:  # noqa: ARG001  # every one is asked so
    """A target that has begun to drain."""
    if change.table is not TARGETS or change.after is None or change.after.status != "draining":
        return ()
    return (change.arn,)


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Remove the target in its time, or say when that is."""
    target = view.get(TARGETS, key)
    if target is None or target.status != "draining" or target.draining_until is None:
        return SETTLED
    if target.draining_until > now:
        return Plan((), target.draining_until)
    return Plan((EndDraining(key),))
