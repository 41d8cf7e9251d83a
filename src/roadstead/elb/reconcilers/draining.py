"""Instances that drain are gone once their time is over.

A key is an instance of a Classic load balancer.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.elb.records.instance import CLASSIC_INSTANCES, DRAINING_CLASSIC_INSTANCES
from roadstead.elb.transitions.instances import end_draining
from roadstead.state.plans import SETTLED, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View


class EndDraining(msgspec.Struct, frozen=True):
    """Remove an instance whose time is over."""

    instance_arn: str

    @property
    def reason(self) -> str:
        return "the connection draining timeout is over"

    def apply(self, tx: Tx, call: Call) -> None:
        end_draining(tx, call, tx.must(CLASSIC_INSTANCES, self.instance_arn))


def keys(view: View) -> Iterable[str]:
    """All instances that drain."""
    return [each.arn for each in view.find(DRAINING_CLASSIC_INSTANCES, "all")]


def affected(view: View, change: Change) -> Iterable[str]:  # noqa: ARG001  # every one is asked so
    """An instance that has begun to drain."""
    if change.table is not CLASSIC_INSTANCES or change.after is None:
        return ()
    return (change.arn,) if change.after.draining_until is not None else ()


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Remove the instance in its time, or say when that is."""
    instance = view.get(CLASSIC_INSTANCES, key)
    if instance is None or instance.draining_until is None:
        return SETTLED
    if instance.draining_until > now:
        return Plan((), instance.draining_until)
    return Plan((EndDraining(key),))
