"""What an interface has on a machine, decided from what was told."""

from ipaddress import IPv4Network
from typing import Any

import msgspec
import pytest

from given import NOW
from roadstead.control.fabric_items import AttachmentItem, InterfaceItem
from roadstead.host import devices
from roadstead.host.devices import Device
from roadstead.host.presence import (
    ABSENT,
    BalancerAddress,
    InterfaceReport,
    Presence,
    needs_network,
    presence_of,
)
from roadstead.host.records import Instance, State
from roadstead.host.ruleset import Network, Seat

NETWORKS = {"vpc-1": Network("rsbr-1", IPv4Network("172.31.0.0/16"), "172.31.0.2")}
SEAT = Seat("172.31.1.1", ("sg-1",))


def an_instance(state: State = "running") -> Instance:
    return Instance(
        instance_id="i-1", state=state, instance_type="t3.medium", cpu_units=1, memory_mib=1,
        cluster="default", zone="us-east-1a", subnet_id="subnet-1", eni_id="eni-0",
        mac="02:00:00:00:00:01", address="172.31.0.10", launched_at=NOW, state_changed_at=NOW,
    )  # fmt: skip


def an_item(status: str = "attaching", index: int = 1, **fields: Any) -> InterfaceItem:
    attachment = AttachmentItem(
        attachment_id="eni-attach-1", instance_id="i-1", device_index=index, status=status
    )
    return InterfaceItem(
        **{
            "network_interface_id": "eni-0123456789abcdef0",
            "vpc_id": "vpc-1",
            "subnet_id": "subnet-1",
            "mac_address": "02:00:00:00:00:02",
            "private_ip_address": "172.31.1.1",
            "groups": ("sg-1",),
            "is_managed": True,
            "attachment": attachment if status else None,
            **fields,
        }
    )


DEVICE = Device(
    interface_id="eni-0123456789abcdef0",
    attachment_id="eni-attach-1",
    mac="02:00:00:00:00:02",
    address="172.31.1.1",
    namespace="rs-i-1",
    bridge="rsbr-1",
)


def report(state: Any, reason: str = "") -> InterfaceReport:
    return InterfaceReport(
        network_interface_id="eni-0123456789abcdef0",
        attachment_id="eni-attach-1",
        state=state,
        reason=reason,
    )


def present(item: InterfaceItem | None, state: State | None = "running") -> Presence:
    instances = {} if state is None else {"i-1": an_instance(state)}
    return presence_of(item, NETWORKS, {"vpc-2": "it overlaps"}, instances)


def test_an_attaching_interface_gets_a_device_and_is_told_of() -> None:
    assert present(an_item()) == Presence(
        seat=SEAT, device=DEVICE, is_made=True, report=report("attached")
    )


def test_a_services_device_that_vanished_is_not_made_again_but_a_users_is() -> None:
    assert present(an_item("attached")) == Presence(seat=SEAT, device=DEVICE)
    assert present(an_item("attached", is_managed=False)) == Presence(
        seat=SEAT, device=DEVICE, is_made=True
    )


@pytest.mark.parametrize("state", ["running", "stopped", "terminated"])
def test_a_detaching_interface_has_no_device(state: State) -> None:
    assert present(an_item("detaching"), state) == Presence(seat=SEAT, report=report("detached"))


def test_an_instance_that_is_gone_has_no_interfaces() -> None:
    assert present(an_item("attached"), "terminated") == Presence(
        seat=SEAT, report=report("detached")
    )
    assert present(an_item("attaching"), "shutting-down").report == report("detached")


def test_of_an_instance_that_does_not_run_nothing_is_said() -> None:
    assert present(an_item("attaching"), "stopped") == Presence(seat=SEAT)
    assert present(an_item("attached"), "pending") == Presence(seat=SEAT)


def test_an_instance_of_another_machine_is_none_of_ours() -> None:
    assert present(an_item("attaching"), None) == Presence(seat=SEAT)


def test_a_primary_interface_and_an_unattached_one_have_a_seat() -> None:
    assert present(an_item("attached", index=0)) == Presence(seat=SEAT)
    assert present(an_item("")) == Presence(seat=SEAT)


def test_a_load_balancers_interface_is_an_address_of_the_machine() -> None:
    item = an_item("", is_load_balancers=True)
    assert present(item) == Presence(
        seat=Seat("172.31.1.1", ("sg-1",), is_balancers=True),
        balancer=BalancerAddress("rsbr-1", "172.31.1.1"),
    )


def test_what_cannot_be_carried_is_said_once() -> None:
    item = an_item(vpc_id="vpc-2")
    assert present(item) == Presence(report=report("failed", "it overlaps"))
    assert present(msgspec.structs.replace(item, failure="it overlaps")) == ABSENT
    assert present(an_item("detaching", vpc_id="vpc-2")) == Presence(report=report("detached"))
    assert present(an_item("", vpc_id="vpc-2")) == ABSENT
    assert present(an_item(failure="no room")) == Presence(seat=SEAT)


def test_a_vpc_is_needed_by_load_balancers_and_by_interfaces_of_running_instances() -> None:
    instances = {"i-1": an_instance()}
    assert needs_network(an_item(), instances)
    assert needs_network(an_item("", is_load_balancers=True), {})
    assert not needs_network(an_item("attached", index=0), instances)
    assert not needs_network(an_item("detaching"), instances)
    assert not needs_network(an_item(""), instances)


def test_names_of_devices_are_no_longer_than_linux_allows() -> None:
    assert devices.near_name("eni-0123456789abcdef0") == "rse-0123456789a"
    assert devices.far_name("eni-0123456789abcdef0") == "eni0123456789a"
    assert len(devices.near_name("eni-0123456789abcdef0")) == 15
