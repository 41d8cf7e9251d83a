"""Default placement: who can take a task, who is chosen, and what is said when nobody can."""

from typing import Any

import msgspec
import pytest
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
    instance_arn,
)
from roadstead.ecs.records.capacity import Capacity, group_of
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, TASKS
from roadstead.ecs.rules.placement.choose import (
    NoPlace,
    Placed,
    Refusal,
    choose_instance,
    refusal_by,
)
from roadstead.ecs.rules.placement.demand import Demand, demand_of
from roadstead.ecs.transitions.tasks import start_task
from roadstead.state.view import Tx, View

GROUP = "family:web"
SMALL = Demand(cpu_units=128, memory_mib=64)


def choose(view: View, demand: Demand = SMALL, group: str = GROUP) -> Placed | NoPlace:
    return choose_instance(view.projection(Capacity), cluster_arn(), demand, group=group)


def on(number: int) -> Placed:
    return Placed(instance_arn(number))


def refused(number: int, reason: str) -> Refusal:
    return Refusal(instance_arn(number), reason)


def test_a_cluster_without_instances_refuses_without_naming_any() -> None:
    assert choose(given(a_cluster())) == NoPlace()


def test_PL_12_the_zone_with_the_fewest_tasks_of_the_group_is_taken_first() -> None:
    view = given(
        an_instance(1, availability_zone="us-east-1a"),
        an_instance(2, availability_zone="us-east-1a"),
        an_instance(3, availability_zone="us-east-1b"),
        a_task(1, instance=1),
    )
    assert choose(view) == on(3)


def test_other_groups_tasks_in_a_zone_do_not_count_before_the_own_ones() -> None:
    view = given(
        an_instance(1, availability_zone="us-east-1a"),
        an_instance(2, availability_zone="us-east-1b"),
        a_task(1, instance=1),
        a_task(2, instance=2, group="family:other"),
        a_task(3, instance=2, group="family:other"),
    )
    assert choose(view) == on(2)
    assert choose(view, group="family:new") == on(1)


def test_PL_12_within_a_zone_the_instance_with_the_fewest_tasks_of_the_group_is_taken() -> None:
    view = given(
        an_instance(1),
        an_instance(2),
        a_task(1, instance=1),
        a_task(2, instance=2, group="family:other"),
        a_task(3, instance=2, group="family:other"),
    )
    assert choose(view) == on(2)


def test_among_instances_with_equally_many_of_the_group_the_emptiest_is_taken() -> None:
    view = given(an_instance(1), an_instance(2), a_task(1, instance=1, group="family:other"))
    assert choose(view) == on(2)


def test_a_service_is_spread_apart_from_a_task_group_of_the_same_name() -> None:
    view = given(
        an_instance(1),
        an_instance(2),
        a_task(1, instance=1, service="web"),
        a_task(2, instance=2, group="service:web"),
        a_task(3, instance=2, group="service:web"),
    )
    service = group_of(a_task(1, service="web"))
    assert choose(view, group="service:web") == on(1)
    assert choose(view, group=service) == on(2)


def test_tasks_asked_to_stop_count_no_more_and_free_their_room() -> None:
    view = given(
        an_instance(1, cpu_units=128),
        a_task(1, instance=1, desired_status="STOPPED"),
    )
    assert choose(view) == on(1)


def test_PL_01_a_full_zone_is_passed_over_for_one_with_room() -> None:
    view = given(
        an_instance(1, availability_zone="us-east-1a", cpu_units=100),
        an_instance(2, availability_zone="us-east-1b"),
        a_task(1, instance=2),
    )
    assert choose(view) == on(2)


def test_CI_05_a_disconnected_instance_refuses_with_AGENT() -> None:
    view = given(an_instance(1, agent_connected=False))
    assert choose(view) == NoPlace((refused(1, "AGENT"),), refused(1, "AGENT"))


def test_CI_41_draining_and_inactive_instances_are_as_if_they_were_not_there() -> None:
    view = given(an_instance(1, status="DRAINING"), an_instance(2, status="INACTIVE"))
    assert choose(view) == NoPlace()


def test_each_lack_has_its_reason() -> None:
    view = given(an_instance(1, cpu_units=1000, memory_mib=500, reserved_ports_udp=(53,)))
    wanted = {
        "RESOURCE:CPU": Demand(cpu_units=1001),
        "RESOURCE:MEMORY": Demand(memory_mib=501),
        "RESOURCE:PORTS": Demand(host_ports=(22,)),
        "RESOURCE:PORTS_UDP": Demand(host_ports_udp=(53,)),
        "RESOURCE:ENI": Demand(has_interface=True),
        "LOCATION": Demand(zones=("us-east-1b",), has_interface=True),
        "ATTRIBUTE": Demand(requires_attributes=("ecs.capability.none",)),
    }
    full = an_instance(1, task_interfaces_max=0)
    for reason, demand in wanted.items():
        if reason == "RESOURCE:ENI":
            assert choose(given(full), demand) == NoPlace((refused(1, reason),), refused(1, reason))
            continue
        assert choose(view, demand) == NoPlace((refused(1, reason),), refused(1, reason))


def test_tcp_and_udp_ports_are_counted_apart() -> None:
    view = given(an_instance(1), a_task(1, host_ports=(8080,)))
    assert isinstance(choose(view, Demand(host_ports=(8080,))), NoPlace)
    assert choose(view, Demand(host_ports_udp=(8080,))) == on(1)


def test_CI_02_a_dynamic_port_is_taken_once_its_agent_has_told_it() -> None:
    task = a_task(1)
    bound = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32768, "protocol": "tcp"}
    ranged = {"containerPortRange": "9000-9001", "hostPortRange": "40000-40001", "protocol": "udp"}
    view = given(an_instance(1), task)
    assert choose(view, Demand(host_ports=(32768,))) == on(1)
    container = msgspec.structs.replace(task.containers[0], network_bindings=(bound, ranged))
    tx = Tx(view)
    tx.put(TASKS, msgspec.structs.replace(task, containers=(container,)))
    assert isinstance(choose(view, Demand(host_ports=(32768,))), NoPlace)
    assert isinstance(choose(view, Demand(host_ports_udp=(40001,))), NoPlace)
    tx.undo()
    assert choose(view, Demand(host_ports=(32768,))) == on(1)


def test_custom_attributes_satisfy_a_requirement_too() -> None:
    view = given(an_instance(1), an_instance(2, custom_attributes={"stack": "prod"}))
    assert choose(view, Demand(requires_attributes=("stack", "ecs.os-type"))) == on(2)


def test_external_tasks_go_on_external_instances_only() -> None:
    view = given(an_instance(1), an_instance(2, external=True))
    assert choose(view, Demand(launch_type="EXTERNAL")) == on(2)
    assert choose(view, Demand(launch_type="EC2")) == on(1)
    assert choose(given(an_instance(1)), Demand(launch_type="EXTERNAL")) == NoPlace()


def test_the_closest_instance_is_the_one_that_lacks_least() -> None:
    view = given(
        an_instance(1, agent_connected=False),
        an_instance(2, attributes={}),
        an_instance(3, memory_mib=100),
        an_instance(4, memory_mib=200),
    )
    no_place = choose(view, Demand(memory_mib=5000, requires_attributes=("ecs.os-type",)))
    assert isinstance(no_place, NoPlace)
    assert no_place.closest == refused(4, "RESOURCE:MEMORY")
    assert len(no_place.refusals) == 4


def test_TK_35_an_instance_gives_one_reason_the_agent_first() -> None:
    view = given(an_instance(1, agent_connected=False, cpu_units=1), an_instance(2, cpu_units=1))
    capacity = view.projection(Capacity)
    assert refusal_by(capacity, instance_arn(1), SMALL) == refused(1, "AGENT")
    assert refusal_by(capacity, instance_arn(2), SMALL) == refused(2, "RESOURCE:CPU")
    assert refusal_by(capacity, instance_arn(3), SMALL) == refused(3, "MISSING")


def test_refusals_are_told_for_a_hundred_instances_at_most() -> None:
    view = given(*(an_instance(number, cpu_units=1) for number in range(1, 131)))
    no_place = choose(view)
    assert isinstance(no_place, NoPlace)
    assert len(no_place.refusals) == 100


def test_PL_02_a_task_takes_what_its_overrides_say() -> None:
    definition = a_task_definition()
    app = {"name": "app", "cpu": 512, "memoryReservation": 300}
    assert demand_of(definition, {"containerOverrides": [app]}).cpu_units == 512
    assert demand_of(definition, {"containerOverrides": [app]}).memory_mib == 300
    assert demand_of(definition, {"cpu": "0.5 vCPU", "memory": "1 GB"}).cpu_units == 512
    assert demand_of(definition, {"cpu": "0.5 vCPU", "memory": "1 GB"}).memory_mib == 1024
    assert demand_of(definition) == Demand(cpu_units=128, memory_mib=64)


@pytest.mark.parametrize(
    ("mode", "attribute"),
    [("bridge", "task-iam-role"), ("host", "task-iam-role-network-host")],
)
def test_a_role_in_the_overrides_asks_for_an_agent_that_gives_its_credentials(
    mode: str, attribute: str
) -> None:
    definition = a_task_definition(network_mode=mode, requires_attributes=("x",))
    demand = demand_of(definition, {"taskRoleArn": "arn:aws:iam::123456789012:role/r"})
    wanted = f"com.amazonaws.ecs.capability.{attribute}"
    assert demand.requires_attributes == ("x", wanted)


@st.composite
def machines(draw: st.DrawFn) -> list[Any]:
    return [
        an_instance(
            number,
            availability_zone=f"us-east-1{draw(st.sampled_from('abc'))}",
            status=draw(st.sampled_from(("ACTIVE", "ACTIVE", "ACTIVE", "DRAINING", "INACTIVE"))),
            agent_connected=draw(st.integers(0, 3)) > 0,
            cpu_units=draw(st.integers(0, 1024)),
            memory_mib=draw(st.integers(0, 512)),
        )
        for number in range(1, draw(st.integers(1, 12)) + 1)
    ]


@settings(max_examples=60, deadline=None)
@drawn(
    instances=machines(),
    sizes=st.lists(
        st.tuples(st.integers(1, 400), st.integers(1, 200), st.sampled_from(((), (80,), (81,)))),
        max_size=40,
    ),
)
def test_placement_never_overcommits_and_never_uses_an_instance_that_takes_no_tasks(
    instances: list[Any], sizes: list[tuple[int, int, tuple[int, ...]]]
) -> None:
    view = given(a_cluster(), *instances)
    by_arn = {each.arn: each for each in instances}
    call = a_call()
    for cpu, memory, ports in sizes:
        definition = a_task_definition(cpu_units=cpu, memory_mib=memory, host_ports=ports)
        able = {
            each.arn
            for each in instances
            if each.status == "ACTIVE"
            and each.agent_connected
            and _left(view, each)[0] >= cpu
            and _left(view, each)[1] >= memory
            and not set(ports) & _ports(view, each)
        }
        place = choose(view, demand_of(definition))
        if not able:
            assert isinstance(place, NoPlace)
            continue
        assert isinstance(place, Placed)
        assert place.container_instance_arn in able
        zones = {by_arn[arn].availability_zone for arn in able}
        chosen = by_arn[place.container_instance_arn]
        assert _in_zone(view, instances, chosen.availability_zone) == min(
            _in_zone(view, instances, zone) for zone in zones
        )
        assert view.count(LIVE_TASKS_BY_INSTANCE, chosen.arn) == min(
            view.count(LIVE_TASKS_BY_INSTANCE, arn)
            for arn in able
            if by_arn[arn].availability_zone == chosen.availability_zone
        )
        start_task(
            Tx(view),
            call,
            cluster=a_cluster(),
            definition=definition,
            instance=chosen,
            group=GROUP,
        )
        assert min(_left(view, chosen)) >= 0


def _left(view: View, instance: Any) -> tuple[int, int]:
    tasks = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
    return (
        instance.cpu_units - sum(task.cpu_units for task in tasks),
        instance.memory_mib - sum(task.memory_mib for task in tasks),
    )


def _ports(view: View, instance: Any) -> set[int]:
    tasks = view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
    return {*instance.reserved_ports, *(port for task in tasks for port in task.host_ports)}


def _in_zone(view: View, instances: list[Any], zone: str) -> int:
    return sum(
        view.count(LIVE_TASKS_BY_INSTANCE, each.arn)
        for each in instances
        if each.availability_zone == zone
    )
