"""What a client may ask about services of Cloud Map."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from roadstead.servicediscovery.errors import (
    invalid_input,
    resource_in_use,
    service_already_exists,
    service_attributes_limit_exceeded,
    unsupported,
)
from roadstead.servicediscovery.operations.paged import after_last, one_page, passes
from roadstead.servicediscovery.operations.references import the_namespace, the_service
from roadstead.servicediscovery.records.instance import DISCOVERY_INSTANCES_BY_SERVICE
from roadstead.servicediscovery.records.namespace import NAMESPACES, Namespace
from roadstead.servicediscovery.records.service import (
    DISCOVERY_SERVICES_BY_NAME,
    DISCOVERY_SERVICES_BY_SCOPE,
    DiscoveryService,
    DnsRecord,
)
from roadstead.servicediscovery.rules.dns import checked_records
from roadstead.servicediscovery.rules.quotas import SERVICE_ATTRIBUTES_MAX
from roadstead.servicediscovery.rules.tags import checked_tags
from roadstead.servicediscovery.transitions import services as transitions
from roadstead.servicediscovery.transitions.operations import note_operation
from roadstead.servicediscovery.views.service import service_view, summary_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def create_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new name in a namespace, or the one that the same CreatorRequestId made.

    Raises: NamespaceNotFound; ServiceAlreadyExists; InvalidInput; TooManyTagsException
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html
    """
    dns = request.get("DnsConfig")
    namespace = _namespace(tx, call, request, dns)
    tags = checked_tags(request.get("Tags"))
    _check_health(request)
    name, request_id = request["Name"], request.get("CreatorRequestId") or ""
    settings = DiscoveryService(
        arn="",
        name=name,
        namespace_arn=namespace.arn,
        description=request.get("Description") or "",
        dns_records=_records(request, namespace, dns),
        routing_policy=(dns or {}).get("RoutingPolicy") or "MULTIVALUE",
        has_custom_health=request.get("HealthCheckCustomConfig") is not None,
        creator_request_id=request_id,
        tags=tags,
    )
    held = tx.first(DISCOVERY_SERVICES_BY_NAME, f"{namespace.arn}|{name.lower()}")
    if held is not None:
        again = replace(
            settings,
            arn=held.arn,
            version=held.version,
            service_id=held.service_id,
            scope=held.scope,
            attributes=held.attributes,
            instances_revision=held.instances_revision,
            created_at=held.created_at,
        )
        if not request_id or again != held:
            raise service_already_exists(name, held.service_id, held.arn, held.creator_request_id)
        return {"Service": _shown(tx, held)}
    return {"Service": _shown(tx, transitions.create_service(tx, call, settings))}


def get_service(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """One service.

    Raises: ServiceNotFound
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_GetService.html
    """
    return {"Service": _shown(view, the_service(view, call, request["Id"]))}


def list_services(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The services that pass the filters, in order of their ids.

    Raises: InvalidInput
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_ListServices.html
    """
    after = after_last("ListServices", request)
    rows = (
        each
        for each in view.walk(DISCOVERY_SERVICES_BY_SCOPE, call.scope, after=after)
        if passes(
            request,
            {
                "NAMESPACE_ID": each.namespace_arn.rpartition("/")[2],
                "RESOURCE_OWNER": "SELF",
            },
        )
    )
    page, token = one_page("ListServices", request, rows, lambda each: each.service_id)
    return {
        "Services": [
            summary_view(each, each.namespace_arn.rpartition("/")[2], _instance_count(view, each))
            for each in page
        ],
        **token,
    }


def update_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Change the description and the DNS records; records that are not given are removed.

    Raises: ServiceNotFound; InvalidInput
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateService.html
    """
    found = the_service(tx, call, request["Id"])
    asked = request["Service"]
    _check_health(asked)
    dns = asked.get("DnsConfig")
    records = checked_records(dns["DnsRecords"]) if dns is not None else ()
    added = {each.type for each in records} - {each.type for each in found.dns_records}
    if added:
        raise invalid_input(
            f"DNS records of the type {', '.join(sorted(added))} cannot be added to a service"
        )
    description = asked.get("Description")
    transitions.change_service(
        tx,
        found,
        description=found.description if description is None else description,
        dns_records=records,
    )
    return {"OperationId": note_operation(tx, call, "UPDATE_SERVICE", service=found.service_id)}


def delete_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a service without instances.

    Raises: ServiceNotFound; ResourceInUse
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteService.html
    """
    found = the_service(tx, call, request["Id"])
    if _instance_count(tx, found):
        raise resource_in_use(
            "Service contains registered instances; delete the instances before deleting the "
            "service"
        )
    transitions.delete_service(tx, found)
    return {}


def get_attributes(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The attributes of the service itself.

    Raises: ServiceNotFound
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_GetServiceAttributes.html
    """
    found = the_service(view, call, request["ServiceId"])
    return {
        "ServiceAttributes": {
            "ServiceArn": found.arn,
            "ResourceOwner": call.account,
            "Attributes": dict(found.attributes),
        }
    }


def update_attributes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set attributes of the service, besides those that it has.

    Raises: ServiceNotFound; ServiceAttributesLimitExceededException
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateServiceAttributes.html
    """
    found = the_service(tx, call, request["ServiceId"])
    attributes = {**found.attributes, **request["Attributes"]}
    if len(attributes) > SERVICE_ATTRIBUTES_MAX:
        raise service_attributes_limit_exceeded(
            f"A service can have at most {SERVICE_ATTRIBUTES_MAX} attributes, not {len(attributes)}"
        )
    transitions.change_service(tx, found, attributes=attributes)
    return {}


def delete_attributes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Remove attributes of the service by their keys; one that is not there is no error.

    Raises: ServiceNotFound
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteServiceAttributes.html
    """
    found = the_service(tx, call, request["ServiceId"])
    gone = set(request["Attributes"])
    kept = {key: value for key, value in found.attributes.items() if key not in gone}
    transitions.change_service(tx, found, attributes=kept)
    return {}


def _namespace(
    view: View, call: Call, request: Mapping[str, Any], dns: Mapping[str, Any] | None
) -> Namespace:
    ids = {each for each in (request.get("NamespaceId"), (dns or {}).get("NamespaceId")) if each}
    if len(ids) != 1:
        raise invalid_input(
            "NamespaceId must be given, and be the same where it is given in DnsConfig too"
        )
    return the_namespace(view, call, ids.pop())


def _records(
    request: Mapping[str, Any], namespace: Namespace, dns: Mapping[str, Any] | None
) -> tuple[DnsRecord, ...]:
    if dns is None:
        return ()
    if namespace.type == "HTTP":
        raise invalid_input("DnsConfig is for services in DNS namespaces; this one is an HTTP one")
    if request.get("Type") == "HTTP":
        raise invalid_input("A service of the type HTTP has no DnsConfig")
    if request["Name"] == ".":
        raise unsupported("A service with the name of its namespace ('.')")
    return checked_records(dns["DnsRecords"])


def _check_health(request: Mapping[str, Any]) -> None:
    """Route 53 checks from the world, which nothing here is reached from.

    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_HealthCheckConfig.html
    """
    if request.get("HealthCheckConfig") is not None:
        raise invalid_input(
            "HealthCheckConfig is for public DNS namespaces only; use HealthCheckCustomConfig"
        )


def _instance_count(view: View, service: DiscoveryService) -> int:
    return view.count(DISCOVERY_INSTANCES_BY_SERVICE, service.arn)


def _shown(view: View, service: DiscoveryService) -> dict[str, Any]:
    namespace = view.must(NAMESPACES, service.namespace_arn)
    return service_view(service, namespace.namespace_id, _instance_count(view, service))
