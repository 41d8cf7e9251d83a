"""Draining ends in its time; targets of instances follow them."""

from typing import Any

import pytest

from balancing import a_rule, a_target, a_target_group
from given import REGION, SCOPE, a_call, given, later
from roadstead.ec2.records.network import (
    NETWORK_INTERFACES,
    InterfaceAttachment,
    NetworkInterface,
)
from roadstead.elbv2.reconcilers import draining, instance_targets
from roadstead.elbv2.reconcilers.draining import EndDraining
from roadstead.elbv2.records.target_group import TARGETS
from roadstead.state.plans import SETTLED, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx

DRAINING = a_target(status="draining", draining_until=later(60))
OF_INSTANCE = a_target("i-9", address="172.31.0.9")


def an_interface(address: str = "172.31.0.9", **fields: Any) -> NetworkInterface:
    return NetworkInterface(
        arn="eni-9",
        scope=SCOPE,
        vpc_id="vpc-1",
        zone=f"{REGION}a",
        private_ip_address=address,
        attachment=InterfaceAttachment(
            attachment_id="eni-attach-9", instance_id="i-9", status="attached", **fields
        ),
    )


def test_a_target_drains_until_its_delay_is_over() -> None:
    view = given(a_target_group(), a_rule(), DRAINING)
    assert list(draining.keys(view)) == [DRAINING.arn]
    assert draining.reconcile(view, DRAINING.arn, later(59)) == Plan((), later(60))
    assert draining.reconcile(view, DRAINING.arn, later(60)) == Plan((EndDraining(DRAINING.arn),))


def test_the_end_of_draining_settles() -> None:
    view = given(a_target_group(), a_rule(), DRAINING)
    tx = Tx(view)
    for action in draining.reconcile(tx, DRAINING.arn, later(60)).actions:
        action.apply(tx, a_call(now=later(60)))
    assert draining.reconcile(view, DRAINING.arn, later(60)) == SETTLED
    assert list(draining.keys(view)) == []


def test_only_what_drains_is_looked_at() -> None:
    view = given(a_target_group(), a_target())
    begun = Change(TARGETS, DRAINING.arn, a_target(), DRAINING)
    healthy = Change(TARGETS, DRAINING.arn, DRAINING, a_target())
    gone = Change(TARGETS, DRAINING.arn, DRAINING, None)
    found = [list(draining.affected(view, each)) for each in (begun, healthy, gone)]
    assert found == [[DRAINING.arn], [], []]


@pytest.mark.parametrize(
    ("interface", "target", "after"),
    [
        (an_interface(), OF_INSTANCE, ("healthy", "172.31.0.9")),
        (None, OF_INSTANCE, ("unused", "172.31.0.9")),
        (an_interface(device_index=1), OF_INSTANCE, ("unused", "172.31.0.9")),
        (an_interface("172.31.0.77"), OF_INSTANCE, ("initial", "172.31.0.77")),
        (
            an_interface(),
            a_target("i-9", status="unused", reason="Target.InvalidState"),
            ("initial", "172.31.0.9"),
        ),
        (None, a_target("i-9", status="draining", draining_until=later(60)), None),
        (
            an_interface("172.31.0.77"),
            a_target("i-9", address="172.31.0.9", status="draining", draining_until=later(60)),
            None,
        ),
    ],
    ids=["runs", "gone", "others only", "moved", "back", "gone, draining", "moved, draining"],
)
def test_a_target_is_where_its_instance_is(
    interface: NetworkInterface | None, target: Any, after: tuple[str, str] | None
) -> None:
    view = given(a_target_group(target_type="instance"), a_rule(), target)
    tx = Tx(view)
    if interface is not None:
        tx.put(NETWORK_INTERFACES, interface)
    assert list(instance_targets.keys(view)) == ["i-9"]
    for action in instance_targets.reconcile(tx, "i-9", later(0)).actions:
        action.apply(tx, a_call())
    found = view.get(TARGETS, target.arn)
    assert (None if found is None else (found.status, found.address)) == after
    assert instance_targets.reconcile(view, "i-9", later(0)) == SETTLED


def test_an_interface_concerns_the_targets_of_its_instance_only() -> None:
    view = given(a_target_group(target_type="instance"), OF_INSTANCE)
    came = Change(NETWORK_INTERFACES, "eni-9", None, an_interface())
    secondary = Change(NETWORK_INTERFACES, "eni-9", None, an_interface(device_index=1))
    assert list(instance_targets.affected(view, came)) == ["i-9"]
    assert list(instance_targets.affected(view, secondary)) == []
