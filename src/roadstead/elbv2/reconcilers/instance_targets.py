"""Targets follow their EC2 instances: unused while an instance does not run, at its address else.

A key is an EC2 instance id. Nothing is ever sent to an address that its instance has left.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.ec2.records.instances import instance_of, primary_interface
from roadstead.ec2.records.network import NETWORK_INTERFACES
from roadstead.elbv2.records.target_group import TARGETS, TARGETS_BY_ID
from roadstead.elbv2.transitions.targets import follow_instance
from roadstead.state.plans import Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View


class FollowInstance(msgspec.Struct, frozen=True):
    """Let a target be where its instance is."""

    target_arn: str
    is_running: bool

    @property
    def reason(self) -> str:
        return "its instance runs" if self.is_running else "its instance does not run any more"

    def apply(self, tx: Tx, call: Call) -> None:
        follow_instance(tx, call, tx.must(TARGETS, self.target_arn))


def keys(view: View) -> Iterable[str]:
    """Every instance that is a target."""
    return [each for each in view.keys(TARGETS_BY_ID) if each.startswith("i-")]


def affected(view: View, change: Change) -> Iterable[str]:
    """The instances whose primary interface has come, changed or gone."""
    if change.table is not NETWORK_INTERFACES:
        return ()
    found = {instance_of(change.before), instance_of(change.after)} - {""}
    return sorted(each for each in found if view.count(TARGETS_BY_ID, each))


def reconcile(view: View, key: str, now: datetime) -> Plan:  # noqa: ARG001  # every one is asked so
    """Change those targets of the instance that are not where it is."""
    interface = primary_interface(view, key)
    address = "" if interface is None else interface.private_ip_address
    return Plan(
        tuple(
            FollowInstance(each.arn, bool(address))
            for each in view.find(TARGETS_BY_ID, key)
            if (each.status == "unused") == bool(address) or (address and each.address != address)
        )
    )
