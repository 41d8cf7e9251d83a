"""The two sides of a service whose traffic is shifted: which target group is whose.

Each load balancer with an advancedConfiguration has a primary and an alternate target group. A new
revision takes the one that the revision before does not have, so that they swap roles each time.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from roadstead.ecs.records.service_revision import ServiceRevision


def resolved_groups(
    entries: Sequence[Mapping[str, Any]], former: ServiceRevision | None, *, is_staged: bool
) -> tuple[str, ...]:
    """The target group of each load balancer that a new revision's tasks are registered in.

    Empty without an advancedConfiguration: then it is the target group of each. A rolling update
    stays where its former revision is.
    """
    if not any("advancedConfiguration" in each for each in entries):
        return ()
    taken = set(groups_of(former)) if former is not None else set()
    found = []
    for entry in entries:
        primary = entry["targetGroupArn"]
        alternate = entry["advancedConfiguration"]["alternateTargetGroupArn"]
        is_other = primary in taken if is_staged else alternate in taken
        found.append(alternate if is_other else primary)
    return tuple(found)


def groups_of(revision: ServiceRevision) -> tuple[str, ...]:
    """The target group of each of the revision's load balancers; empty for a Classic one."""
    if revision.resolved_target_groups:
        return revision.resolved_target_groups
    return tuple(each.get("targetGroupArn") or "" for each in revision.load_balancers)


def shifting_entries(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those whose traffic can be shifted."""
    return [each for each in entries if "advancedConfiguration" in each]
