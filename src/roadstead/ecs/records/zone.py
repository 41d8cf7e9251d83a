"""Zone: the container instances of one cluster in one Availability Zone, as arrays of numbers.

Part of `Capacity`, which alone changes it. An instance has a slot, the same in every array; a free
slot takes no tasks and is used again. Questions about all instances at once (have they these
attributes, is this port taken, how many tasks of this group have they) are answered by arrays
that are made when first asked, kept up to date by every change, and dropped when too many. Whoever
asks must not write into an answer.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from roadstead.ecs.records.container_instance import ContainerInstance

Integers = npt.NDArray[np.int32]
Booleans = npt.NDArray[np.bool_]

NO_TASKS, EC2, EXTERNAL = 0, 1, 2
"""Which tasks an instance takes: those of one launch type, or none."""
IDLE = 1 << 30
"""More than any number of tasks."""
ANSWERS_KEPT_MAX = 256
"""Of each kind of question; one costs 10 kB with 10,000 instances, 40 kB where it is of a group."""
_SLOTS_AT_FIRST = 4

Count = tuple[int, str, int]
"""Slot, group, and how many tasks the group has there."""


class _Answer(msgspec.Struct, gc=False):
    """What was asked of every instance, and what each said."""

    ask: Callable[[ContainerInstance], int]
    said: npt.NDArray[Any]


class _Tally(msgspec.Struct, gc=False):
    """Which groups are meant, and how many tasks of them each slot has."""

    is_meant: Callable[[str], bool]
    counts: Integers


class Zone:
    __slots__ = (
        "_answers",
        "_free",
        "_groups",
        "_port_holders",
        "_ports",
        "_tallies",
        "active",
        "burden",
        "cpu_left",
        "instances",
        "interfaces_left",
        "memory_left",
        "name",
        "size",
        "takes",
        "tasks",
        "tasks_total",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.size = 0
        """How many instances there are; slots may be more."""
        self.instances: list[ContainerInstance | None] = [None] * _SLOTS_AT_FIRST
        self.cpu_left: Integers = np.zeros(_SLOTS_AT_FIRST, np.int32)
        self.memory_left: Integers = np.zeros(_SLOTS_AT_FIRST, np.int32)
        self.interfaces_left: Integers = np.zeros(_SLOTS_AT_FIRST, np.int32)
        """How many more awsvpc tasks there is an interface for."""
        self.tasks: Integers = np.zeros(_SLOTS_AT_FIRST, np.int32)
        self.burden: Integers = np.full(_SLOTS_AT_FIRST, IDLE, np.int32)
        """Tasks, and `IDLE` more where no tasks are taken: the least is worth asking first."""
        self.active: npt.NDArray[np.int8] = np.zeros(_SLOTS_AT_FIRST, np.int8)
        """The launch type of ACTIVE instances, their agents connected or not."""
        self.takes: npt.NDArray[np.int8] = np.zeros(_SLOTS_AT_FIRST, np.int8)
        """The same, of those whose agent is connected."""
        self.tasks_total = 0
        self._free: list[int] = list(range(_SLOTS_AT_FIRST - 1, -1, -1))
        self._port_holders: list[dict[int, int] | None] = [None] * _SLOTS_AT_FIRST
        self._answers: dict[Hashable, _Answer] = {}
        self._ports: dict[int, Booleans] = {}
        self._groups: dict[str, Integers] = {}
        self._tallies: dict[str, _Tally] = {}

    # What placement asks

    def having(self, required: tuple[str, ...]) -> Booleans:
        """Which slots have every required attribute."""
        return self.answers(required, partial(has_attributes, required=required), np.bool_)

    def answers(
        self, question: Hashable, ask: Callable[[ContainerInstance], int], dtype: type[Any]
    ) -> npt.NDArray[Any]:
        """What each instance says; 0 in free slots.

        question: what `ask` asks, to know it again. The answer depends on the record alone.
        """
        found = self._answers.get(question)
        if found is None:
            said = np.fromiter(
                (0 if each is None else ask(each) for each in self.instances),
                dtype,
                len(self.instances),
            )
            found = _Answer(ask, said)
            _keep(self._answers, question, found, ANSWERS_KEPT_MAX)
        return found.said

    def tally(
        self, question: str, is_meant: Callable[[str], bool], counts: Callable[[], Iterable[Count]]
    ) -> Integers:
        """How many tasks each slot has of all groups that are meant.

        question: what `is_meant` asks, to know it again; counts: of every group, when asked.
        """
        found = self._tallies.get(question)
        if found is None:
            found = _Tally(is_meant, np.zeros(len(self.instances), np.int32))
            for slot, group, count in counts():
                if is_meant(group):
                    found.counts[slot] += count
            _keep(self._tallies, question, found, ANSWERS_KEPT_MAX)
        return found.counts

    def taken(self, code: int) -> Booleans:
        """Which slots have the port taken or reserved."""
        found = self._ports.get(code)
        if found is None:
            found = np.fromiter(
                (self._is_taken(slot, code) for slot in range(len(self.instances))),
                np.bool_,
                len(self.instances),
            )
            _keep(self._ports, code, found, ANSWERS_KEPT_MAX)
        return found

    def counts_of(self, group: str, counts: Callable[[], Iterable[tuple[int, int]]]) -> Integers:
        """How many tasks of the group each slot has; `counts` tells (slot, count) when asked."""
        found = self._groups.get(group)
        if found is None:
            found = np.zeros(len(self.instances), np.int32)
            for slot, count in counts():
                found[slot] = count
            _keep(self._groups, group, found, ANSWERS_KEPT_MAX)
        return found

    # What Capacity tells

    def add(self, instance: ContainerInstance, ports: dict[int, int]) -> int:
        """Give an instance a slot. `ports` stays the caller's, who changes it."""
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self.size += 1
        self.instances[slot] = instance
        self._port_holders[slot] = ports
        for code, known in self._ports.items():
            known[slot] = self._is_taken(slot, code)
        return slot

    def remove(self, slot: int) -> None:
        self.size -= 1
        self.instances[slot] = None
        self._port_holders[slot] = None
        self.takes[slot] = self.active[slot] = NO_TASKS
        self.tasks_total -= int(self.tasks[slot])
        self.cpu_left[slot] = self.memory_left[slot] = self.tasks[slot] = 0
        self.interfaces_left[slot] = 0
        self.burden[slot] = IDLE
        for answer in self._answers.values():
            answer.said[slot] = 0
        for taken in self._ports.values():
            taken[slot] = False
        for counts in self._groups.values():
            counts[slot] = 0
        for tally in self._tallies.values():
            tally.counts[slot] = 0
        self._free.append(slot)

    def set(
        self,
        slot: int,
        instance: ContainerInstance,
        *,
        cpu_left: int,
        memory_left: int,
        interfaces_left: int,
        tasks: int,
    ) -> None:
        """The instance in the slot is now like this."""
        self.instances[slot] = instance
        self.cpu_left[slot] = cpu_left
        self.memory_left[slot] = memory_left
        self.interfaces_left[slot] = interfaces_left
        self.tasks_total += tasks - int(self.tasks[slot])
        self.tasks[slot] = tasks
        kind = EXTERNAL if instance.external else EC2
        self.active[slot] = kind if instance.status == "ACTIVE" else NO_TASKS
        self.takes[slot] = self.active[slot] if instance.agent_connected else NO_TASKS
        self.burden[slot] = tasks if self.takes[slot] else IDLE + tasks
        for answer in self._answers.values():
            answer.said[slot] = answer.ask(instance)
        for code, taken in self._ports.items():
            taken[slot] = self._is_taken(slot, code)

    def task_changed(
        self, slot: int, sign: int, cpu_units: int, memory_mib: int, group: str, count: int
    ) -> None:
        """A task came (sign 1) or went (-1); its group has now `count` in the slot."""
        self.cpu_left[slot] -= sign * cpu_units
        self.memory_left[slot] -= sign * memory_mib
        self.tasks[slot] += sign
        self.burden[slot] += sign
        self.tasks_total += sign
        self.group_changed(slot, group, count, sign)

    def interface_changed(self, slot: int, sign: int) -> None:
        """An interface of a task came (sign 1) or was deleted (-1)."""
        self.interfaces_left[slot] -= sign

    def group_changed(self, slot: int, group: str, count: int, change: int) -> None:
        """The group has now `count` tasks in the slot, `change` more than before."""
        known = self._groups.get(group)
        if known is not None:
            known[slot] = count
        for tally in self._tallies.values():
            if tally.is_meant(group):
                tally.counts[slot] += change

    def port_changed(self, slot: int, code: int, *, taken: bool) -> None:
        known = self._ports.get(code)
        if known is not None:
            known[slot] = taken

    def _is_taken(self, slot: int, code: int) -> bool:
        holders, instance = self._port_holders[slot], self.instances[slot]
        if holders is None or instance is None:
            return False
        reserved = instance.reserved_ports_udp if code & 1 else instance.reserved_ports
        return code in holders or code >> 1 in reserved

    def _grow(self) -> None:
        slots = len(self.instances)
        self.instances.extend([None] * slots)
        self._port_holders.extend([None] * slots)
        self.cpu_left = _doubled(self.cpu_left)
        self.memory_left = _doubled(self.memory_left)
        self.interfaces_left = _doubled(self.interfaces_left)
        self.tasks = _doubled(self.tasks)
        self.burden = _doubled(self.burden)
        self.burden[slots:] = IDLE
        self.active = _doubled(self.active)
        self.takes = _doubled(self.takes)
        for answer in self._answers.values():
            answer.said = _doubled(answer.said)
        for tally in self._tallies.values():
            tally.counts = _doubled(tally.counts)
        for answers in (self._ports, self._groups):
            known: dict[Any, Any] = answers
            for question in known:
                known[question] = _doubled(known[question])
        self._free.extend(range(2 * slots - 1, slots - 1, -1))


def has_attributes(instance: ContainerInstance | None, required: Sequence[str]) -> bool:
    """Whether an instance has every attribute of these names."""
    return instance is not None and all(
        name in instance.attributes or name in instance.custom_attributes for name in required
    )


def _doubled(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    longer = np.zeros(2 * len(array), array.dtype)
    longer[: len(array)] = array
    return longer


def _keep(answers: dict[Any, Any], question: Any, answer: Any, kept_max: int) -> None:
    """Remember an answer; the one that was made first goes when there are too many."""
    if len(answers) >= kept_max:
        del answers[next(iter(answers))]
    answers[question] = answer
