"""How a client finds the instances of a service by names, without DNS."""

from collections.abc import Mapping
from typing import Any

from roadstead.servicediscovery.operations.references import named_service
from roadstead.servicediscovery.records.instance import (
    DISCOVERY_INSTANCES_BY_SERVICE,
    DiscoveryInstance,
    in_service,
)
from roadstead.servicediscovery.views.instance import discovered_view
from roadstead.state.plans import Call
from roadstead.state.view import View

RESULTS_DEFAULT = 100
"""Source: botocore:servicediscovery#DiscoverMaxResults"""


def discover_instances(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Instances with all of the attributes asked for; with the optional ones too if some have them.

    Raises: NamespaceNotFound; ServiceNotFound
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstances.html
    """
    names = request["NamespaceName"], request["ServiceName"]
    namespace, service = named_service(view, call, *names)
    found = [
        each
        for each in view.find(DISCOVERY_INSTANCES_BY_SERVICE, service.arn)
        if _has(each, request.get("QueryParameters") or {})
    ]
    optional = request.get("OptionalParameters") or {}
    found = [each for each in found if _has(each, optional)] or found
    found = _of_health(found, request.get("HealthStatus") or "HEALTHY_OR_ELSE_ALL")
    page = found[: request.get("MaxResults") or RESULTS_DEFAULT]
    return {
        "Instances": [discovered_view(each, namespace.name, service.name) for each in page],
        "InstancesRevision": service.instances_revision,
    }


def discover_revision(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A number that grows with every change of the service's instances.

    Raises: NamespaceNotFound; ServiceNotFound
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DiscoverInstancesRevision.html
    """
    names = request["NamespaceName"], request["ServiceName"]
    _, service = named_service(view, call, *names)
    return {"InstancesRevision": service.instances_revision}


def _has(instance: DiscoveryInstance, wanted: Mapping[str, str]) -> bool:
    return all(instance.attributes.get(key) == value for key, value in wanted.items())


def _of_health(found: list[DiscoveryInstance], asked: str) -> list[DiscoveryInstance]:
    match asked:
        case "HEALTHY":
            return [each for each in found if each.custom_health != "UNHEALTHY"]
        case "UNHEALTHY":
            return [each for each in found if each.custom_health == "UNHEALTHY"]
        case "HEALTHY_OR_ELSE_ALL":
            return in_service(found)
    return found
