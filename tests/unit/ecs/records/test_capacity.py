"""Capacity follows every change, and every change taken back, as if it were counted anew."""

from typing import Any

import msgspec
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from given import (
    a_task,
    a_task_interface,
    an_instance,
    cluster_arn,
    given,
    instance_arn,
    service_arn,
)
from roadstead.control.schema import SCHEMA
from roadstead.ecs.records.capacity import Capacity, live_group
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS
from roadstead.state.view import Tx, View

DAEMON = service_arn("daemon")
GROUPS = ("family:web", "family:job", DAEMON, live_group(DAEMON))
PORTS = ((), (80,), (80, 443))
INTERFACES = tuple(
    a_task_interface(status=each) for each in ("PRECREATED", "ATTACHED", "DETACHING", "DELETED")
)


def seen(view: View) -> dict[str, Any]:
    """All that placement can ask, without the order of slots."""
    capacity = view.projection(Capacity)
    found: dict[str, Any] = {}
    for zone in capacity.zones(cluster_arn()):
        for slot, instance in enumerate(zone.instances):
            if instance is None:
                assert not zone.takes[slot]
                continue
            found[instance.arn] = (
                zone.name,
                int(zone.cpu_left[slot]),
                int(zone.memory_left[slot]),
                int(zone.interfaces_left[slot]),
                int(zone.tasks[slot]),
                int(zone.takes[slot]),
                [bool(zone.taken(code)[slot]) for code in (160, 886, 44)],
                [bool(zone.having((name,))[slot]) for name in ("ecs.os-type", "x")],
                [_count(capacity, zone, slot, group) for group in GROUPS],
                int(capacity.tally_in(zone, cluster_arn(), "jobs", _is_job)[slot]),
                _value(capacity, zone, slot),
            )
        found[f"zone {zone.name}"] = (zone.size, zone.tasks_total)
    for group in GROUPS:
        groups = capacity.group(cluster_arn(), group)
        if groups is not None:
            found[group] = (
                dict(groups.by_instance),
                {zone.name: count for zone, count in groups.by_zone.items()},
            )
    return found


def _count(capacity: Capacity, zone: Any, slot: int, group: str) -> int:
    counts = capacity.counts_in(zone, cluster_arn(), group)
    return 0 if counts is None else int(counts[slot])


def _is_job(group: str) -> bool:
    return "job" in group


def _value(capacity: Capacity, zone: Any, slot: int) -> bool:
    """Whether the instance has a value of x; which number it has is nobody's business."""
    codes = capacity.value_codes(cluster_arn(), "x")
    return bool(capacity.values_in(zone, codes)[slot])


def counted_anew(view: View) -> dict[str, Any]:
    fresh = View(SCHEMA)
    for table in (CONTAINER_INSTANCES, TASKS):
        fresh.load(table, list(view.all(table)))
    return seen(fresh)


changes = st.lists(
    st.tuples(
        st.sampled_from(("instance", "task", "no instance", "no task")),
        st.integers(1, 6),
        st.integers(0, 11),
    ),
    max_size=25,
)


def change(tx: Tx, kind: str, number: int, choice: int) -> None:
    if kind == "instance":
        tx.put(
            CONTAINER_INSTANCES,
            an_instance(
                number,
                availability_zone=f"us-east-1{'ab'[choice % 2]}",
                status=("ACTIVE", "DRAINING", "INACTIVE")[choice % 3],
                agent_connected=choice < 8,
                external=choice == 5,
                task_interfaces_max=choice % 4,
                custom_attributes={"x": None} if choice > 6 else {},
            ),
        )
    elif kind == "task":
        tx.put(
            TASKS,
            a_task(
                number,
                instance=1 + number % 3,
                group=GROUPS[number % 2],
                cpu_units=100 + number,
                host_ports=PORTS[number % 3],
                service_arn=DAEMON if number > 4 else "",
                is_daemon=number > 4,
                interface=INTERFACES[choice % 4] if number % 2 else None,
                last_status="STOPPED" if choice == 0 else "RUNNING",
                desired_status="STOPPED" if choice % 3 == 0 else "RUNNING",
                containers=(
                    msgspec.structs.replace(
                        a_task(number).containers[0],
                        network_bindings=({"hostPort": 443, "protocol": "tcp"},)
                        if choice % 2
                        else (),
                    ),
                ),
            ),
        )
    else:
        table: Any = CONTAINER_INSTANCES if kind == "no instance" else TASKS
        arn = instance_arn(number) if kind == "no instance" else a_task(number).arn
        tx.delete(table, arn)


@settings(max_examples=150, deadline=None)
@drawn(kept=changes, taken_back=changes)
def test_any_changes_and_any_undo_leave_what_counting_anew_gives(
    kept: list[Any], taken_back: list[Any]
) -> None:
    view = given()
    for each in kept:
        change(Tx(view), *each)
    before = seen(view)
    assert before == counted_anew(view)
    tx = Tx(view)
    for each in taken_back:
        change(tx, *each)
        assert seen(view) == counted_anew(view)
    tx.undo()
    assert seen(view) == before


def test_groups_and_zones_that_are_empty_are_forgotten() -> None:
    view = given(an_instance(1), a_task(1))
    tx = Tx(view)
    tx.delete(TASKS, a_task(1).arn)
    tx.delete(CONTAINER_INSTANCES, instance_arn(1))
    capacity = view.projection(Capacity)
    assert capacity.group(cluster_arn(), "family:web") is None
    assert list(capacity.zones(cluster_arn())) == []
    assert capacity.seat(instance_arn(1)) is None


def test_a_zone_grows_with_its_instances_and_uses_the_slots_of_those_that_left() -> None:
    view = given(*(an_instance(number) for number in range(1, 101)))
    (zone,) = view.projection(Capacity).zones(cluster_arn())
    assert (zone.size, len(zone.instances)) == (100, 128)
    tx = Tx(view)
    for number in range(1, 101):
        tx.delete(CONTAINER_INSTANCES, instance_arn(number))
        tx.put(CONTAINER_INSTANCES, an_instance(100 + number))
    (zone,) = view.projection(Capacity).zones(cluster_arn())
    assert (zone.size, len(zone.instances)) == (100, 128)
