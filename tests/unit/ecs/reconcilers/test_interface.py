"""The interfaces of awsvpc tasks: what is next for each, and whom a change concerns."""

from typing import Any

import pytest
from small_world import World

from given import (
    NOW,
    a_cluster,
    a_security_group,
    a_subnet,
    a_task,
    a_task_definition,
    a_task_interface,
    a_vpc,
    an_instance,
    given,
    instance_arn,
    later,
    task_arn,
    tuned,
)
from networking import a_network_interface
from roadstead.ec2.records.network import NETWORK_INTERFACES, NetworkInterface
from roadstead.ec2.transitions.network_interfaces import interface_attached, interface_detached
from roadstead.ecs.reconcilers import interface
from roadstead.ecs.reconcilers.interface import TIMEOUT_REASON, ChangeInterface, FailInterface
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS, Task, TaskTarget
from roadstead.ecs.transitions import task_interfaces
from roadstead.ecs.transitions.container_instances import (
    deregister_instance,
    instance_state_changed,
)
from roadstead.elbv2.records.target_group import TARGETS, Target, TargetGroup, target_arn
from roadstead.state.plans import SETTLED, Plan
from roadstead.state.records import Change
from roadstead.state.view import View

GROUP_ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0123456789abcdef"
PRECREATED = a_task_interface(
    status="PRECREATED",
    network_interface_id="",
    mac_address="",
    private_ipv4_address="",
    private_dns_name="",
)
ATTACHING = a_task_interface(status="ATTACHING", expires_at=later(60))
ADDRESS = ATTACHING.private_ipv4_address


def a_site(*records: Any) -> View:
    return given(a_cluster(), a_vpc(), a_security_group(), a_subnet(1), an_instance(1), *records)


def provisioning(which: Any = ATTACHING, **fields: Any) -> Task:
    return a_task(1, **{"last_status": "PROVISIONING", "interface": which, **fields})


def going(status: str = "ATTACHED", last_status: str = "DEPROVISIONING", **fields: Any) -> Task:
    return a_task(
        1,
        last_status=last_status,
        desired_status="STOPPED",
        interface=a_task_interface(status=status),
        **fields,
    )


def next_of(view: View, now: Any = NOW) -> Plan:
    return interface.reconcile(view, task_arn(1), now)


def step_of(plan: Plan) -> Any:
    """The one step that the plan takes."""
    (action,) = plan.actions
    assert isinstance(action, ChangeInterface)
    assert action.reason
    return action.step


def failure_of(plan: Plan) -> str:
    (action,) = plan.actions
    assert isinstance(action, FailInterface)
    return action.reason


def test_a_new_task_gets_an_interface() -> None:
    assert step_of(next_of(a_site(provisioning(PRECREATED)))) is task_interfaces.create_interface


def test_a_machine_is_waited_for_until_the_attachment_expires() -> None:
    view = a_site(provisioning(), a_network_interface(status="attaching"))
    assert next_of(view) == Plan((), later(60))
    assert failure_of(next_of(view, later(60))) == TIMEOUT_REASON


def test_an_attached_interface_lets_the_task_begin() -> None:
    view = a_site(provisioning(), a_network_interface(status="attached"))
    assert step_of(next_of(view)) is task_interfaces.confirm_interface


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ((), "was deleted."),
        ((a_network_interface(status=""),), "was detached."),
        ((a_network_interface(status="attaching", failure="no devices"),), ": no devices"),
    ],
)
def test_an_interface_that_cannot_come_fails_the_task(
    found: tuple[NetworkInterface, ...], reason: str
) -> None:
    said = failure_of(next_of(a_site(provisioning(), *found)))
    assert said.startswith("Unexpected EC2 error")
    assert said.endswith(reason)


@pytest.mark.parametrize("status", ["PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING"])
def test_while_a_task_lives_its_interface_is_left_alone(status: str) -> None:
    task = a_task(1, last_status=status, interface=a_task_interface())
    assert next_of(a_site(task, a_network_interface())) == SETTLED


def test_the_interface_of_an_ended_task_is_detached_then_deleted() -> None:
    view = a_site(going(), a_network_interface())
    assert step_of(next_of(view)) is task_interfaces.detach_interface
    view = a_site(going("DETACHING"), a_network_interface(status="detaching"))
    assert next_of(view) == SETTLED
    view = a_site(going("DETACHING"), a_network_interface(status=""))
    assert step_of(next_of(view)) is task_interfaces.delete_interface


def test_of_a_device_that_was_never_made_nothing_is_to_be_removed() -> None:
    view = a_site(going("ATTACHING"), a_network_interface(status="attaching", failure="no"))
    assert step_of(next_of(view)) is task_interfaces.delete_interface


def test_a_task_that_ends_before_its_interface_was_made_has_none() -> None:
    task = provisioning(PRECREATED, last_status="DEPROVISIONING", desired_status="STOPPED")
    assert step_of(next_of(a_site(task))) is task_interfaces.delete_interface


def a_target(status: str = "draining", address: str = ADDRESS) -> Target:
    return Target(
        arn=target_arn(GROUP_ARN, address, 80),
        target_group_arn=GROUP_ARN,
        id=address,
        port=80,
        address=address,
        status=status,
    )


def a_group(vpc: int = 1) -> TargetGroup:
    return TargetGroup(arn=GROUP_ARN, name="web", vpc_id=f"vpc-{vpc:017x}", target_type="ip")


def test_an_orphan_keeps_its_interface_while_connections_drain() -> None:
    orphan = going(last_status="STOPPED")
    view = a_site(orphan, a_network_interface(), a_group(), a_target())
    assert next_of(view) == SETTLED
    for done in ((a_group(), a_target("healthy")), (a_group(2), a_target()), ()):
        view = a_site(orphan, a_network_interface(), *done)
        assert step_of(next_of(view)) is task_interfaces.detach_interface


def test_an_address_that_still_gets_requests_is_given_to_nobody_else() -> None:
    target = TaskTarget(target_group_arn=GROUP_ARN, target_id=ADDRESS, port=80, state="REGISTERED")
    for status in ("DEPROVISIONING", "STOPPED"):
        task = going(last_status=status, targets=(target,))
        assert next_of(a_site(task, a_network_interface())) == SETTLED


def test_the_end_of_a_drain_concerns_those_who_were_given_up_there() -> None:
    view = a_site(going(last_status="STOPPED"))
    gone = Change(TARGETS, a_target().arn, a_target(), None)
    assert list(interface.affected(view, gone)) == [task_arn(1)]
    other = a_target(address="10.1.1.99")
    assert list(interface.affected(view, Change(TARGETS, other.arn, None, other))) == []


def test_nobody_waits_for_a_machine_that_is_forgotten() -> None:
    orphan = going("DETACHING", last_status="STOPPED", instance=2)
    view = a_site(orphan, a_network_interface(status="detaching", instance=2))
    assert step_of(next_of(view)) is task_interfaces.delete_interface
    gone = Change(CONTAINER_INSTANCES, instance_arn(2), an_instance(2), None)
    assert list(interface.affected(view, gone)) == [task_arn(1)]


def test_keys_are_the_tasks_whose_interfaces_come_or_go() -> None:
    view = a_site(
        provisioning(PRECREATED),
        a_task(2, interface=a_task_interface(2)),
        a_task(3),
        a_task(4, last_status="STOPPED", interface=a_task_interface(4, status="DELETED")),
        a_task(5, last_status="STOPPED", interface=a_task_interface(5)),
    )
    assert sorted(interface.keys(view)) == [task_arn(1), task_arn(5)]


def a_running_world(**numbers: int) -> World:
    """A task runs on instance 1 with an interface."""
    world = World(
        a_cluster(),
        a_vpc(),
        a_security_group(),
        a_subnet(1),
        an_instance(1),
        a_task_definition(network_mode="awsvpc"),
        a_task(1, interface=a_task_interface()),
        a_network_interface(),
        tuned(**numbers),
    )
    world.settle()
    return world


def test_of_a_terminated_machine_the_interfaces_go_at_once() -> None:
    world = a_running_world()
    instance = world.view.must(CONTAINER_INSTANCES, instance_arn(1))
    world.update(
        lambda tx: instance_state_changed(tx, world.call, instance.ec2_instance_id, "terminated")
    )
    task = world.view.must(TASKS, task_arn(1))
    assert task.last_status == "STOPPED"
    assert task.interface is not None
    assert task.interface.status == "DELETED"
    assert world.view.size(NETWORK_INTERFACES) == 0


def test_an_orphan_is_remembered_until_its_interface_is_deleted() -> None:
    world = a_running_world(stopped_task_kept_seconds=60)
    instance = world.view.must(CONTAINER_INSTANCES, instance_arn(1))
    world.update(lambda tx: deregister_instance(tx, world.call, instance))
    world.pass_time(300)
    assert world.view.get(TASKS, task_arn(1)) is not None
    (eni,) = world.view.all(NETWORK_INTERFACES)
    world.update(lambda tx: interface_detached(tx, world.call, eni))
    assert world.view.size(NETWORK_INTERFACES) == 0
    world.pass_time(1)
    assert world.view.get(TASKS, task_arn(1)) is None


def test_a_rogue_report_of_a_task_that_is_not_there_yet_ends_it() -> None:
    """Whatever is said of it, it gives its interface back and is STOPPED."""
    task = provisioning(PRECREATED, desired_status="STOPPED")
    world = World(a_cluster(), a_vpc(), a_subnet(1), an_instance(1), task)
    world.settle()
    assert world.view.must(TASKS, task_arn(1)).last_status == "STOPPED"


def test_what_a_machine_says_late_changes_nothing() -> None:
    world = a_running_world()
    (eni,) = world.view.all(NETWORK_INTERFACES)
    before = world.view.must(TASKS, task_arn(1))
    world.update(lambda tx: interface_attached(tx, world.call, eni))
    assert world.view.must(TASKS, task_arn(1)) is before
