"""Whatever happens to awsvpc tasks: nothing leaks, nothing goes back, and all comes to rest."""

from collections.abc import Callable
from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from small_world import World

from given import (
    a_cluster,
    a_family,
    a_security_group,
    a_subnet,
    a_task_definition,
    a_vpc,
    an_instance,
    instance_arn,
    service_arn,
)
from roadstead.aws.errors import ApiError
from roadstead.ec2.records.network import (
    INTERFACES_BY_INSTANCE,
    NETWORK_INTERFACES,
    SUBNETS,
    NetworkInterface,
)
from roadstead.ec2.transitions.network_interfaces import (
    instance_terminated,
    interface_attached,
    interface_detached,
    interface_failed,
)
from roadstead.ecs.operations.services.create import create_service
from roadstead.ecs.operations.services.delete import delete_service
from roadstead.ecs.operations.services.update import update_service
from roadstead.ecs.operations.task_starts import run_task
from roadstead.ecs.operations.tasks import stop_task
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.task_interface import INTERFACES_UNDER_WAY, has_interface
from roadstead.ecs.rules.task_lifecycle import ORDER, is_known_to_agent
from roadstead.ecs.transitions.container_instances import (
    deregister_instance,
    instance_state_changed,
    set_status,
)
from roadstead.ecs.transitions.task_reports import TaskReport, report_task
from roadstead.state.view import Tx

ATTACHMENT_ORDER = ("PRECREATED", "ATTACHING", "ATTACHED", "DETACHING", "DELETED")
MACHINES = 3
NETWORK = {
    "awsvpcConfiguration": {"subnets": [a_subnet(1).subnet_id, a_subnet(2).subnet_id]},
}
DELETE = {"service": service_arn("web"), "force": True}


class Story(World):
    """Three machines with two interfaces for tasks each; whatever is written is looked at."""

    def __init__(self, seed: int) -> None:
        machines = [
            an_instance(number, availability_zone=f"us-east-1{'ab'[number % 2]}")
            for number in range(1, MACHINES + 1)
        ]
        super().__init__(
            a_cluster(),
            a_family(),
            a_vpc(),
            a_security_group(),
            a_subnet(1, cidr="10.1.1.0/28"),
            a_subnet(2, zone="us-east-1b"),
            a_task_definition(network_mode="awsvpc", cpu_units=10),
            *machines,
            seed=seed,
        )
        self.settle()

    def _committed(self, tx: Tx) -> None:
        for change in tx.changes():
            if change.table is TASKS and change.before is not None and change.after is not None:
                _check_forward(change.before, change.after)
        super()._committed(tx)
        capacity = self.view.projection(Capacity)
        for number in range(1, MACHINES + 1):
            seat = capacity.seat(instance_arn(number))
            assert seat is None or seat.interfaces <= 2, "more interfaces than the machine has"

    def ask(self, operation: Callable[..., Any], request: dict[str, Any]) -> None:
        """A client's call, which may be refused."""
        try:
            self.update(lambda tx: operation(tx, self.call, request))
        except ApiError:
            self.settle()

    def tasks_in(self, *statuses: str) -> list[Task]:
        found = [task for task in self.view.all(TASKS) if task.last_status in statuses]
        return sorted(found, key=lambda task: task.arn)

    def interfaces(self) -> list[NetworkInterface]:
        return sorted(self.view.all(NETWORK_INTERFACES), key=lambda eni: eni.arn)

    # What happens

    def run(self, number: int) -> None:
        request = {"taskDefinition": "web", "count": number + 1, "networkConfiguration": NETWORK}
        self.ask(run_task, request)

    def serve(self, number: int) -> None:
        request = {
            "serviceName": "web",
            "taskDefinition": "web",
            "desiredCount": number,
            "networkConfiguration": NETWORK,
        }
        self.ask(create_service, request)

    def redeploy(self, number: int) -> None:
        """With other subnets: a deployment."""
        subnet = NETWORK["awsvpcConfiguration"]["subnets"][number % 2]
        network = {"awsvpcConfiguration": {"subnets": [subnet]}}
        request = {"service": service_arn("web"), "networkConfiguration": network}
        self.ask(update_service, request)

    def unserve(self, _number: int) -> None:
        self.ask(delete_service, DELETE)

    def stop(self, number: int) -> None:
        tasks = self.tasks_in(*ORDER[:-1])
        if tasks:
            self.ask(stop_task, {"task": tasks[number % len(tasks)].arn})

    def answer(self, number: int) -> None:
        """A machine does what it was asked to, or fails."""
        asked = [each for each in self.interfaces() if each.status in ("attaching", "detaching")]
        if not asked:
            return
        eni = asked[number % len(asked)]
        if eni.status == "detaching":
            self.update(lambda tx: interface_detached(tx, self.call, eni))
        elif number == 5:
            self.update(lambda tx: interface_failed(tx, self.call, eni, "cannot"))
        else:
            self.update(lambda tx: interface_attached(tx, self.call, eni))

    def agent_says(self, number: int) -> None:
        tasks = [task for task in self.view.all(TASKS) if is_known_to_agent(task.last_status)]
        tasks.sort(key=lambda task: task.arn)
        if tasks:
            task = tasks[number % len(tasks)]
            is_end = task.desired_status == "STOPPED" or number == 4
            report = TaskReport(status="STOPPED" if is_end else "RUNNING")
            self.update(lambda tx: report_task(tx, self.call, task, report))

    def pass_a_while(self, number: int) -> None:
        self.pass_time((1, 10, 60, 200, 301, 4000)[number])

    def drain(self, number: int) -> None:
        instance = self.view.get(CONTAINER_INSTANCES, instance_arn(number % MACHINES + 1))
        if instance is not None and instance.status != "INACTIVE":
            status = "ACTIVE" if instance.status == "DRAINING" else "DRAINING"
            self.update(lambda tx: set_status(tx, instance, status))

    def lose(self, number: int) -> None:
        """A machine is deregistered by force, stopped or terminated."""
        instance = self.view.get(CONTAINER_INSTANCES, instance_arn(number % MACHINES + 1))
        if instance is None or instance.status == "INACTIVE":
            return
        if number < 2:
            self.update(lambda tx: deregister_instance(tx, self.call, instance))
        elif number < 4:
            self.update(
                lambda tx: instance_state_changed(
                    tx, self.call, instance.ec2_instance_id, "stopped"
                )
            )
        else:
            self.update(lambda tx: self._terminate(tx, instance.ec2_instance_id))

    def _terminate(self, tx: Tx, ec2_instance_id: str) -> None:
        instance_state_changed(tx, self.call, ec2_instance_id, "terminated")
        instance_terminated(tx, self.call, ec2_instance_id)

    def lose_subnet(self, number: int) -> None:
        """Before the interface of a task is made there."""
        if number == 0:
            arn = a_subnet(1).arn
            if self.view.get(SUBNETS, arn) is not None and not self.interfaces():
                self.update(lambda tx: tx.delete(SUBNETS, arn))

    def come_to_an_end(self) -> None:
        """Everything is stopped, and everybody answers."""
        self.ask(delete_service, DELETE)
        for _ in range(20):
            for task in self.tasks_in(*ORDER[:-1]):
                if task.desired_status == "RUNNING":
                    self.ask(stop_task, {"task": task.arn})
            for eni in self.interfaces():
                known = self.view.get(NETWORK_INTERFACES, eni.arn)
                if known is not None:
                    self.update(lambda tx, known=known: self._do_as_asked(tx, known))
            for task in self.tasks_in(*ORDER[:-1]):
                if is_known_to_agent(task.last_status):
                    report = TaskReport(status="STOPPED")
                    self.update(lambda tx, t=task, r=report: report_task(tx, self.call, t, r))

    def _do_as_asked(self, tx: Tx, eni: NetworkInterface) -> None:
        done = interface_attached if eni.status == "attaching" else interface_detached
        if eni.status in ("attaching", "detaching"):
            done(tx, self.call, eni)


def _check_forward(before: Task, after: Task) -> None:
    assert ORDER.index(after.last_status) >= ORDER.index(before.last_status)
    assert before.interface is not None
    assert after.interface is not None
    steps = [ATTACHMENT_ORDER.index(each.interface.status) for each in (before, after)]
    assert steps[0] <= steps[1], "an attachment goes back"
    if before.last_status != "STOPPED" and after.last_status == "STOPPED":
        by_itself = before.last_status in ("PROVISIONING", "DEPROVISIONING")
        if by_itself and after.connectivity != "DISCONNECTED":
            assert not has_interface(after), "STOPPED with an interface"
    if after.last_status == "PENDING":
        assert after.interface.status == "ATTACHED", "its agent is told too early"


happenings = st.lists(
    st.tuples(
        st.sampled_from(
            [
                Story.run,
                Story.serve,
                Story.redeploy,
                Story.unserve,
                Story.stop,
                Story.answer,
                Story.answer,
                Story.answer,
                Story.agent_says,
                Story.agent_says,
                Story.agent_says,
                Story.pass_a_while,
                Story.drain,
                Story.lose,
                Story.lose_subnet,
            ]
        ),
        st.integers(0, 5),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@drawn(st.integers(1, 3), happenings)
def test_every_interface_that_is_made_is_deleted_in_the_end(
    seed: int, what: list[tuple[Callable[[Story, int], None], int]]
) -> None:
    story = Story(seed)
    for happening, number in what:
        happening(story, number)
    story.come_to_an_end()
    assert story.interfaces() == []
    assert not list(story.view.keys(INTERFACES_UNDER_WAY))
    assert not list(story.view.keys(INTERFACES_BY_INSTANCE))
    for task in story.view.all(TASKS):
        assert task.last_status == "STOPPED"
        assert not has_interface(task)
        assert task.stopped_at is not None
        assert task.tags == {}
        assert all(each.last_status == "STOPPED" for each in task.containers)
    capacity = story.view.projection(Capacity)
    seats = [capacity.seat(instance_arn(number)) for number in range(1, MACHINES + 1)]
    assert all(seat is None or (seat.interfaces, seat.tasks) == (0, 0) for seat in seats)
