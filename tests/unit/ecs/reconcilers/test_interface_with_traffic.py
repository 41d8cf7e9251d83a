"""Interfaces behind load balancers: connections drain first, then the address goes."""

from traffic_world import DELAY_SECONDS, BalancedWorld, a_web_definition

from balancing import a_target_group
from given import a_security_group, a_subnet, a_vpc, instance_arn
from roadstead.ec2.records.network import NETWORK_INTERFACES, NetworkInterface
from roadstead.ec2.transitions.network_interfaces import interface_attached, interface_detached
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.transitions.container_instances import (
    deregister_instance,
    instance_state_changed,
)
from roadstead.ecs.transitions.tasks import stop_task
from roadstead.elbv2.records.target_group import TARGETS, TARGETS_BY_ADDRESS
from roadstead.state.view import Tx

NETWORK = {"awsvpcConfiguration": {"subnets": [a_subnet(1).subnet_id]}}


class World(BalancedWorld):
    """One task with an interface, registered and healthy, on one of two machines."""

    def __init__(self) -> None:
        super().__init__(
            a_target_group("blue", vpc_id=a_vpc().vpc_id),
            a_vpc(),
            a_security_group(),
            a_subnet(1),
            definitions=[a_web_definition(mode="awsvpc")],
            instances=2,
        )
        self.settle()
        self.create(1, network_configuration=NETWORK)
        self.machines_work()
        self.agents_work(self.service_arn)
        self.answer()
        self.arn = self.serving().arn
        assert self.now_of().targets[0].state == "REGISTERED"

    @property
    def service_arn(self) -> str:
        return next(iter(self.view.all(TASKS))).service_arn

    def serving(self) -> Task:
        (task,) = self.live()
        assert task.last_status == "RUNNING"
        return task

    def now_of(self) -> Task:
        """The task that served at first."""
        return self.view.must(TASKS, self.arn)

    def interfaces(self) -> list[NetworkInterface]:
        found = self.view.all(NETWORK_INTERFACES)
        return [each for each in found if each.requester_id == "amazon-ecs"]

    def machines_work(self) -> None:
        for eni in self.interfaces():
            match eni.attachment and eni.attachment.status:
                case "attaching":
                    self.update(lambda tx, eni=eni: interface_attached(tx, self.call, eni))
                case "detaching":
                    self.update(lambda tx, eni=eni: interface_detached(tx, self.call, eni))

    def attachment(self) -> str:
        interface = self.now_of().interface
        assert interface is not None
        return interface.status

    def _committed(self, tx: Tx) -> None:
        """An address is free only once no load balancer sends anybody there."""
        for change in tx.changes():
            if change.table is NETWORK_INTERFACES and change.after is None:
                address = change.before.private_ip_address
                left = self.view.find(TARGETS_BY_ADDRESS, address)
                assert not left
        super()._committed(tx)


def test_lb_targets_deregistered_and_drained_before_the_interface_of_an_orphan_goes() -> None:
    """CI-65, CI-67: requests in flight still reach the orphan."""
    world = World()
    where = world.serving().container_instance_arn
    instance = world.view.must(CONTAINER_INSTANCES, where)
    world.update(lambda tx: deregister_instance(tx, world.call, instance))
    assert world.now_of().last_status == "STOPPED"
    assert [each.status for each in world.view.all(TARGETS)] == ["draining"]
    assert world.attachment() == "ATTACHED"
    world.pass_time(DELAY_SECONDS - 1)
    assert world.attachment() == "ATTACHED"
    world.pass_time(2)
    assert world.attachment() == "DETACHING"
    world.machines_work()
    assert world.attachment() == "DELETED"


def test_a_stopped_task_is_led_to_by_nobody_when_its_interface_goes() -> None:
    world = World()
    task = world.serving()
    world.update(lambda tx: stop_task(tx, world.call, task, reason="", stop_code="UserInitiated"))
    assert world.now_of().last_status == "DEACTIVATING"
    world.pass_time(DELAY_SECONDS + 1)
    assert world.now_of().last_status == "STOPPING"
    assert world.attachment() == "ATTACHED"
    world.ends(world.now_of())
    assert (world.now_of().last_status, world.attachment()) == ("DEPROVISIONING", "DETACHING")
    world.machines_work()
    assert world.now_of().last_status == "STOPPED"


def test_a_task_that_dies_is_deregistered_before_its_address_is_free() -> None:
    world = World()
    world.ends(world.serving())
    assert world.now_of().targets[0].state in ("DRAINING", "GONE")
    assert world.attachment() == "DETACHING"
    world.machines_work()
    assert world.now_of().last_status == "STOPPED"


def test_with_a_terminated_machine_nothing_is_waited_for() -> None:
    world = World()
    instance = world.view.must(CONTAINER_INSTANCES, world.serving().container_instance_arn)
    world.update(
        lambda tx: instance_state_changed(tx, world.call, instance.ec2_instance_id, "terminated")
    )
    assert (world.now_of().last_status, world.attachment()) == ("STOPPED", "DELETED")
    others = [each for each in world.live() if each.container_instance_arn != instance_arn(1)]
    assert others == world.live()
