"""Strategies: which of those that are able is chosen."""

from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from given import (
    a_call,
    a_cluster,
    a_task,
    a_task_definition,
    an_instance,
    cluster_arn,
    given,
    service_arn,
)
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.rules.placement.choose import NoPlace, Placed, choose_instance
from roadstead.ecs.rules.placement.demand import Demand, demand_of
from roadstead.ecs.rules.placement.wishes import wishes_of
from roadstead.ecs.transitions.tasks import start_task
from roadstead.state.view import Tx, View

ZONES = {"type": "spread", "field": "attribute:ecs.availability-zone"}
HOSTS = {"type": "spread", "field": "instanceId"}
RACKS = {"type": "spread", "field": "attribute:rack"}
MEMORY = {"type": "binpack", "field": "memory"}
CPU = {"type": "binpack", "field": "cpu"}
RANDOM = {"type": "random"}
GROUP = "family:web"
SMALL = Demand(cpu_units=128, memory_mib=64)


def chosen(
    view: View, *steps: dict[str, str], demand: Demand = SMALL, group: str = GROUP, chance: int = 0
) -> int | None:
    """Number of the instance; None for no place."""
    place = choose_instance(
        view.projection(Capacity),
        cluster_arn(),
        demand,
        group=group,
        wishes=wishes_of(None, strategy=steps),
        chance=chance,
    )
    if isinstance(place, NoPlace):
        return None
    return int(place.container_instance_arn.rpartition("/")[2], 16)


def in_zone(number: int, zone: str, **fields: Any) -> Any:
    return an_instance(number, availability_zone=f"us-east-1{zone}", **fields)


def racked(number: int, rack: str | None, **fields: Any) -> Any:
    return an_instance(number, custom_attributes={} if rack == "" else {"rack": rack}, **fields)


def test_binpack_takes_the_instance_with_least_left_that_still_fits() -> None:
    view = given(
        an_instance(1, memory_mib=500, cpu_units=2000),
        an_instance(2, memory_mib=300, cpu_units=3000),
        an_instance(3, memory_mib=100, cpu_units=4000),
    )
    large = Demand(cpu_units=1, memory_mib=200)
    assert chosen(view, MEMORY, demand=large) == 2
    assert chosen(view, MEMORY) == 3
    assert chosen(view, CPU, demand=large) == 1


def test_binpack_counts_what_tasks_have_taken() -> None:
    view = given(
        an_instance(1), an_instance(2), a_task(1, instance=2, group="family:other", memory_mib=512)
    )
    assert chosen(view, MEMORY) == 2


def test_spread_over_instances_takes_the_one_with_fewest_tasks_of_the_group() -> None:
    view = given(
        an_instance(1),
        an_instance(2),
        a_task(1, instance=1),
        a_task(2, instance=2, group="family:other"),
        a_task(3, instance=2, group="family:other"),
    )
    assert chosen(view, HOSTS) == 2
    assert chosen(view, HOSTS, group="family:other") == 1


def test_spread_on_custom_attribute_values() -> None:
    view = given(
        racked(1, "a"), racked(2, "a"), racked(3, "b"), a_task(1, instance=1), a_task(2, instance=2)
    )
    assert chosen(view, RACKS) == 3
    full = given(
        racked(1, "a"),
        racked(2, "a"),
        racked(3, "b", memory_mib=10),
        a_task(1, instance=1),
        a_task(2, instance=3, memory_mib=5),
        a_task(3, instance=3, memory_mib=5),
    )
    assert chosen(full, RACKS, HOSTS) == 2


def test_tasks_on_all_instances_with_a_value_count_also_where_no_task_goes() -> None:
    view = given(
        racked(1, "a"),
        racked(2, "b"),
        racked(3, "b", status="DRAINING"),
        in_zone(4, "b", custom_attributes={"rack": "a"}),
        a_task(1, instance=3),
        a_task(2, instance=3),
        a_task(3, instance=1),
    )
    assert chosen(view, RACKS, HOSTS) == 4


def test_spread_missing_attribute() -> None:
    view = given(
        racked(1, "a"), racked(2, ""), racked(3, ""), racked(4, None), a_task(1, instance=2)
    )
    assert chosen(view, RACKS) in (1, 4)
    more = given(
        racked(1, "a"),
        racked(2, ""),
        racked(3, ""),
        racked(4, None),
        a_task(1, instance=1),
        a_task(2, instance=4),
    )
    assert chosen(more, RACKS) in (2, 3)


def test_steps_apply_from_left_to_right_and_the_next_breaks_ties() -> None:
    view = given(
        in_zone(1, "a", memory_mib=300),
        in_zone(2, "a", memory_mib=200),
        in_zone(3, "b", memory_mib=400),
        in_zone(4, "b", memory_mib=500),
        a_task(1, instance=1, memory_mib=1),
    )
    assert chosen(view, ZONES, MEMORY) == 3
    assert chosen(view, MEMORY, ZONES) == 2
    assert chosen(view, HOSTS, ZONES, MEMORY) == 3
    empty = given(in_zone(1, "a", memory_mib=300), in_zone(2, "b", memory_mib=200))
    assert chosen(empty, ZONES, MEMORY) == 2


def test_a_zone_that_is_full_is_passed_over() -> None:
    view = given(
        in_zone(1, "a", memory_mib=10),
        in_zone(2, "b"),
        a_task(1, instance=2),
        a_task(2, instance=2),
    )
    assert chosen(view, ZONES, MEMORY) == 2


def test_random_takes_each_that_is_able_as_chance_has_it() -> None:
    view = given(in_zone(1, "a"), in_zone(2, "a"), in_zone(3, "b"), in_zone(4, "b", cpu_units=1))
    assert [chosen(view, RANDOM, chance=each) for each in range(6)] == [1, 2, 3, 1, 2, 3]
    assert {chosen(view, ZONES, RANDOM, chance=each) for each in range(6)} == {1, 2, 3}
    busy = given(in_zone(1, "a"), in_zone(2, "b"), in_zone(3, "b"), a_task(1, instance=1))
    assert {chosen(busy, ZONES, RANDOM, chance=each) for each in range(6)} == {2, 3}


def test_service_default_az_spread() -> None:
    web = service_arn("web")
    view = given(
        in_zone(1, "a"),
        in_zone(2, "a"),
        in_zone(3, "b"),
        a_task(1, instance=1, service="web"),
        a_task(2, instance=1, service="web"),
        a_task(3, instance=3, service="web"),
    )
    assert chosen(view, group=web) == 3
    even = given(
        in_zone(1, "a"),
        in_zone(2, "a"),
        in_zone(3, "b", cpu_units=10),
        a_task(1, instance=1, service="web"),
    )
    assert chosen(even, group=web) == 2


def test_runtask_default() -> None:
    view = given(in_zone(1, "a"), in_zone(2, "b"), a_task(1, instance=1))
    assert chosen(view) == 2


def test_external_instances() -> None:
    external = Demand(launch_type="EXTERNAL")
    attributes = {"ecs.os-type": "linux", "ecs.capability.external": None}
    machines = [
        an_instance(number, external=True, availability_zone="", attributes=attributes)
        for number in (1, 2)
    ]
    view = given(*machines, in_zone(3, "a"), a_task(1, instance=1, launch_type="EXTERNAL"))
    assert chosen(view, ZONES, MEMORY, demand=external) == 1
    assert chosen(view, ZONES, HOSTS, demand=external) == 2
    assert chosen(view, RANDOM, demand=external, chance=1) == 2


@st.composite
def machines(draw: st.DrawFn) -> list[Any]:
    return [
        an_instance(
            number,
            availability_zone=f"us-east-1{draw(st.sampled_from('ab'))}",
            status=draw(st.sampled_from(("ACTIVE", "ACTIVE", "DRAINING"))),
            agent_connected=draw(st.integers(0, 3)) > 0,
            cpu_units=draw(st.integers(100, 700)),
            memory_mib=draw(st.integers(50, 400)),
            custom_attributes=draw(
                st.sampled_from(({}, {"rack": "a"}, {"rack": "b"}, {"rack": None}))
            ),
        )
        for number in range(1, draw(st.integers(1, 10)) + 1)
    ]


@settings(max_examples=80, deadline=None)
@drawn(
    instances=machines(),
    steps=st.lists(st.sampled_from((ZONES, HOSTS, RACKS, MEMORY, CPU, RANDOM)), max_size=5),
    chances=st.lists(st.integers(0, 1 << 60), max_size=20),
)
def test_constraints_bind_strategies_best_effort(
    instances: list[Any], steps: list[dict[str, str]], chances: list[int]
) -> None:
    """Whoever asks gets a place whenever any instance is able, and the one that a plain reading of
    the strategy would choose."""
    view = given(a_cluster(), *instances)
    capacity = view.projection(Capacity)
    definition = a_task_definition(
        document={
            "placementConstraints": [{"type": "memberOf", "expression": "not(attribute:rack == b)"}]
        }
    )
    demand = demand_of(definition)
    wishes = wishes_of(definition, strategy=steps)
    for chance in chances:
        place = choose_instance(
            capacity, cluster_arn(), demand, group=GROUP, wishes=wishes, chance=chance
        )
        able = [each for each in instances if _is_able(capacity, each, demand)]
        if not able:
            assert isinstance(place, NoPlace)
            break
        assert isinstance(place, Placed)
        expected = _narrowed(capacity, able, instances, steps)
        assert place.container_instance_arn in {each.arn for each in expected}
        chosen_one = next(each for each in instances if each.arn == place.container_instance_arn)
        start_task(
            Tx(view),
            a_call(),
            cluster=a_cluster(),
            definition=definition,
            instance=chosen_one,
            group=GROUP,
        )


def _is_able(capacity: Capacity, instance: Any, demand: Demand) -> bool:
    seat = capacity.seat(instance.arn)
    assert seat is not None
    return (
        instance.status == "ACTIVE"
        and instance.agent_connected
        and instance.cpu_units - seat.cpu_units >= demand.cpu_units
        and instance.memory_mib - seat.memory_mib >= demand.memory_mib
        and instance.custom_attributes.get("rack") != "b"
    )


def _narrowed(
    capacity: Capacity, able: list[Any], instances: list[Any], steps: list[dict[str, str]]
) -> list[Any]:
    """One instance at a time, in plain Python."""
    for step in steps:
        if step["type"] == "random":
            return able
        measures = [_measure(capacity, each, instances, step) for each in able]
        able = [each for each, found in zip(able, measures, strict=True) if found == min(measures)]
    return able


def _measure(capacity: Capacity, instance: Any, instances: list[Any], step: dict[str, str]) -> int:
    seat = capacity.seat(instance.arn)
    assert seat is not None
    match step["field"]:
        case "cpu":
            return int(instance.cpu_units - seat.cpu_units)
        case "memory":
            return int(instance.memory_mib - seat.memory_mib)
        case "instanceId":
            return _tasks(capacity, instance)
        case "attribute:rack":
            return sum(
                _tasks(capacity, each)
                for each in instances
                if each.custom_attributes == instance.custom_attributes
            )
    return sum(
        _tasks(capacity, each)
        for each in instances
        if each.availability_zone == instance.availability_zone
    )


def _tasks(capacity: Capacity, instance: Any) -> int:
    groups = capacity.group(cluster_arn(), GROUP)
    return 0 if groups is None else groups.by_instance.get(instance.arn, 0)


def test_reserve_amount() -> None:
    containers = [
        {"name": "a", "image": "b", "cpu": 100, "memory": 300, "memoryReservation": 200},
        {"name": "b", "image": "b", "cpu": 50, "memory": 100},
    ]
    document = {"containerDefinitions": containers}
    of_containers = a_task_definition(document=document)
    override = {"containerOverrides": [{"name": "a", "cpu": 10}]}
    assert demand_of(of_containers, override) == Demand(cpu_units=60, memory_mib=300)
    of_task = a_task_definition(document={**document, "cpu": "256", "memory": "512"})
    assert demand_of(of_task, override) == Demand(cpu_units=256, memory_mib=512)
    view = given(an_instance(1, cpu_units=100), a_task(1, cpu_units=50, memory_mib=64))
    assert chosen(view, demand=Demand(cpu_units=50)) == 1
    assert chosen(view, demand=Demand(cpu_units=51)) is None
