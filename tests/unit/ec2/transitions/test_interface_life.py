"""An interface from its creation to its end, as services and machines tell it."""

import pytest

from given import SCOPE, a_call, a_security_group, a_subnet, a_vpc, given
from roadstead.aws.errors import ApiError
from roadstead.ec2.records.network import (
    INTERFACES_BY_INSTANCE,
    INTERFACES_BY_SCOPE,
    NetworkInterface,
)
from roadstead.ec2.transitions.network_interfaces import (
    attach_interface,
    create_interface,
    delete_interface,
    detach_interface,
    instance_terminated,
    interface_attached,
    interface_detached,
    interface_failed,
    put_primary_interface,
    set_delete_on_termination,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx

INSTANCE = "i-1"


@pytest.fixture
def tx() -> Tx:
    """A VPC with a subnet and its default group."""
    return Tx(given(a_vpc(1), a_subnet(1), a_security_group()))


@pytest.fixture
def call() -> Call:
    return a_call()


def made(tx: Tx, call: Call, **changes: object) -> NetworkInterface:
    return create_interface(
        tx,
        call,
        subnet=a_subnet(1),
        groups=(),
        description="d",
        **changes,  # type: ignore[arg-type]  # keywords of the same function
    )


def primary(tx: Tx, call: Call, address: str = "10.1.1.10") -> NetworkInterface:
    return put_primary_interface(
        tx,
        call,
        interface_id="eni-a",
        instance_id=INSTANCE,
        subnet=a_subnet(1),
        mac_address="02:00:00:00:00:0a",
        address=address,
    )


def test_its_status_follows_what_the_machine_says(tx: Tx, call: Call) -> None:
    eni = made(tx, call)
    statuses = [eni.status]
    for move in (
        lambda eni: attach_interface(tx, call, eni, INSTANCE),
        lambda eni: interface_attached(tx, call, eni),
        lambda eni: detach_interface(tx, call, eni),
        lambda eni: interface_detached(tx, call, eni),
    ):
        eni = move(eni)
        statuses.append(eni.status)
    assert statuses == ["available", "attaching", "in-use", "detaching", "available"]
    delete_interface(tx, call, eni)
    assert tx.find(INTERFACES_BY_SCOPE, SCOPE) == []


def test_news_that_come_late_or_twice_change_nothing(tx: Tx, call: Call) -> None:
    eni = detach_interface(tx, call, attach_interface(tx, call, made(tx, call), INSTANCE))
    assert interface_attached(tx, call, eni) is eni
    assert interface_failed(tx, call, eni, "no memory") is eni
    assert detach_interface(tx, call, eni) is eni
    free = interface_detached(tx, call, eni)
    assert interface_detached(tx, call, free) is free
    assert interface_attached(tx, call, free) is free
    assert detach_interface(tx, call, free) is free


def test_a_device_that_could_not_be_made_is_tried_again_only_by_a_new_attachment(
    tx: Tx, call: Call
) -> None:
    eni = interface_failed(
        tx, call, attach_interface(tx, call, made(tx, call), INSTANCE), "no memory"
    )
    assert (eni.status, eni.failure) == ("attaching", "no memory")
    assert interface_detached(tx, call, eni).failure == ""


def test_an_instance_has_each_index_once(tx: Tx, call: Call) -> None:
    primary(tx, call)
    enis = [attach_interface(tx, call, made(tx, call), INSTANCE) for _ in range(3)]
    assert [each.attachment.device_index for each in enis if each.attachment] == [1, 2, 3]
    interface_detached(tx, call, enis[1])
    again = attach_interface(tx, call, made(tx, call), INSTANCE)
    assert again.attachment is not None
    assert again.attachment.device_index == 2
    with pytest.raises(ApiError, match="already has an interface attached at device index '2'"):
        attach_interface(tx, call, made(tx, call), INSTANCE, 2)


def test_an_instances_first_interface_is_what_its_machine_says(tx: Tx, call: Call) -> None:
    eni = primary(tx, call)
    assert primary(tx, call) is eni
    assert tx.first(INTERFACES_BY_INSTANCE, INSTANCE) is eni
    assert (eni.status, eni.delete_on_termination) == ("in-use", True)
    assert eni.groups == (a_security_group().group_id,)
    with pytest.raises(ApiError, match="does not fall within"):
        primary(tx, call, "10.1.2.10")


def test_with_an_instance_go_the_interfaces_that_are_to_go(tx: Tx, call: Call) -> None:
    primary(tx, call)
    stays = attach_interface(tx, call, made(tx, call), INSTANCE)
    goes = attach_interface(tx, call, made(tx, call), INSTANCE)
    set_delete_on_termination(tx, goes, delete=True)
    services = attach_interface(tx, call, made(tx, call, requester_id="amazon-ecs"), INSTANCE)
    instance_terminated(tx, call, INSTANCE)
    left = {each.network_interface_id: each.status for each in tx.find(INTERFACES_BY_SCOPE, SCOPE)}
    assert left == {
        stays.network_interface_id: "available",
        services.network_interface_id: "attaching",
    }


def test_a_load_balancers_interface_is_associated_from_the_start(tx: Tx, call: Call) -> None:
    eni = made(tx, call, requester_id="amazon-elb")
    assert (eni.status, eni.is_requester_managed) == ("associated", True)


def test_an_address_that_is_taken_is_not_given_twice(tx: Tx, call: Call) -> None:
    made(tx, call, address="10.1.1.20")
    with pytest.raises(ApiError, match=r"Address 10\.1\.1\.20 is in use"):
        made(tx, call, address="10.1.1.20")
    with pytest.raises(ApiError, match="is in use"):
        primary(tx, call, "10.1.1.20")
