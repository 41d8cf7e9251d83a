"""Services of Cloud Map as the API shows them."""

from typing import Any

from roadstead.servicediscovery.records.service import DiscoveryService


def service_view(service: DiscoveryService, namespace_id: str, count: int) -> dict[str, Any]:
    """Source: botocore:servicediscovery#Service"""
    shown = {
        **summary_view(service, namespace_id, count),
        "NamespaceId": namespace_id,
        "CreatorRequestId": service.creator_request_id,
    }
    return {name: each for name, each in shown.items() if each != ""}


def summary_view(service: DiscoveryService, namespace_id: str, count: int) -> dict[str, Any]:
    """Source: botocore:servicediscovery#ServiceSummary"""
    account = service.scope.partition("/")[0]
    shown: dict[str, Any] = {
        "Id": service.service_id,
        "Arn": service.arn,
        "ResourceOwner": account,
        "Name": service.name,
        "Type": "DNS_HTTP" if service.dns_records else "HTTP",
        "Description": service.description,
        "InstanceCount": count,
        "CreateDate": service.created_at,
        "CreatedByAccount": account,
    }
    if service.dns_records:
        shown["DnsConfig"] = {
            "NamespaceId": namespace_id,
            "RoutingPolicy": service.routing_policy,
            "DnsRecords": [
                {"Type": each.type, "TTL": each.ttl_seconds} for each in service.dns_records
            ],
        }
    if service.has_custom_health:
        shown["HealthCheckCustomConfig"] = {"FailureThreshold": 1}
    return {name: each for name, each in shown.items() if each != ""}
