"""Tasks begin and are told to end."""

from given import (
    NOW,
    a_call,
    a_cluster,
    a_task,
    a_task_definition,
    an_instance,
    cluster_arn,
    definition_arn,
    given,
    instance_arn,
    later,
)
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.task import LISTED_TASKS, TASKS
from roadstead.ecs.transitions.tasks import orphan_task, start_task, stop_task
from roadstead.state.view import Tx


def started(**fields: object) -> tuple[Tx, object]:
    view = given(a_cluster(), an_instance(1), a_task_definition())
    tx = Tx(view)
    task = start_task(
        tx,
        a_call(),
        cluster=a_cluster(),
        definition=a_task_definition(),
        instance=an_instance(1),
        group="family:web",
        **fields,  # type: ignore[arg-type]
    )
    return tx, task


def test_a_started_task_is_pending_and_takes_its_resources_at_once() -> None:
    tx, _ = started()
    (task,) = tx.all(TASKS)
    assert (task.last_status, task.desired_status, task.version) == ("PENDING", "RUNNING", 1)
    assert task.created_at == NOW
    assert task.task_definition_arn == definition_arn()
    assert (task.cpu, task.memory) == ("128", "64")
    assert task.attributes == {"ecs.cpu-architecture": "x86_64"}
    seat = tx.projection(Capacity).seat(instance_arn())
    assert seat is not None
    assert (seat.cpu_units, seat.memory_mib, seat.tasks) == (128, 64, 1)


def test_a_started_tasks_ids_are_of_its_cluster() -> None:
    tx, _ = started()
    (task,) = tx.all(TASKS)
    prefix, _, identity = task.arn.rpartition("/")
    assert prefix == cluster_arn().replace(":cluster/", ":task/")
    assert len(identity) == 32
    (container,) = task.containers
    assert container.arn.startswith(
        cluster_arn().replace(":cluster/", ":container/") + f"/{identity}/"
    )
    assert (container.name, container.cpu, container.essential) == ("app", "128", True)


def test_a_container_override_shows_in_the_tasks_container() -> None:
    override = {"name": "app", "cpu": 256, "memory": 99, "memoryReservation": 70}
    tx, _ = started(overrides={"containerOverrides": [override]})
    (task,) = tx.all(TASKS)
    (container,) = task.containers
    assert (container.cpu, container.memory, container.memory_reservation) == ("256", "99", "70")
    assert (task.cpu_units, task.memory_mib) == (256, 70)


def test_TK_02_stop_sets_what_is_desired_and_frees_the_resources_first() -> None:
    view = given(an_instance(1), a_task(1, tags={"a": "b"}))
    tx = Tx(view)
    task = stop_task(
        tx, a_call(now=later(5)), a_task(1), reason="enough", stop_code="UserInitiated"
    )
    assert (task.desired_status, task.last_status) == ("STOPPED", "RUNNING")
    assert (task.stop_code, task.stopped_reason) == ("UserInitiated", "enough")
    assert task.stopping_at == later(5)
    assert task.stopped_at is None
    seat = tx.projection(Capacity).seat(instance_arn())
    assert seat is not None
    assert (seat.cpu_units, seat.tasks) == (0, 0)


def test_TK_45_stop_deletes_tags() -> None:
    tx = Tx(given(a_task(1, tags={"a": "b"})))
    assert stop_task(tx, a_call(), a_task(1), reason="", stop_code="UserInitiated").tags == {}


def test_TK_43_the_first_reason_stays() -> None:
    tx = Tx(given(a_task(1)))
    first = stop_task(tx, a_call(), a_task(1), reason="one", stop_code="UserInitiated")
    again = stop_task(tx, a_call(), first, reason="two", stop_code="ServiceSchedulerInitiated")
    assert again is first


def test_CI_63_an_orphan_is_stopped_at_once() -> None:
    tx = Tx(given(an_instance(1), a_task(1)))
    task = orphan_task(tx, a_call(now=later(9)), a_task(1), reason="gone", stop_code="")
    assert (task.desired_status, task.last_status) == ("STOPPED", "STOPPED")
    assert (task.stop_code, task.stopped_reason) == ("", "gone")
    assert task.stopping_at == task.stopped_at == later(9)
    assert [each.last_status for each in task.containers] == ["STOPPED"]
    assert task.connectivity == "DISCONNECTED"
    assert tx.count(LISTED_TASKS, f"{cluster_arn()}|RUNNING") == 0


def test_an_orphan_that_was_asked_to_stop_keeps_that_reason() -> None:
    tx = Tx(given(a_task(1)))
    asked = stop_task(tx, a_call(), a_task(1), reason="enough", stop_code="UserInitiated")
    orphan = orphan_task(tx, a_call(now=later(9)), asked, reason="gone", stop_code="")
    assert (orphan.stop_code, orphan.stopped_reason) == ("UserInitiated", "enough")
    assert (orphan.stopping_at, orphan.stopped_at) == (NOW, later(9))


def test_a_stopped_task_cannot_be_orphaned() -> None:
    stopped = a_task(1, last_status="STOPPED", stopped_reason="ended")
    assert orphan_task(Tx(given(stopped)), a_call(), stopped, reason="gone") is stopped
