"""Instances of Cloud Map's services as the API shows them."""

from typing import Any

from roadstead.servicediscovery.records.instance import DiscoveryInstance


def instance_view(instance: DiscoveryInstance) -> dict[str, Any]:
    """Source: botocore:servicediscovery#Instance"""
    shown = {
        **summary_view(instance),
        "CreatorRequestId": instance.creator_request_id,
    }
    return {name: each for name, each in shown.items() if each != ""}


def summary_view(instance: DiscoveryInstance) -> dict[str, Any]:
    """Source: botocore:servicediscovery#InstanceSummary"""
    return {
        "Id": instance.instance_id,
        "Attributes": dict(instance.attributes),
        "CreatedByAccount": instance.scope.partition("/")[0],
    }


def discovered_view(
    instance: DiscoveryInstance, namespace_name: str, service_name: str
) -> dict[str, Any]:
    """Source: botocore:servicediscovery#HttpInstanceSummary"""
    return {
        "InstanceId": instance.instance_id,
        "NamespaceName": namespace_name,
        "ServiceName": service_name,
        "HealthStatus": health_of(instance),
        "Attributes": dict(instance.attributes),
    }


def health_of(instance: DiscoveryInstance) -> str:
    """UNKNOWN where nobody says anything of its health."""
    return instance.custom_health or "UNKNOWN"
