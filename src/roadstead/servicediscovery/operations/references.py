"""What a request names, by id or ARN: a namespace, a service or an instance that there is."""

from roadstead.servicediscovery.errors import (
    instance_not_found,
    namespace_not_found,
    service_not_found,
)
from roadstead.servicediscovery.records.instance import (
    DISCOVERY_INSTANCES,
    DiscoveryInstance,
    discovery_instance_arn,
)
from roadstead.servicediscovery.records.namespace import (
    NAMESPACES,
    NAMESPACES_BY_NAME,
    Namespace,
)
from roadstead.servicediscovery.records.service import (
    DISCOVERY_SERVICES,
    DISCOVERY_SERVICES_BY_NAME,
    DiscoveryService,
)
from roadstead.state.plans import Call
from roadstead.state.view import View


def the_namespace(view: View, call: Call, reference: str) -> Namespace:
    """Raises: NamespaceNotFound"""
    found = view.get(NAMESPACES, _arn(call, "namespace", reference))
    if found is None or found.scope != call.scope:
        raise namespace_not_found(reference)
    return found


def the_service(view: View, call: Call, reference: str) -> DiscoveryService:
    """Raises: ServiceNotFound"""
    found = view.get(DISCOVERY_SERVICES, _arn(call, "service", reference))
    if found is None or found.scope != call.scope:
        raise service_not_found(reference)
    return found


def the_instance(view: View, service: DiscoveryService, instance_id: str) -> DiscoveryInstance:
    """Raises: InstanceNotFound"""
    found = view.get(DISCOVERY_INSTANCES, discovery_instance_arn(service.arn, instance_id))
    if found is None:
        raise instance_not_found(instance_id, service.service_id)
    return found


def named_service(
    view: View, call: Call, namespace_name: str, service_name: str
) -> tuple[Namespace, DiscoveryService]:
    """A service by its name and its namespace's, in any case of letters.

    Raises: NamespaceNotFound; ServiceNotFound
    """
    namespace = view.first(NAMESPACES_BY_NAME, f"{call.scope}/{namespace_name.lower()}")
    if namespace is None:
        raise namespace_not_found(namespace_name)
    key = f"{namespace.arn}|{service_name.lower()}"
    service = view.first(DISCOVERY_SERVICES_BY_NAME, key)
    if service is None:
        raise service_not_found(service_name)
    return namespace, service


def _arn(call: Call, kind: str, reference: str) -> str:
    if reference.startswith("arn:"):
        return reference
    return call.arn("servicediscovery", f"{kind}/{reference}")
