"""Constraints: who is able to take a task, and what is said of those that are not."""

from typing import Any

import msgspec
import numpy as np
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from given import (
    a_cluster,
    a_task,
    a_task_definition,
    a_task_interface,
    an_instance,
    cluster_arn,
    given,
    instance_arn,
    service_arn,
)
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.rules.placement.choose import (
    NoPlace,
    Placed,
    Refusal,
    choose_instance,
    refusal_by,
)
from roadstead.ecs.rules.placement.demand import Demand
from roadstead.ecs.rules.placement.explain import Fall, explain_placement
from roadstead.ecs.rules.placement.search import (
    DISTINCT_INSTANCE_UNMET,
    MEMBER_OF_UNMET,
    Search,
    able,
    filters,
    is_able,
)
from roadstead.ecs.rules.placement.wishes import Wishes, wishes_of
from roadstead.state.view import Tx, View

DISTINCT = {"type": "distinctInstance"}
GROUP = "family:web"


def member_of(expression: str) -> dict[str, str]:
    return {"type": "memberOf", "expression": expression}


def choose(
    view: View, *constraints: dict[str, str], group: str = GROUP, demand: Demand | None = None
) -> Placed | NoPlace:
    return choose_instance(
        view.projection(Capacity),
        cluster_arn(),
        demand or Demand(cpu_units=128, memory_mib=64),
        group=group,
        wishes=wishes_of(None, constraints),
    )


def on(number: int) -> Placed:
    return Placed(instance_arn(number))


def test_distinct_instance_per_group() -> None:
    view = given(
        an_instance(1),
        an_instance(2),
        a_task(1, instance=1),
        a_task(2, instance=2, service="web"),
        a_task(3, instance=2, desired_status="STOPPED"),
    )
    assert choose(view, DISTINCT) == on(2)
    assert choose(view, DISTINCT, group=service_arn("web")) == on(1)
    tx = Tx(view)
    tx.put(TASKS, a_task(4, instance=2))
    refusals = tuple(Refusal(instance_arn(number), DISTINCT_INSTANCE_UNMET) for number in (1, 2))
    place = choose(view, DISTINCT)
    assert isinstance(place, NoPlace)
    assert sorted(place.refusals, key=lambda each: each.container_instance_arn) == list(refusals)
    assert place.closest is not None
    assert place.closest.reason == DISTINCT_INSTANCE_UNMET


def test_task_group_affinity() -> None:
    view = given(
        an_instance(1),
        an_instance(2),
        a_task(1, instance=2, service="web"),
        a_task(2, instance=2, service="web"),
    )
    assert choose(view, member_of("task:group == service:web")) == on(2)
    assert choose(view, member_of("not(task:group == service:web)")) == on(1)
    apart = choose(
        view,
        member_of("not(task:group == service:web)"),
        member_of("ec2InstanceId == i-00000000000000002"),
    )
    assert isinstance(apart, NoPlace)


def test_an_instance_that_meets_no_constraint_is_never_taken() -> None:
    view = given(an_instance(1), an_instance(2, custom_attributes={"stack": "prod"}))
    assert choose(view, member_of("attribute:stack == prod")) == on(2)
    unmet = choose(view, member_of("attribute:stack == test"))
    assert isinstance(unmet, NoPlace)
    assert {each.reason for each in unmet.refusals} == {MEMBER_OF_UNMET}


def test_constraints_evaluated_at_placement_only() -> None:
    view = given(an_instance(1, custom_attributes={"stack": "prod"}), a_task(1, instance=1))
    assert choose(view, member_of("attribute:stack == prod")) == on(1)
    tx = Tx(view)
    tx.put(CONTAINER_INSTANCES, an_instance(1))
    assert isinstance(choose(view, member_of("attribute:stack == prod")), NoPlace)
    task = view.get(TASKS, a_task(1).arn)
    assert task is not None
    assert task.desired_status == "RUNNING"


def test_the_definitions_constraints_count_too() -> None:
    definition = a_task_definition(
        document={"placementConstraints": [member_of("attribute:a exists")]}
    )
    view = given(
        an_instance(1, custom_attributes={"a": None}),
        an_instance(2, custom_attributes={"b": None}),
        an_instance(3, custom_attributes={"a": None, "b": None}),
    )
    wishes = wishes_of(definition, (member_of("attribute:b exists"),))
    capacity = view.projection(Capacity)
    place = choose_instance(capacity, cluster_arn(), Demand(), group=GROUP, wishes=wishes)
    assert place == on(3)


def test_one_instance_says_what_it_does_not_meet() -> None:
    view = given(an_instance(1), an_instance(2, status="DRAINING"), a_task(1, instance=1))
    capacity = view.projection(Capacity)

    def reason(number: int, wishes: Wishes, **demand: Any) -> str | None:
        found = refusal_by(
            capacity, instance_arn(number), Demand(**demand), group=GROUP, wishes=wishes
        )
        return None if found is None else found.reason

    member = wishes_of(None, (member_of("attribute:a exists"),))
    assert reason(1, member) == MEMBER_OF_UNMET
    assert reason(1, member, cpu_units=5000) == "RESOURCE:CPU"
    assert reason(1, wishes_of(None, (DISTINCT,))) == DISTINCT_INSTANCE_UNMET
    assert reason(1, wishes_of(None, (member_of("runningTasksCount == 1"),))) is None
    assert reason(2, member) == "INACTIVE"


def test_a_lack_that_may_mend_is_closer_than_a_constraint() -> None:
    view = given(
        an_instance(1, custom_attributes={"stack": "prod"}, memory_mib=10),
        an_instance(2),
    )
    place = choose(view, member_of("attribute:stack == prod"))
    assert isinstance(place, NoPlace)
    assert place.closest == Refusal(instance_arn(1), "RESOURCE:MEMORY")


def test_an_explanation_counts_who_fell_where() -> None:
    view = given(
        a_cluster(),
        an_instance(1, status="DRAINING"),
        an_instance(2, status="INACTIVE"),
        an_instance(3, external=True),
        an_instance(4, agent_connected=False),
        an_instance(5, cpu_units=100),
        an_instance(6, memory_mib=10),
        an_instance(7, reserved_ports=(80,)),
        an_instance(8, attributes={}),
        an_instance(9),
        an_instance(10, custom_attributes={"stack": "prod"}),
        an_instance(11, custom_attributes={"stack": "prod"}, availability_zone="us-east-1b"),
        a_task(1, instance=10),
    )
    demand = Demand(
        cpu_units=128, memory_mib=64, host_ports=(80,), requires_attributes=("ecs.os-type",)
    )
    wishes = wishes_of(None, (member_of("attribute:stack == prod"), DISTINCT))
    capacity = view.projection(Capacity)
    found = explain_placement(capacity, cluster_arn(), demand, group=GROUP, wishes=wishes)
    assert found.registered == 10
    assert found.falls == (
        Fall(reason="STATUS", asks="status ACTIVE", fell=1, left=9),
        Fall(reason="LAUNCH_TYPE", asks="launch type EC2", fell=1, left=8),
        Fall(reason="AGENT", asks="a connected agent", fell=1, left=7),
        Fall(reason="RESOURCE:CPU", asks="128 cpu units", fell=1, left=6),
        Fall(reason="RESOURCE:MEMORY", asks="64 MiB of memory", fell=1, left=5),
        Fall(reason="RESOURCE:PORTS", asks="host port 80/tcp free", fell=1, left=4),
        Fall(reason="ATTRIBUTE", asks="the attributes ecs.os-type", fell=1, left=3),
        Fall(reason=MEMBER_OF_UNMET, asks="attribute:stack == prod", fell=1, left=2),
        Fall(reason=DISTINCT_INSTANCE_UNMET, asks="no task of family:web", fell=1, left=1),
    )
    assert (found.able, found.chosen, found.closest) == (1, instance_arn(11), None)


def test_an_explanation_names_the_closest_and_what_it_lacks() -> None:
    def lacks(demand: Demand, *constraints: dict[str, str], **fields: Any) -> str:
        view = given(an_instance(1, **fields), a_task(1, instance=1, host_ports=(80,)))
        found = explain_placement(
            view.projection(Capacity),
            cluster_arn(),
            demand,
            group=GROUP,
            wishes=wishes_of(None, constraints),
        )
        assert found.chosen == ""
        assert found.closest is not None
        assert found.closest.container_instance_arn == instance_arn(1)
        return f"{found.closest.reason} {found.closest_lacks}"

    assert lacks(Demand(), agent_connected=False) == "AGENT its agent is not connected"
    assert lacks(Demand(cpu_units=1000), cpu_units=1000) == (
        "RESOURCE:CPU 872 cpu units are left, 1000 are needed"
    )
    assert lacks(Demand(memory_mib=9000)) == (
        "RESOURCE:MEMORY 4032 MiB of memory are left, 9000 are needed"
    )
    assert lacks(Demand(host_ports=(22, 80, 81))) == (
        "RESOURCE:PORTS taken: host port 22/tcp, host port 80/tcp"
    )
    assert lacks(Demand(host_ports_udp=(53,)), reserved_ports_udp=(53,)) == (
        "RESOURCE:PORTS_UDP taken: host port 53/udp"
    )
    assert lacks(Demand(has_interface=True), task_interfaces_max=0) == (
        "RESOURCE:ENI all of its 0 network interfaces for tasks are taken"
    )
    assert lacks(Demand(has_interface=True, zones=("us-east-1b",))) == (
        "LOCATION it is in us-east-1a, where the task has no subnet"
    )
    assert lacks(Demand(requires_attributes=("ecs.os-type", "x"))) == "ATTRIBUTE missing: x"
    assert lacks(Demand(), member_of("attribute:a exists")) == (
        f"{MEMBER_OF_UNMET} unmet: attribute:a exists"
    )
    assert lacks(Demand(), DISTINCT) == f"{DISTINCT_INSTANCE_UNMET} unmet: no task of family:web"


def test_an_explanation_of_an_empty_cluster_has_nobody() -> None:
    found = explain_placement(
        given(a_cluster()).projection(Capacity), cluster_arn(), Demand(), group=GROUP
    )
    assert (found.registered, found.able, found.chosen, found.closest) == (0, 0, "", None)
    assert msgspec.json.encode(found)


EXPRESSIONS = (
    "attribute:rack exists",
    "runningTasksCount < 2",
    "not(task:group == databases)",
    "agentConnected == true or attribute:rack == b",
)


@settings(deadline=None)
@drawn(
    instances=st.lists(
        st.fixed_dictionaries(
            {
                "status": st.sampled_from(("ACTIVE", "ACTIVE", "DRAINING", "INACTIVE")),
                "agent_connected": st.booleans(),
                "external": st.booleans(),
                "cpu_units": st.sampled_from((100, 300)),
                "memory_mib": st.sampled_from((64, 200)),
                "reserved_ports": st.sampled_from(((), (80,))),
                "task_interfaces_max": st.sampled_from((0, 1, 2)),
                "availability_zone": st.sampled_from(("us-east-1a", "us-east-1b")),
                "attributes": st.sampled_from(({}, {"ecs.os-type": "linux"})),
                "custom_attributes": st.sampled_from(({}, {"rack": "a"}, {"rack": "b"})),
            }
        ),
        max_size=8,
    ),
    tasks=st.lists(st.tuples(st.integers(1, 8), st.sampled_from((GROUP, "databases"))), max_size=6),
    demand=st.builds(
        Demand,
        cpu_units=st.sampled_from((0, 128)),
        memory_mib=st.sampled_from((0, 64, 128)),
        host_ports=st.sampled_from(((), (80,))),
        requires_attributes=st.sampled_from(((), ("ecs.os-type",))),
        has_interface=st.booleans(),
        zones=st.sampled_from((None, (), ("us-east-1a",), ("us-east-1a", "us-east-1b"))),
        launch_type=st.sampled_from(("EC2", "EXTERNAL")),
    ),
    constraints=st.lists(
        st.sampled_from((DISTINCT, *(member_of(each) for each in EXPRESSIONS))), max_size=3
    ),
)
def test_one_slot_all_slots_and_the_filters_say_the_same(
    instances: list[dict[str, Any]],
    tasks: list[tuple[int, str]],
    demand: Demand,
    constraints: list[dict[str, str]],
) -> None:
    view = given(
        a_cluster(),
        *(an_instance(number, **fields) for number, fields in enumerate(instances, 1)),
        *(
            a_task(n, instance=i, group=group, interface=a_task_interface(n) if n % 2 else None)
            for n, (i, group) in enumerate(tasks)
        ),
    )
    capacity = view.projection(Capacity)
    search = Search(capacity, cluster_arn(), demand, GROUP, wishes_of(None, constraints))
    for zone in capacity.zones(cluster_arn()):
        able_slots = able(zone, search)
        asked = zone.active == search.kind
        for each in filters(search):
            asked &= each.fits(zone)
        assert np.array_equal(able_slots, asked)
        assert [is_able(zone, slot, search) for slot in range(len(asked))] == able_slots.tolist()
    explain_placement(capacity, cluster_arn(), demand, group=GROUP, wishes=search.wishes)
