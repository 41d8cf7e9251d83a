"""Which tasks of a service are stopped when some of them must go.

First those that serve least: PENDING, then unhealthy, unchecked and young ones. Among equals the
task in the Availability Zone with most tasks of the service, there on the instance with most of
them, there the newest. A placement strategy chooses the instance instead, step by step: a spread
takes from the value with most tasks of the service, a binpack from the instance which will have
most left of the resource, so that it becomes empty.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html (a service
without placement strategy keeps its tasks spread when it scales in)
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import msgspec
import numpy as np
import numpy.typing as npt

from roadstead.ecs.rules.placement.layout import Layout

PENDING, UNHEALTHY, CHECKING, YOUNG, HEALTHY = range(5)
"""The order in which tasks are given up."""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A task that may be stopped."""

    task_arn: str
    zone: str
    instance: str
    since: datetime
    worth: int = HEALTHY
    """PENDING, UNHEALTHY, CHECKING, YOUNG or HEALTHY."""


def choose_tasks_to_stop(
    candidates: Sequence[Candidate], count: int, layout: Layout | None = None
) -> tuple[str, ...]:
    """The ARNs of up to `count` of the candidates, in the order in which to stop them.

    layout: of a service with a placement strategy; it knows the instances of all candidates.
    """
    if count <= 0:
        return ()
    zones = {each.instance: each.zone for each in candidates}
    counts = Counter(each.instance for each in candidates)
    laid_out = None if layout is None else _LaidOut(counts, layout)
    by_worth: defaultdict[int, defaultdict[str, list[Candidate]]]
    by_worth = defaultdict(lambda: defaultdict(list))
    for each in candidates:
        by_worth[each.worth][each.instance].append(each)
    chosen: list[str] = []
    for worth in sorted(by_worth):
        tasks_on = partial(_oldest_first, by_worth[worth])
        wanted = count - len(chosen)
        if laid_out is None:
            chosen += take_from_the_fullest(counts, zones, tasks_on, wanted)
        else:
            chosen += laid_out.take(tasks_on, wanted)
    return tuple(chosen)


def take_by_layout(
    counts: Mapping[str, int], layout: Layout, tasks_on: Callable[[str], list[str]], count: int
) -> list[str]:
    """Up to `count` tasks, each from the instance that the strategy would rather have without.

    counts: tasks of the service by instance, all of which the layout knows.
    tasks_on: the tasks that an instance may give up, the last one first; asked once per instance.
    """
    return _LaidOut(counts, layout).take(tasks_on, count)


def take_from_the_fullest(
    counts: Counter[str],
    zones: Mapping[str, str],
    tasks_on: Callable[[str], list[str]],
    count: int,
) -> list[str]:
    """Up to `count` tasks, each from the fullest instance of the then fullest zone.

    counts: tasks by instance; those taken are counted out.
    zones: the zone of every instance in `counts`.
    tasks_on: the tasks that an instance may give up, the last one first; asked once per instance.
    """
    by_zone: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for instance, tasks in counts.items():
        by_zone[zones[instance]].append((-tasks, instance))
    for heap in by_zone.values():
        heapq.heapify(heap)
    fullest = [(sum(tasks for tasks, _ in heap), zone) for zone, heap in by_zone.items()]
    heapq.heapify(fullest)
    stacks: dict[str, list[str]] = {}
    chosen: list[str] = []
    while fullest and len(chosen) < count:
        negative, zone = fullest[0]
        heap = by_zone[zone]
        if not heap:
            heapq.heappop(fullest)
            continue
        instance = heap[0][1]
        if instance not in stacks:
            stacks[instance] = tasks_on(instance)
        if not stacks[instance]:
            heapq.heappop(heap)
            continue
        chosen.append(stacks[instance].pop())
        counts[instance] -= 1
        heapq.heapreplace(heap, (-counts[instance], instance))
        heapq.heapreplace(fullest, (negative + 1, zone))
    return chosen


def _oldest_first(candidates: Mapping[str, list[Candidate]], instance: str) -> list[str]:
    here = sorted(candidates.get(instance, ()), key=lambda each: (each.since, each.task_arn))
    return [each.task_arn for each in here]


class _LaidOut:
    """The tasks of a service on its instances while some are taken away, as arrays."""

    def __init__(self, counts: Mapping[str, int], layout: Layout) -> None:
        self._layout = layout
        self._instances = layout.instances
        self._counts = np.array([counts.get(each, 0) for each in self._instances], np.int64)
        self._codes: dict[int, npt.NDArray[np.int64]] = {}
        self._totals: dict[int, npt.NDArray[np.int64]] = {}
        self._left: dict[int, npt.NDArray[np.int64]] = {}
        for number, (step, column) in enumerate(zip(layout.strategy, layout.columns, strict=True)):
            if step.type == "binpack":
                self._left[number] = np.array([int(each or 0) for each in column], np.int64)
            elif step.type == "spread" and step.field != "instanceId":
                codes = {each: code for code, each in enumerate(dict.fromkeys(column))}
                self._codes[number] = np.array([codes[each] for each in column], np.int64)
                totals = np.bincount(self._codes[number], weights=self._counts)
                self._totals[number] = totals.astype(np.int64)

    def take(self, tasks_on: Callable[[str], list[str]], count: int) -> list[str]:
        """Up to `count` tasks that may go."""
        may_give = self._counts > 0
        stacks: dict[int, list[str]] = {}
        chosen: list[str] = []
        while len(chosen) < count:
            those = np.flatnonzero(may_give)
            if not len(those):
                break
            slot = self._best(those)
            if slot not in stacks:
                stacks[slot] = tasks_on(self._instances[slot])
            if not stacks[slot]:
                may_give[slot] = False
                continue
            chosen.append(stacks[slot].pop())
            self._counts[slot] -= 1
            for number, codes in self._codes.items():
                self._totals[number][codes[slot]] -= 1
            for number, left in self._left.items():
                is_cpu = self._layout.strategy[number].field == "cpu"
                left[slot] += self._layout.cpu_units if is_cpu else self._layout.memory_mib
        return chosen

    def _best(self, those: npt.NDArray[np.intp]) -> int:
        for number, step in enumerate(self._layout.strategy):
            if step.type == "random":
                break
            if step.type == "binpack":
                measured = self._left[number][those]
            elif number in self._codes:
                codes = self._codes[number]
                measured = self._totals[number][codes[those]]
            else:
                measured = self._counts[those]
            those = those[measured == measured.max()]
        return int(those[self._counts[those].argmax()])
