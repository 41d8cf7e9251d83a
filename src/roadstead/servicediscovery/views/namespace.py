"""Namespaces as the API shows them."""

from typing import Any

from roadstead.servicediscovery.records.namespace import Namespace


def namespace_view(namespace: Namespace, service_count: int) -> dict[str, Any]:
    """Source: botocore:servicediscovery#Namespace"""
    shown = {
        **summary_view(namespace, service_count),
        "CreatorRequestId": namespace.creator_request_id,
    }
    return {name: each for name, each in shown.items() if each != ""}


def summary_view(namespace: Namespace, service_count: int) -> dict[str, Any]:
    """Source: botocore:servicediscovery#NamespaceSummary"""
    properties: dict[str, Any] = {"HttpProperties": {"HttpName": namespace.name}}
    if namespace.type == "DNS_PRIVATE":
        properties["DnsProperties"] = {
            "HostedZoneId": hosted_zone_id(namespace),
            "SOA": {"TTL": namespace.soa_ttl_seconds},
        }
    shown = {
        "Id": namespace.namespace_id,
        "Arn": namespace.arn,
        "ResourceOwner": namespace.scope.partition("/")[0],
        "Name": namespace.name,
        "Type": namespace.type,
        "Description": namespace.description,
        "ServiceCount": service_count,
        "Properties": properties,
        "CreateDate": namespace.created_at,
    }
    return {name: each for name, each in shown.items() if each != ""}


def hosted_zone_id(namespace: Namespace) -> str:
    """There is no Route 53 whose zone it could be; clients want a text."""
    return f"Z{namespace.namespace_id.partition('-')[2].upper()}"
