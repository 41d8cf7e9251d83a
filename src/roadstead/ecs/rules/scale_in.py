"""Which tasks of a service are stopped when some of them must go.

First those that serve least: PENDING, then unhealthy, then young ones. Among equals the task in the
Availability Zone with most tasks of the service, there on the instance with most of them, there the
newest.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html (a service
without placement strategy keeps its tasks spread when it scales in)
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import msgspec

PENDING, UNHEALTHY, YOUNG, HEALTHY = range(4)
"""The order in which tasks are given up."""


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A task that may be stopped."""

    task_arn: str
    zone: str
    instance: str
    since: datetime
    worth: int = HEALTHY
    """PENDING, UNHEALTHY, YOUNG or HEALTHY."""


def choose_tasks_to_stop(candidates: Sequence[Candidate], count: int) -> tuple[str, ...]:
    """The ARNs of up to `count` of the candidates, in the order in which to stop them."""
    if count <= 0:
        return ()
    zones = {each.instance: each.zone for each in candidates}
    counts = Counter(each.instance for each in candidates)
    by_worth: defaultdict[int, defaultdict[str, list[Candidate]]]
    by_worth = defaultdict(lambda: defaultdict(list))
    for each in candidates:
        by_worth[each.worth][each.instance].append(each)
    chosen: list[str] = []
    for worth in sorted(by_worth):
        tasks_on = partial(_oldest_first, by_worth[worth])
        chosen += take_from_the_fullest(counts, zones, tasks_on, count - len(chosen))
    return tuple(chosen)


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
