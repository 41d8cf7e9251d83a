"""The operations of AWS Cloud Map: what writes, and what only reads."""

from collections.abc import Callable
from typing import Any

from roadstead.servicediscovery.operations import (
    discovery,
    instances,
    namespaces,
    operations,
    services,
    tags,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

WRITES: dict[str, Callable[[Tx, Call, Request], Response]] = {
    "CreatePrivateDnsNamespace": namespaces.create_private_dns_namespace,
    "CreateHttpNamespace": namespaces.create_http_namespace,
    "UpdatePrivateDnsNamespace": namespaces.update_private_dns_namespace,
    "UpdateHttpNamespace": namespaces.update_http_namespace,
    "DeleteNamespace": namespaces.delete_namespace,
    "CreateService": services.create_service,
    "UpdateService": services.update_service,
    "DeleteService": services.delete_service,
    "UpdateServiceAttributes": services.update_attributes,
    "DeleteServiceAttributes": services.delete_attributes,
    "RegisterInstance": instances.register_instance,
    "DeregisterInstance": instances.deregister_instance,
    "UpdateInstanceCustomHealthStatus": instances.update_custom_health,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
}

READS: dict[str, Callable[[View, Call, Request], Response]] = {
    "GetNamespace": namespaces.get_namespace,
    "ListNamespaces": namespaces.list_namespaces,
    "GetService": services.get_service,
    "ListServices": services.list_services,
    "GetServiceAttributes": services.get_attributes,
    "GetInstance": instances.get_instance,
    "ListInstances": instances.list_instances,
    "GetInstancesHealthStatus": instances.get_health,
    "DiscoverInstances": discovery.discover_instances,
    "DiscoverInstancesRevision": discovery.discover_revision,
    "GetOperation": operations.get_operation,
    "ListOperations": operations.list_operations,
    "ListTagsForResource": tags.list_tags,
}
