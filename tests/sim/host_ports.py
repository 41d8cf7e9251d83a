"""Host ports: whoever asks at one gets the task that the server says is there, or nobody."""

from collections.abc import Iterator

from roadstead.ecs.records.host_ports import held_ports, ports_as_codes
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE
from roadstead.state.view import View
from sim.machine import Container, Machine


def ports_of_others(view: View, machine: Machine, container: Container) -> Iterator[str]:
    """What is wrong with the ports chosen for a container that starts.

    A port of a task whose end the server does not know is given to nobody.
    """
    if machine.identity is None:
        return
    pairs = zip(container.spec.port_mappings, container.bindings, strict=False)
    chosen = ports_as_codes([has.host_port for asked, has in pairs if not asked.host_port], ())
    for task in view.find(LIVE_TASKS_BY_INSTANCE, machine.identity.container_instance_arn):
        if task.arn != container.spec.task_arn and held_ports(task) & chosen:
            yield (
                f"{container.spec.task_arn} gets ports on {machine.id} that are those of "
                f"{task.arn}, which is {task.last_status} for all the server knows"
            )
