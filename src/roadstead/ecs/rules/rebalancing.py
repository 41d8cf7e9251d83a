"""Availability Zone rebalancing by numbers: which zone gives how many tasks to which.

Which services may be rebalanced at all is in `service_parameters.rebalancing`.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
"""

from collections import Counter
from collections.abc import Collection, Mapping

Shift = tuple[str, str]
"""The zone that a task leaves, and the one that gets another instead."""


def is_balanced(tasks_by_zone: Mapping[str, int]) -> bool:
    """Whether the zones differ by one task at most.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
    """
    counts = tasks_by_zone.values()
    return not counts or max(counts) - min(counts) <= 1


def next_shifts(
    tasks_by_zone: Mapping[str, int],
    most: int,
    *,
    full: Collection[str] = (),
    stuck: Mapping[str, int] | None = None,
) -> Counter[Shift]:
    """Up to `most` tasks to move, each from the then fullest zone to the then emptiest.

    full: zones without a place for a task: they get none. stuck: how many tasks of a zone are
    protected: they are not moved.
    """
    counts = dict(tasks_by_zone)
    movable = {zone: count - (stuck or {}).get(zone, 0) for zone, count in counts.items()}
    shifts: Counter[Shift] = Counter()
    for _ in range(most):
        givers = [zone for zone in counts if movable[zone] > 0]
        takers = [zone for zone in counts if zone not in full]
        if not givers or not takers:
            break
        giver = max(givers, key=lambda zone: (counts[zone], zone))
        taker = min(takers, key=lambda zone: (counts[zone], zone))
        if counts[giver] - counts[taker] <= 1:
            break
        shifts[giver, taker] += 1
        counts[giver] -= 1
        movable[giver] -= 1
        counts[taker] += 1
    return shifts
