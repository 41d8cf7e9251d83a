"""Payloads: what the control plane tells of tasks, taken over one task at a time.

A task that cannot be read does not keep the others of its message from being taken over.
"""

import msgspec

from roadstead.agent.engine import preparation, reporting, tasks
from roadstead.agent.engine.book import TaskBook
from roadstead.agent.engine.instructions import Acknowledge, Tell
from roadstead.agent.engine.life_cycle import TaskStatus
from roadstead.agent.engine.records import ContainerState, TaskState
from roadstead.agent.engine.turn import Turn
from roadstead.agent_protocol.messages import acs
from roadstead.agent_protocol.messages.network_interface import fault_of
from roadstead.agent_protocol.messages.payload import PayloadTask


class _TaskHead(msgspec.Struct, rename="camel"):
    """As much of a payload's task as must be readable to say that the rest is not."""

    arn: str
    desired_status: str = ""


_payload_tasks = msgspec.json.Decoder(PayloadTask)
_task_heads = msgspec.json.Decoder(_TaskHead)


def take(turn: Turn, book: TaskBook, message: acs.PayloadMessage) -> None:
    """Take over what the control plane tells of tasks; acknowledge it unless it says nothing."""
    readable = True
    for raw in message.tasks:
        try:
            _task_wanted(turn, book, _read(raw))
        except msgspec.DecodeError as error:
            readable = _unreadable(turn, book, raw, str(error)) and readable
    if readable:
        turn.ask(Acknowledge(message))


def _read(raw: msgspec.Raw) -> PayloadTask:
    """Raises: msgspec.DecodeError, also for an interface that makes no sense"""
    payload = _payload_tasks.decode(raw)
    if fault := fault_of(payload.elastic_network_interfaces):
        raise msgspec.DecodeError(fault)
    return payload


def _task_wanted(turn: Turn, book: TaskBook, payload: PayloadTask) -> None:
    known = book.task(payload.arn)
    if known is not None:
        if payload.desired_status == "STOPPED":
            _stop_known(turn, known)
        return
    task = book.add(payload)
    if payload.desired_status == "STOPPED":
        tasks.fail(turn, task, tasks.UNKNOWN_STOP)
        return
    refusal = preparation.reason_to_refuse(payload, own_mac_address=turn.settings.mac_address)
    if refusal:
        tasks.fail(turn, task, refusal)
        return
    task.containers = [
        ContainerState(turn.ids.hex32() + turn.ids.hex32(), definition)
        for definition in payload.containers
    ]
    book.note_containers(task)
    book.waiting.append(task.arn)
    turn.touch(task)


def _stop_known(turn: Turn, task: TaskState) -> None:
    if task.status is TaskStatus.STOPPED and not task.outbox:
        reporting.report(turn, task)  # the control plane seems to have missed it
    tasks.ask_to_stop(turn, task)


def _unreadable(turn: Turn, book: TaskBook, raw: msgspec.Raw, why: str) -> bool:
    """A task that cannot be decoded; True when its message may be acknowledged all the same."""
    try:
        head = _task_heads.decode(raw)
    except msgspec.DecodeError:
        turn.ask(Tell(f"a task of a payload has no readable ARN: {why}"))
        return False
    known = book.task(head.arn)
    if known is not None and known.status is not TaskStatus.STOPPED:
        if head.desired_status == "STOPPED":
            tasks.ask_to_stop(turn, known)
            return True
        turn.ask(Tell(f"{head.arn} came again and cannot be read now: {why}"))
        return True
    reason = f"UnrecogniedTaskError: Error loading task - {why}"
    if known is not None:
        known.reason = reason
        reporting.report(turn, known)
    else:
        payload = PayloadTask(arn=head.arn, desired_status="STOPPED")
        tasks.fail(turn, book.add(payload), reason)
    return False
