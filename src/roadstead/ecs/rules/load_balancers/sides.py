"""The two sides of a service whose traffic is shifted: which target group is whose.

Each load balancer with an advancedConfiguration has a primary and an alternate target group. A new
revision takes the one that the revision before does not have, so that they swap roles each time.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

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


class RuleShare(msgspec.Struct, frozen=True):
    """How a listener's rule divides requests: percent by target group ARN, in their order."""

    rule_arn: str
    percents: tuple[tuple[str, float], ...]


class Traffic(msgspec.Struct, frozen=True):
    """Who is to get how much of a service's requests.

    Units: percent, by the ARN of the service revision.
    """

    production: dict[str, float]
    test: dict[str, float]
    rules: tuple[RuleShare, ...]


def traffic_between(
    winner: ServiceRevision, other: ServiceRevision | None, production: float, test: float
) -> Traffic:
    """What every rule is to do when the winner gets these percents, and the other side the rest."""
    rules = []
    for number, entry in enumerate(winner.load_balancers):
        advanced = entry.get("advancedConfiguration")
        if advanced is None:
            continue
        pair = (entry["targetGroupArn"], advanced["alternateTargetGroupArn"])
        own = groups_of(winner)[number]
        theirs = "" if other is None else _group_of_rule(other, advanced, pair)
        for member, percent in (("productionListenerRule", production), ("testListenerRule", test)):
            if advanced.get(member):
                rules.append(RuleShare(advanced[member], _percents(pair, own, theirs, percent)))
    return Traffic(
        _by_revision(winner, other, production), _by_revision(winner, other, test), tuple(rules)
    )


def weights(percents: Iterable[float]) -> list[int]:
    """Percents as weights of a rule, 0 to 999: as they are, or in thousandths if one is no integer.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html
    """
    given = list(percents)
    times = 1 if all(float(each).is_integer() for each in given) else 10
    return [round(each * times) for each in given]


def _by_revision(
    winner: ServiceRevision, other: ServiceRevision | None, percent: float
) -> dict[str, float]:
    if other is None:
        return {winner.arn: 100.0}
    shares = {winner.arn: percent, other.arn: round(100.0 - percent, 1)}
    return {arn: share for arn, share in shares.items() if share}


def _group_of_rule(
    revision: ServiceRevision, advanced: Mapping[str, Any], pair: tuple[str, str]
) -> str:
    """The target group that the other side has behind the same rule, or in the same pair."""
    groups = groups_of(revision)
    for entry, group in zip(revision.load_balancers, groups, strict=True):
        theirs = entry.get("advancedConfiguration") or {}
        if theirs.get("productionListenerRule") == advanced["productionListenerRule"]:
            return group
    return next((each for each in groups if each in pair), "")


def _percents(
    pair: tuple[str, str], own: str, theirs: str, percent: float
) -> tuple[tuple[str, float], ...]:
    if not theirs or theirs == own:
        percent = 100.0
        theirs = pair[0] if own == pair[1] else pair[1]
    found = {own: percent, theirs: round(100.0 - percent, 1)}
    order = pair if set(pair) == set(found) else tuple(found)
    return tuple((each, found[each]) for each in order)
