"""Where actions lead: target groups that exist, go with the listener, and belong to nobody else.

Source: botocore:elbv2 (TargetGroupAssociationLimitException, IncompatibleProtocolsException)
"""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.elbv2.errors import (
    incompatible_protocols,
    invalid_configuration,
    target_group_association_limit,
    target_group_not_found,
    too_many,
)
from roadstead.elbv2.records.load_balancer import (
    RULES_BY_LOAD_BALANCER,
    RULES_BY_TARGET_GROUP,
    LoadBalancer,
    forwarded,
)
from roadstead.elbv2.records.target_group import TARGET_GROUPS
from roadstead.elbv2.rules.actions import checked_actions
from roadstead.elbv2.rules.protocols import may_forward
from roadstead.elbv2.rules.quotas import TARGET_GROUPS_OF_LOAD_BALANCER_MAX
from roadstead.state.plans import Call
from roadstead.state.view import View


def actions_of(
    view: View,
    call: Call,
    load_balancer: LoadBalancer,
    requested: Iterable[Mapping[str, Any]],
    *,
    protocol: str,
    port: int,
) -> tuple[dict[str, Any], ...]:
    """The actions of a request as they are stored, every group that they lead to looked up.

    Raises: TargetGroupNotFound; IncompatibleProtocols; InvalidConfigurationRequest for a group in
        another VPC; TargetGroupAssociationLimit for one of another load balancer;
        TooManyUniqueTargetGroupsPerLoadBalancer; and what `checked_actions` does.
    """
    actions = checked_actions(requested, protocol, port)
    check_groups(view, call, load_balancer, actions, protocol)
    return actions


def check_groups(
    view: View,
    call: Call,
    load_balancer: LoadBalancer,
    actions: Iterable[Mapping[str, Any]],
    protocol: str,
) -> None:
    """Return if a listener of this protocol may lead to the groups of the actions.

    Raises: as `actions_of`
    """
    reached = [
        each["TargetGroupArn"]
        for action in actions
        if action["Type"] == "forward"
        for each in action["ForwardConfig"]["TargetGroups"]
    ]
    for arn in reached:
        group = view.get(TARGET_GROUPS, arn)
        if group is None or group.scope != call.scope:
            raise target_group_not_found((arn,))
        if not may_forward(protocol, group.protocol):
            raise incompatible_protocols(
                f"The target group '{arn}' has the protocol {group.protocol}, to which a listener "
                f"with the protocol {protocol} cannot forward"
            )
        if protocol == "HTTP" and group.protocol_version == "GRPC":
            raise incompatible_protocols(
                f"The target group '{arn}' has the protocol version GRPC, to which only a listener "
                "with the protocol HTTPS can forward"
            )
        if group.vpc_id != load_balancer.vpc_id:
            raise invalid_configuration(
                "The following target groups are in a different VPC than load balancer "
                f"'{load_balancer.arn}': {arn}"
            )
        rule = view.first(RULES_BY_TARGET_GROUP, arn)
        if rule is not None and rule.load_balancer_arn != load_balancer.arn:
            raise target_group_association_limit(
                "The following target groups cannot be associated with more than one load "
                f"balancer: {arn}"
            )
    _check_count(view, load_balancer, reached)


def _check_count(view: View, load_balancer: LoadBalancer, reached: list[str]) -> None:
    if all(view.count(RULES_BY_TARGET_GROUP, arn) for arn in reached):
        return
    rules = view.find(RULES_BY_LOAD_BALANCER, load_balancer.arn)
    groups = {arn for rule in rules for arn in forwarded(rule)} | set(reached)
    if len(groups) > TARGET_GROUPS_OF_LOAD_BALANCER_MAX:
        raise too_many(
            "UniqueTargetGroupsPerLoadBalancer",
            "A load balancer can lead to at most "
            f"{TARGET_GROUPS_OF_LOAD_BALANCER_MAX} target groups",
        )
