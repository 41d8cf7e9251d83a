"""The network of an awsvpc task: asked for when the task is admitted, gone before it is STOPPED.

Moving a device takes the kernel longer than all the rest: containers are made meanwhile, but none
is started before the network is READY. Tasks of other network modes have none, and nothing here
changes them.
"""

from ipaddress import IPv4Interface

from roadstead.agent.engine.instructions import PrepareNetwork, ReleaseNetwork
from roadstead.agent.engine.life_cycle import ContainerStatus, NetworkStatus, TaskStatus
from roadstead.agent.engine.records import TaskState
from roadstead.agent.engine.turn import Turn
from roadstead.agent.runtime.port import AWSVPC, TaskNetwork
from roadstead.agent_protocol.messages.network_interface import primary_address
from roadstead.agent_protocol.messages.payload import PayloadTask

_STARTED = (ContainerStatus.RUNNING, ContainerStatus.STOPPED)


def is_ready(task: TaskState) -> bool:
    """Whether its containers may be started."""
    return task.payload.network_mode != AWSVPC or task.network is NetworkStatus.READY


def advance(turn: Turn, task: TaskState) -> None:
    """Ask for the network of a task that is admitted and shall run."""
    if (
        task.payload.network_mode == AWSVPC
        and task.network is NetworkStatus.NONE
        and task.desired_status is TaskStatus.RUNNING
    ):
        _prepare(turn, task)


def adopt(turn: Turn, task: TaskState) -> None:
    """After a restart of the agent: take up what was under way.

    A network that containers shall still join is made sure of: it does not outlive a power loss.
    """
    shall_run = task.desired_status is TaskStatus.RUNNING
    match task.network:
        case NetworkStatus.PREPARING if shall_run:
            turn.ask(PrepareNetwork(task.arn, _wanted(task.payload)))
        case NetworkStatus.READY if shall_run:
            if any(container.status not in _STARTED for container in task.containers):
                _prepare(turn, task)
        case NetworkStatus.RELEASING:
            turn.ask(ReleaseNetwork(task.arn))


def prepared(turn: Turn, task: TaskState) -> None:
    """The namespace is there, with the interface in it."""
    if task.network is NetworkStatus.PREPARING:
        turn.move_network(task, NetworkStatus.READY)


def failed(turn: Turn, task: TaskState, name: str, text: str) -> None:
    """Without a network the task cannot run."""
    if task.network is NetworkStatus.PREPARING and task.desired_status is TaskStatus.RUNNING:
        task.desired_status = TaskStatus.STOPPED
        task.reason = f"{name}: {text}"
        turn.touch(task)


def is_gone(turn: Turn, task: TaskState) -> bool:
    """Of a task whose containers have all ended: whether nothing is left of its network.

    What is left is asked to be taken away.
    """
    if task.network in (NetworkStatus.PREPARING, NetworkStatus.READY):
        turn.move_network(task, NetworkStatus.RELEASING)
        turn.ask(ReleaseNetwork(task.arn))
    return task.network in (NetworkStatus.NONE, NetworkStatus.RELEASED)


def released(turn: Turn, task: TaskState) -> None:
    """Nothing is left of the network."""
    if task.network is NetworkStatus.RELEASING:
        turn.move_network(task, NetworkStatus.RELEASED)


def _prepare(turn: Turn, task: TaskState) -> None:
    turn.move_network(task, NetworkStatus.PREPARING)
    turn.ask(PrepareNetwork(task.arn, _wanted(task.payload)))


def _wanted(payload: PayloadTask) -> TaskNetwork:
    eni = payload.elastic_network_interfaces[0]
    gateway = IPv4Interface(eni.subnet_gateway_ipv4_address)
    return TaskNetwork(
        mac_address=eni.mac_address.lower(),
        address=primary_address(eni),
        prefix_length=gateway.network.prefixlen,
        gateway=str(gateway.ip),
    )
