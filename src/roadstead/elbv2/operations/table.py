"""The operations of Elastic Load Balancing v2: what writes, and what only reads."""

from collections.abc import Callable
from typing import Any

from roadstead.elbv2.operations import (
    attributes,
    limits,
    listener_certificates,
    listeners,
    load_balancers,
    rules,
    tags,
    target_groups,
    targets,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

WRITES: dict[str, Callable[[Tx, Call, Request], Response]] = {
    "CreateLoadBalancer": load_balancers.create_load_balancer,
    "DeleteLoadBalancer": load_balancers.delete_load_balancer,
    "ModifyLoadBalancerAttributes": attributes.modify_load_balancer_attributes,
    "SetSecurityGroups": load_balancers.set_security_groups,
    "SetSubnets": load_balancers.set_subnets,
    "SetIpAddressType": load_balancers.set_ip_address_type,
    "CreateListener": listeners.create_listener,
    "ModifyListener": listeners.modify_listener,
    "DeleteListener": listeners.delete_listener,
    "ModifyListenerAttributes": attributes.modify_listener_attributes,
    "AddListenerCertificates": listener_certificates.add_listener_certificates,
    "RemoveListenerCertificates": listener_certificates.remove_listener_certificates,
    "CreateRule": rules.create_rule,
    "ModifyRule": rules.modify_rule,
    "DeleteRule": rules.delete_rule,
    "SetRulePriorities": rules.set_rule_priorities,
    "AddTags": tags.add_tags,
    "RemoveTags": tags.remove_tags,
    "CreateTargetGroup": target_groups.create_target_group,
    "ModifyTargetGroup": target_groups.modify_target_group,
    "ModifyTargetGroupAttributes": target_groups.modify_target_group_attributes,
    "DeleteTargetGroup": target_groups.delete_target_group,
    "RegisterTargets": targets.register_targets,
    "DeregisterTargets": targets.deregister_targets,
}

READS: dict[str, Callable[[View, Call, Request], Response]] = {
    "DescribeLoadBalancers": load_balancers.describe_load_balancers,
    "DescribeLoadBalancerAttributes": attributes.describe_load_balancer_attributes,
    "DescribeListeners": listeners.describe_listeners,
    "DescribeListenerAttributes": attributes.describe_listener_attributes,
    "DescribeListenerCertificates": listener_certificates.describe_listener_certificates,
    "DescribeRules": rules.describe_rules,
    "DescribeTags": tags.describe_tags,
    "DescribeAccountLimits": limits.describe_account_limits,
    "DescribeSSLPolicies": limits.describe_ssl_policies,
    "DescribeCapacityReservation": limits.describe_capacity_reservation,
    "GetResourcePolicy": limits.get_resource_policy,
    "DescribeTargetGroups": target_groups.describe_target_groups,
    "DescribeTargetGroupAttributes": target_groups.describe_target_group_attributes,
    "DescribeTargetHealth": targets.describe_target_health,
}
