"""Classic load balancers as the API shows them."""

from collections.abc import Iterable
from typing import Any

from roadstead.elb.records.load_balancer import (
    ClassicHealthCheck,
    ClassicListener,
    ClassicLoadBalancer,
)
from roadstead.elb.rules.attributes import DESYNC_MITIGATION

HOSTED_ZONE_ID = "Z0000000000000000000"
"""There is no Route 53 whose zone it could be; clients want a text."""


def load_balancer_view(
    load_balancer: ClassicLoadBalancer, instance_ids: Iterable[str], group_name: str
) -> dict[str, Any]:
    """`group_name`: of its first security group, by which instances' groups let it in.

    Source: botocore:elb#LoadBalancerDescription
    """
    policies = dict.fromkeys(name for each in load_balancer.listeners for name in each.policy_names)
    account = load_balancer.scope.partition("/")[0]
    return {
        "LoadBalancerName": load_balancer.name,
        "DNSName": load_balancer.dns_name,
        "CanonicalHostedZoneName": load_balancer.dns_name,
        "CanonicalHostedZoneNameID": HOSTED_ZONE_ID,
        "ListenerDescriptions": [
            {"Listener": _listener(each), "PolicyNames": list(each.policy_names)}
            for each in load_balancer.listeners
        ],
        "Policies": {
            "AppCookieStickinessPolicies": [],
            "LBCookieStickinessPolicies": [],
            "OtherPolicies": list(policies),
        },
        "BackendServerDescriptions": [],
        "AvailabilityZones": list(load_balancer.zones),
        "Subnets": list(load_balancer.subnets),
        "VPCId": load_balancer.vpc_id,
        "Instances": [{"InstanceId": each} for each in instance_ids],
        "HealthCheck": health_check_view(load_balancer.health_check),
        "SourceSecurityGroup": {"OwnerAlias": account, "GroupName": group_name},
        "SecurityGroups": list(load_balancer.security_groups),
        "CreatedTime": load_balancer.created_at,
        "Scheme": load_balancer.scheme,
    }


def health_check_view(check: ClassicHealthCheck) -> dict[str, Any]:
    """Source: botocore:elb#HealthCheck"""
    return {
        "Target": check.target,
        "Interval": check.interval_seconds,
        "Timeout": check.timeout_seconds,
        "UnhealthyThreshold": check.unhealthy_threshold,
        "HealthyThreshold": check.healthy_threshold,
    }


def attributes_view(load_balancer: ClassicLoadBalancer) -> dict[str, Any]:
    """Source: botocore:elb#LoadBalancerAttributes"""
    return {
        "CrossZoneLoadBalancing": {"Enabled": load_balancer.is_cross_zone},
        "AccessLog": {"Enabled": False},
        "ConnectionDraining": {
            "Enabled": load_balancer.is_draining_enabled,
            "Timeout": load_balancer.draining_seconds,
        },
        "ConnectionSettings": {"IdleTimeout": load_balancer.idle_seconds},
        "AdditionalAttributes": [
            {"Key": DESYNC_MITIGATION, "Value": load_balancer.desync_mitigation}
        ],
    }


def _listener(listener: ClassicListener) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "Protocol": listener.protocol,
        "LoadBalancerPort": listener.load_balancer_port,
        "InstanceProtocol": listener.instance_protocol,
        "InstancePort": listener.instance_port,
    }
    if listener.ssl_certificate_id:
        shown["SSLCertificateId"] = listener.ssl_certificate_id
    return shown
