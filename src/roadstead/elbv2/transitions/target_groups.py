"""The only writer of TargetGroup."""

from collections.abc import Mapping

from msgspec.structs import replace

from roadstead.elbv2.records.target_group import (
    TARGET_GROUPS,
    TARGETS_BY_GROUP,
    HealthCheck,
    TargetGroup,
)
from roadstead.elbv2.transitions.targets import remove_targets
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_target_group(tx: Tx, call: Call, settings: TargetGroup) -> TargetGroup:
    """A new group of these settings; its ARN and its time are made here."""
    ident = call.ids.hex32()[:16]
    return tx.put(
        TARGET_GROUPS,
        replace(
            settings,
            arn=call.arn("elasticloadbalancing", f"targetgroup/{settings.name}/{ident}"),
            scope=call.scope,
            created_at=call.now,
        ),
    )


def set_health_check(tx: Tx, group: TargetGroup, check: HealthCheck) -> TargetGroup:
    """Check health in this way from now on."""
    if check == group.health_check:
        return group
    return tx.put(TARGET_GROUPS, replace(group, health_check=check))


def set_attributes(tx: Tx, group: TargetGroup, attributes: Mapping[str, str]) -> TargetGroup:
    """Set these attributes, besides those that were set before."""
    merged = {**group.attributes, **attributes}
    if merged == group.attributes:
        return group
    return tx.put(TARGET_GROUPS, replace(group, attributes=merged))


def delete_target_group(tx: Tx, group: TargetGroup) -> None:
    """The group is gone, with all targets; nothing leads there."""
    if tx.count(TARGETS_BY_GROUP, group.arn):
        remove_targets(tx, group.arn)
    tx.delete(TARGET_GROUPS, group.arn)
