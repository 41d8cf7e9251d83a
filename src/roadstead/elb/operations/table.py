"""The operations of Elastic Load Balancing, the classic one: what writes, and what only reads."""

from collections.abc import Callable
from typing import Any

from roadstead.elb.operations import (
    attributes,
    instances,
    limits,
    listeners,
    load_balancers,
    networks,
    policies,
    tags,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

WRITES: dict[str, Callable[[Tx, Call, Request], Response]] = {
    "CreateLoadBalancer": load_balancers.create_load_balancer,
    "DeleteLoadBalancer": load_balancers.delete_load_balancer,
    "ConfigureHealthCheck": load_balancers.configure_health_check,
    "ModifyLoadBalancerAttributes": attributes.modify_attributes,
    "CreateLoadBalancerListeners": listeners.create_listeners,
    "DeleteLoadBalancerListeners": listeners.delete_listeners,
    "SetLoadBalancerListenerSSLCertificate": listeners.set_certificate,
    "RegisterInstancesWithLoadBalancer": instances.register_instances,
    "DeregisterInstancesFromLoadBalancer": instances.deregister_instances,
    "ApplySecurityGroupsToLoadBalancer": networks.apply_security_groups,
    "AttachLoadBalancerToSubnets": networks.attach_to_subnets,
    "DetachLoadBalancerFromSubnets": networks.detach_from_subnets,
    "EnableAvailabilityZonesForLoadBalancer": networks.enable_zones,
    "DisableAvailabilityZonesForLoadBalancer": networks.disable_zones,
    "AddTags": tags.add_tags,
    "RemoveTags": tags.remove_tags,
}

READS: dict[str, Callable[[View, Call, Request], Response]] = {
    "DescribeLoadBalancers": load_balancers.describe_load_balancers,
    "DescribeLoadBalancerAttributes": attributes.describe_attributes,
    "DescribeInstanceHealth": instances.describe_instance_health,
    "DescribeTags": tags.describe_tags,
    "DescribeAccountLimits": limits.describe_account_limits,
    "DescribeLoadBalancerPolicies": policies.describe_policies,
    "DescribeLoadBalancerPolicyTypes": policies.describe_policy_types,
}
