"""Instances as values: where they are placed, how their state moves."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from roadstead.host import records
from roadstead.host.records import Book, HostError
from roadstead.ids import SeededIds

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def a_book(instances: int = 0) -> Book:
    ids = SeededIds(1)
    book = Book(vpc=records.new_vpc("172.31.0.0/16", "us-east-1", ids))
    for _ in range(instances):
        book = records.launched(book, an_instance(book, ids))
    return book


def an_instance(book: Book, ids: SeededIds | None = None) -> records.Instance:
    return records.new_instance(
        book,
        instance_type="t3.medium",
        size=(2048, 4096),
        cluster="default",
        now=NOW,
        ids=ids or SeededIds(2),
    )


def test_a_default_vpc_has_three_subnets_of_a_twentieth_in_three_zones() -> None:
    assert [(subnet.cidr, subnet.zone, subnet.gateway) for subnet in a_book().vpc.subnets] == [
        ("172.31.0.0/20", "us-east-1a", "172.31.0.1"),
        ("172.31.16.0/20", "us-east-1b", "172.31.16.1"),
        ("172.31.32.0/20", "us-east-1c", "172.31.32.1"),
    ]


def test_instances_are_spread_over_the_zones_in_turn() -> None:
    assert [one.zone[-1] for one in a_book(5).instances] == ["a", "b", "c", "a", "b"]


def test_instances_get_different_addresses_of_their_subnet() -> None:
    assert [one.address for one in a_book(4).instances] == [
        "172.31.0.10",
        "172.31.16.10",
        "172.31.32.10",
        "172.31.0.11",
    ]


def test_the_address_of_a_terminated_instance_is_free_again() -> None:
    book = a_book(3)
    gone = msgspec.structs.replace(book.instances[0], state="terminated")
    assert an_instance(book.with_instance(gone)).address == "172.31.0.10"


def test_the_address_of_a_stopped_instance_stays_taken() -> None:
    book = a_book(3)
    stopped = msgspec.structs.replace(book.instances[0], state="stopped")
    assert an_instance(book.with_instance(stopped)).address == "172.31.0.11"


def test_names_of_devices_fit_into_fifteen_letters() -> None:
    assert len(an_instance(a_book()).link) == 15


def test_a_move_adds_a_report_after_those_that_wait() -> None:
    instance = records.moved(an_instance(a_book()), "running", NOW, "running")
    instance = records.moved(instance, "stopping", NOW)
    instance = records.moved(instance, "stopped", NOW, "stopped")
    assert instance.unreported == ("running", "stopped")
    assert records.reported(instance).unreported == ("stopped",)


def test_a_terminated_instance_cannot_be_started() -> None:
    gone = msgspec.structs.replace(an_instance(a_book()), state="terminated")
    with pytest.raises(HostError, match="can be started: it is terminated"):
        records.moved(gone, "pending", NOW)


def test_every_state_has_moves_and_a_code() -> None:
    assert set(records.MOVES) == set(records.STATE_CODES)


def test_a_terminated_instance_is_listed_for_an_hour() -> None:
    gone = msgspec.structs.replace(an_instance(a_book()), state="terminated")
    assert not records.is_forgotten(gone, NOW + timedelta(minutes=59))
    assert records.is_forgotten(gone, NOW + timedelta(hours=1))


def test_a_termination_that_nobody_heard_of_is_never_forgotten() -> None:
    gone = msgspec.structs.replace(
        an_instance(a_book()), state="terminated", unreported=("terminated",)
    )
    assert not records.is_forgotten(gone, NOW + timedelta(days=3))


def test_an_unknown_instance_is_told_as_ec2_tells_it() -> None:
    with pytest.raises(HostError, match="The instance ID 'i-1' does not exist"):
        a_book().find("i-1")
