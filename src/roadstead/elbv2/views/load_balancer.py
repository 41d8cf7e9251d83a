"""Load balancers as the API shows them."""

from typing import Any

from roadstead.elbv2.records.load_balancer import LoadBalancer
from roadstead.elbv2.rules.attributes import all_of
from roadstead.elbv2.rules.load_balancer_attributes import attributes_of

HOSTED_ZONE_ID = "Z0000000000000000000"
"""There is no Route 53 whose zone it could be; clients want a text."""


def load_balancer_view(load_balancer: LoadBalancer) -> dict[str, Any]:
    """Source: botocore:elbv2#LoadBalancer"""
    is_network = load_balancer.type == "network"
    zones = []
    for each in load_balancer.addresses:
        zone: dict[str, Any] = {
            "ZoneName": each.zone,
            "SubnetId": each.subnet_id,
            "LoadBalancerAddresses": [],
        }
        if is_network and load_balancer.scheme == "internal":
            zone["LoadBalancerAddresses"] = [{"PrivateIPv4Address": each.address}]
        zones.append(zone)
    shown: dict[str, Any] = {
        "LoadBalancerArn": load_balancer.arn,
        "DNSName": load_balancer.dns_name,
        "CanonicalHostedZoneId": HOSTED_ZONE_ID,
        "CreatedTime": load_balancer.created_at,
        "LoadBalancerName": load_balancer.name,
        "Scheme": load_balancer.scheme,
        "VpcId": load_balancer.vpc_id,
        "State": {"Code": load_balancer.state},
        "Type": load_balancer.type,
        "AvailabilityZones": zones,
        "IpAddressType": load_balancer.ip_address_type,
    }
    if load_balancer.security_groups:
        shown["SecurityGroups"] = list(load_balancer.security_groups)
    if is_network:
        shown["EnablePrefixForIpv6SourceNat"] = "off"
        if load_balancer.security_groups:
            shown["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "on"
    return shown


def load_balancer_attributes_view(load_balancer: LoadBalancer) -> list[dict[str, str]]:
    """All attributes, with the values in force."""
    table = attributes_of(load_balancer.type, load_balancer.scheme)
    return [
        {"Key": key, "Value": value}
        for key, value in all_of(table, load_balancer.attributes).items()
    ]
