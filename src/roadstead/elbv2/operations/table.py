"""The operations of Elastic Load Balancing v2: what writes, and what only reads."""

from collections.abc import Callable
from typing import Any

from roadstead.elbv2.operations import target_groups, targets
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

WRITES: dict[str, Callable[[Tx, Call, Request], Response]] = {
    "CreateTargetGroup": target_groups.create_target_group,
    "ModifyTargetGroup": target_groups.modify_target_group,
    "ModifyTargetGroupAttributes": target_groups.modify_target_group_attributes,
    "DeleteTargetGroup": target_groups.delete_target_group,
    "RegisterTargets": targets.register_targets,
    "DeregisterTargets": targets.deregister_targets,
}

READS: dict[str, Callable[[View, Call, Request], Response]] = {
    "DescribeTargetGroups": target_groups.describe_target_groups,
    "DescribeTargetGroupAttributes": target_groups.describe_target_group_attributes,
    "DescribeTargetHealth": targets.describe_target_health,
}
