"""Registered instances are where their EC2 instances are: out of service while one does not run.

A key is an EC2 instance id. Nothing is ever sent to an address that its instance has left.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.ec2.records.instances import instance_of
from roadstead.ec2.records.network import NETWORK_INTERFACES
from roadstead.elb.records.instance import CLASSIC_INSTANCES, CLASSIC_INSTANCES_BY_ID
from roadstead.elb.transitions.instances import follow, is_elsewhere
from roadstead.state.plans import Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View


class FollowInstance(msgspec.Struct, frozen=True):
    """Let a registered instance be where its EC2 instance is."""

    instance_arn: str

    @property
    def reason(self) -> str:
        return "its EC2 instance came, moved or went"

    def apply(self, tx: Tx, call: Call) -> None:
        follow(tx, call, tx.must(CLASSIC_INSTANCES, self.instance_arn))


def keys(view: View) -> Iterable[str]:
    """Every EC2 instance that is registered."""
    return list(view.keys(CLASSIC_INSTANCES_BY_ID))


def affected(view: View, change: Change) -> Iterable[str]:
    """The instances whose primary interface has come, changed or gone."""
    if change.table is not NETWORK_INTERFACES:
        return ()
    found = {instance_of(change.before), instance_of(change.after)} - {""}
    return sorted(each for each in found if view.count(CLASSIC_INSTANCES_BY_ID, each))


def reconcile(view: View, key: str, now: datetime) -> Plan:  # noqa: ARG001  # every one is asked so
    """Change those registrations of the instance that are not where it is."""
    found = view.find(CLASSIC_INSTANCES_BY_ID, key)
    return Plan(tuple(FollowInstance(each.arn) for each in found if is_elsewhere(view, each)))
