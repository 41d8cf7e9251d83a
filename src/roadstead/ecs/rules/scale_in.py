"""Which tasks of a service are stopped when some of them must go.

First those that serve least: PENDING, then unhealthy, then young ones. Among equals the task in the
Availability Zone with most tasks of the service, there on the instance with most of them, there the
newest.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html (a service
without placement strategy keeps its tasks spread when it scales in)
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

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
    zones = Counter(each.zone for each in candidates)
    instances = Counter((each.zone, each.instance) for each in candidates)
    chosen: list[str] = []
    by_worth: defaultdict[int, list[Candidate]] = defaultdict(list)
    for each in candidates:
        by_worth[each.worth].append(each)
    for worth in sorted(by_worth):
        chosen.extend(_spread(by_worth[worth], count - len(chosen), zones, instances))
        if len(chosen) >= count:
            break
    return tuple(chosen)


def _spread(
    tasks: Iterable[Candidate],
    count: int,
    zones: Counter[str],
    instances: Counter[tuple[str, str]],
) -> list[str]:
    """Up to `count` tasks of one worth, taken where most are left; counts them out as it goes.

    A heap of zones, and in each a heap of instances. Only the counts of what is on top change, and
    it is put back with its new count, so every entry is true.
    """
    here: defaultdict[str, defaultdict[str, list[Candidate]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for task in sorted(tasks, key=lambda each: (each.since, each.task_arn)):
        here[task.zone][task.instance].append(task)
    zone_heap = [(-zones[zone], zone) for zone in here]
    heapq.heapify(zone_heap)
    instance_heaps = {
        zone: [(-instances[zone, instance], instance) for instance in found]
        for zone, found in here.items()
    }
    for heap in instance_heaps.values():
        heapq.heapify(heap)
    chosen: list[str] = []
    while zone_heap and len(chosen) < count:
        _, zone = zone_heap[0]
        heap = instance_heaps[zone]
        _, instance = heap[0]
        stack = here[zone][instance]
        chosen.append(stack.pop().task_arn)
        zones[zone] -= 1
        instances[zone, instance] -= 1
        if stack:
            heapq.heapreplace(heap, (-instances[zone, instance], instance))
        else:
            heapq.heappop(heap)
        if heap:
            heapq.heapreplace(zone_heap, (-zones[zone], zone))
        else:
            heapq.heappop(zone_heap)
    return chosen
