"""What is next for a task that is found by name, and that it settles."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from given import (
    NOW,
    REGION,
    SCOPE,
    a_call,
    a_container,
    a_service,
    a_task,
    a_task_definition,
    a_task_interface,
    an_instance,
    given,
    service_arn,
    task_arn,
)
from roadstead.aws.arns import last_part
from roadstead.ecs.reconcilers import discovery
from roadstead.ecs.reconcilers.discovery import Enter, Leave, TellHealth
from roadstead.ecs.records.task import TASKS, Task, TaskRegistration
from roadstead.ecs.transitions.task_registrations import enter
from roadstead.ecs.transitions.traffic_troubles import TRIED_AGAIN_AFTER
from roadstead.servicediscovery.records.instance import (
    DISCOVERY_INSTANCES,
    DISCOVERY_INSTANCES_BY_SERVICE,
)
from roadstead.servicediscovery.records.namespace import Namespace
from roadstead.servicediscovery.records.service import DiscoveryService, DnsRecord
from roadstead.state.plans import SETTLED, Plan
from roadstead.state.records import Record
from roadstead.state.view import Tx

PREFIX = f"arn:aws:servicediscovery:{REGION}:123456789012"
REGISTRY = DiscoveryService(
    arn=f"{PREFIX}:service/srv-1",
    service_id="srv-1",
    name="web",
    scope=SCOPE,
    namespace_arn=f"{PREFIX}:namespace/ns-1",
    dns_records=(DnsRecord("A", 10),),
    has_custom_health=True,
)
NAMESPACE = Namespace(
    arn=REGISTRY.namespace_arn, namespace_id="ns-1", name="shop.local", scope=SCOPE, vpc_id="vpc-1"
)


def found_task(*, registered: bool = False, **fields: Any) -> Task:
    """A task with an interface of its own, of a service that is found by name."""
    fields = {
        "last_status": "ACTIVATING",
        "interface": a_task_interface(status="ATTACHED"),
    } | fields
    return a_task(
        service_arn=service_arn(),
        registrations=(TaskRegistration(registry_arn=REGISTRY.arn, is_registered=registered),),
        **fields,
    )


def a_state(task: Task, *others: Record, registry: DiscoveryService | None = REGISTRY) -> Tx:
    records = [NAMESPACE, a_service(), a_task_definition(), an_instance(), task, *others]
    return Tx(given(*records, *((registry,) if registry else ())))


def plan_of(tx: Tx) -> Plan:
    return discovery.reconcile(tx, task_arn(), NOW)


def applied(tx: Tx) -> Plan:
    """The plan once nothing more is done at this moment."""
    for _ in range(4):
        plan = plan_of(tx)
        if not plan.actions:
            return plan
        for action in plan.actions:
            action.apply(tx, a_call())
    raise AssertionError("it does not settle")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"last_status": "PENDING"}, SETTLED),
        ({"last_status": "ACTIVATING"}, Plan((Enter(task_arn()),))),
        ({"last_status": "RUNNING"}, Plan((Enter(task_arn()),))),
        (
            {"last_status": "DEACTIVATING", "desired_status": "STOPPED", "registered": True},
            Plan((Leave(task_arn()),)),
        ),
        (
            {"last_status": "STOPPED", "desired_status": "STOPPED", "registered": True},
            Plan((Leave(task_arn()),)),
        ),
        (
            {"last_status": "DEACTIVATING", "desired_status": "STOPPED"},
            Plan((Leave(task_arn()),)),
        ),
        ({"last_status": "STOPPING", "desired_status": "STOPPED"}, SETTLED),
    ],
)
def test_a_task_is_entered_while_it_runs(fields: dict[str, Any], expected: Plan) -> None:
    assert plan_of(a_state(found_task(**fields))) == expected


def test_entered_it_is_RUNNING_and_out_again_it_is_STOPPING() -> None:
    tx = a_state(found_task())
    assert applied(tx) == SETTLED
    task = tx.must(TASKS, task_arn())
    assert (task.last_status, task.started_at) == ("RUNNING", NOW)
    (instance,) = tx.find(DISCOVERY_INSTANCES_BY_SERVICE, REGISTRY.arn)
    assert instance.instance_id == last_part(task_arn())
    stopping = found_task(registered=True, last_status="DEACTIVATING", desired_status="STOPPED")
    tx.put(TASKS, stopping)
    assert applied(tx) == SETTLED
    assert tx.must(TASKS, task_arn()).last_status == "STOPPING"
    assert tx.count(DISCOVERY_INSTANCES_BY_SERVICE, REGISTRY.arn) == 0


def test_what_is_refused_is_tried_again_later() -> None:
    tx = a_state(found_task(), registry=None)
    plan = applied(tx)
    assert plan == Plan((), NOW + TRIED_AGAIN_AFTER)
    later = NOW + TRIED_AGAIN_AFTER + timedelta(seconds=1)
    assert discovery.reconcile(tx, task_arn(), later).actions == (Enter(task_arn()),)


def test_health_is_told_when_it_differs() -> None:
    check = {"name": "app", "image": "b", "healthCheck": {"command": ["CMD", "true"]}}
    definition = a_task_definition(document={"containerDefinitions": [check]})
    healthy = a_container(health_status="HEALTHY")
    tx = a_state(found_task(containers=(healthy,)), definition)
    enter(tx, a_call(), tx.must(TASKS, task_arn()))
    assert plan_of(tx) == SETTLED
    task = tx.must(TASKS, task_arn())
    tx.put(TASKS, found_task(registered=True, last_status="RUNNING", containers=(a_container(),)))
    assert plan_of(tx) == Plan((TellHealth(task.arn),))
    assert applied(tx) == SETTLED
    (instance,) = tx.all(DISCOVERY_INSTANCES)
    assert instance.custom_health == "UNHEALTHY"


@for_any(
    st.sampled_from(
        (
            "PENDING",
            "ACTIVATING",
            "RUNNING",
            "DEACTIVATING",
            "STOPPING",
            "DEPROVISIONING",
            "STOPPED",
        )
    ),
    st.sampled_from(("RUNNING", "STOPPED")),
    st.booleans(),
    st.booleans(),
)
def test_whatever_a_task_is_it_settles_and_a_stopped_one_is_not_found(
    last_status: str, desired_status: str, registered: bool, there: bool
) -> None:
    task = found_task(registered=registered, last_status=last_status, desired_status=desired_status)
    tx = a_state(task, registry=REGISTRY if there else None)
    applied(tx)
    after = tx.must(TASKS, task_arn())
    if desired_status == "STOPPED":
        assert not any(each.is_registered for each in after.registrations)
        assert tx.count(DISCOVERY_INSTANCES_BY_SERVICE, REGISTRY.arn) == 0
    assert after.last_status != "DEACTIVATING" or desired_status == "RUNNING"
