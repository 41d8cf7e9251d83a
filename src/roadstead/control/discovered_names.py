"""Names of Cloud Map's services as items of the fabric feed.

A namespace of the type DNS_PRIVATE is a zone of its VPC. A service in it is a name with a record
for each instance; an SRV record leads to a name that is the instance's own,
`<id>.<service>.<namespace>`.
"""

from collections.abc import Iterable, Iterator

from roadstead.control.fabric_items import NameItem, ZoneItem
from roadstead.servicediscovery.records.instance import (
    DISCOVERY_INSTANCES,
    DISCOVERY_INSTANCES_BY_SCOPE,
    DISCOVERY_INSTANCES_BY_SERVICE,
    DiscoveryInstance,
    in_service,
)
from roadstead.servicediscovery.records.namespace import (
    NAMESPACES,
    NAMESPACES_BY_SCOPE,
    Namespace,
)
from roadstead.servicediscovery.records.service import (
    DISCOVERY_SERVICES,
    DISCOVERY_SERVICES_BY_SCOPE,
    DiscoveryService,
)
from roadstead.state.records import Change
from roadstead.state.view import View

SRV_PRIORITY_AND_WEIGHT = "1 1"
"""Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html"""
ALL = 0

KindAndKey = tuple[str, str]


def keys(view: View, scope: str) -> Iterator[KindAndKey]:
    """Every item of `scope`. A zone comes before the names in it."""
    for namespace in view.find(NAMESPACES_BY_SCOPE, scope):
        yield "zone", zone_key(namespace.arn)
    for service in view.find(DISCOVERY_SERVICES_BY_SCOPE, scope):
        yield from _of_service(service.arn)
    for instance in view.find(DISCOVERY_INSTANCES_BY_SCOPE, scope):
        yield "name", f"instance/{instance.arn}"


def affected(change: Change) -> Iterable[KindAndKey]:
    """The items that may be others after this change."""
    if change.table is NAMESPACES:
        yield "zone", zone_key(change.arn)
    elif change.table is DISCOVERY_SERVICES:
        before, after = change.before, change.after
        if before is None or after is None or before.dns_records != after.dns_records:
            yield from _of_service(change.arn)
    elif change.table is DISCOVERY_INSTANCES:
        instance = change.after or change.before
        yield from _of_service(instance.service_arn)
        yield "name", f"instance/{change.arn}"


def zone_key(namespace_arn: str) -> str:
    return f"namespace/{namespace_arn}"


def zone(view: View, key: str) -> ZoneItem | None:
    """The zone of a namespace; None if it has none."""
    found = view.get(NAMESPACES, key.partition("/")[2])
    if found is None or found.type != "DNS_PRIVATE":
        return None
    return ZoneItem(name=found.name.lower(), vpc_id=found.vpc_id)


def addresses(view: View, _scope: str, service_arn: str) -> NameItem | None:
    """The A records of a service."""
    found = _dns(view, service_arn, "A")
    if found is None:
        return None
    service, namespace, ttl = found
    return _item(
        _name(service, namespace),
        "A",
        ttl,
        (each.address for each in _answering(view, service)),
        namespace,
        1 if service.routing_policy == "WEIGHTED" else ALL,
    )


def places(view: View, _scope: str, service_arn: str) -> NameItem | None:
    """The SRV records of a service."""
    found = _dns(view, service_arn, "SRV")
    if found is None:
        return None
    service, namespace, ttl = found
    name = _name(service, namespace)
    return _item(
        name,
        "SRV",
        ttl,
        (
            f"{SRV_PRIORITY_AND_WEIGHT} {each.port} {each.instance_id.lower()}.{name}"
            for each in _answering(view, service)
        ),
        namespace,
        1 if service.routing_policy == "WEIGHTED" else ALL,
    )


def of_instance(view: View, _scope: str, instance_arn: str) -> NameItem | None:
    """The name of an instance's own, where an SRV record leads to."""
    instance = view.get(DISCOVERY_INSTANCES, instance_arn)
    found = None if instance is None else _dns(view, instance.service_arn, "SRV")
    if instance is None or found is None:
        return None
    service, namespace, ttl = found
    name = f"{instance.instance_id.lower()}.{_name(service, namespace)}"
    return _item(name, "A", ttl, (instance.address,), namespace, ALL)


def _of_service(arn: str) -> Iterator[KindAndKey]:
    yield "name", f"service-a/{arn}"
    yield "name", f"service-srv/{arn}"


def _dns(view: View, service_arn: str, type: str) -> tuple[DiscoveryService, Namespace, int] | None:
    service = view.get(DISCOVERY_SERVICES, service_arn)
    if service is None:
        return None
    namespace = view.must(NAMESPACES, service.namespace_arn)
    for each in service.dns_records:
        if each.type == type:
            return service, namespace, each.ttl_seconds
    return None


def _answering(view: View, service: DiscoveryService) -> list[DiscoveryInstance]:
    return in_service(view.find(DISCOVERY_INSTANCES_BY_SERVICE, service.arn))


def _name(service: DiscoveryService, namespace: Namespace) -> str:
    return f"{service.name}.{namespace.name}".lower()


def _item(
    name: str,
    type: str,
    ttl: int,
    records: Iterable[str],
    namespace: Namespace,
    answered_max: int,
) -> NameItem | None:
    found = tuple(records)
    if not found:
        return None
    return NameItem(
        name=name,
        type="A" if type == "A" else "SRV",
        ttl=ttl,
        records=found,
        vpc_id=namespace.vpc_id,
        answered_max=answered_max,
    )
