"""What a client may ask about namespaces."""

from typing import Any

from roadstead.ec2.records.network import VPCS, ec2_arn
from roadstead.servicediscovery.errors import (
    invalid_input,
    limit_exceeded,
    namespace_already_exists,
    resource_in_use,
)
from roadstead.servicediscovery.operations.paged import after_last, one_page, passes
from roadstead.servicediscovery.operations.references import the_namespace
from roadstead.servicediscovery.records.namespace import (
    NAMESPACES_BY_NAME,
    NAMESPACES_BY_SCOPE,
    Namespace,
)
from roadstead.servicediscovery.records.service import DISCOVERY_SERVICES_BY_NAMESPACE
from roadstead.servicediscovery.rules.names import check_dns_name
from roadstead.servicediscovery.rules.quotas import NAMESPACES_MAX
from roadstead.servicediscovery.rules.tags import checked_tags
from roadstead.servicediscovery.transitions import namespaces as transitions
from roadstead.servicediscovery.transitions.operations import note_operation
from roadstead.servicediscovery.views.namespace import namespace_view, summary_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

SOA_TTL_SECONDS_DEFAULT = 15


def create_private_dns_namespace(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A namespace whose names DNS answers in the VPC.

    Raises: InvalidInput; NamespaceAlreadyExists; ResourceLimitExceeded; TooManyTagsException
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html
    """
    check_dns_name(request["Name"])
    vpc_id = request["Vpc"]
    if tx.get(VPCS, ec2_arn(call.scope, "vpc", vpc_id)) is None:
        raise invalid_input(f"The VPC '{vpc_id}' in region '{call.region}' does not exist")
    return _create(tx, call, request, type="DNS_PRIVATE", vpc_id=vpc_id)


def create_http_namespace(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A namespace whose instances are found by DiscoverInstances only.

    Raises: InvalidInput; NamespaceAlreadyExists; ResourceLimitExceeded; TooManyTagsException
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateHttpNamespace.html
    """
    return _create(tx, call, request, type="HTTP")


def update_private_dns_namespace(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Change the description, or how long a name's absence may be believed.

    Raises: NamespaceNotFound; InvalidInput for a namespace of another type
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdatePrivateDnsNamespace.html
    """
    return _update(tx, call, request, "DNS_PRIVATE")


def update_http_namespace(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Change the description.

    Raises: NamespaceNotFound; InvalidInput for a namespace of another type
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateHttpNamespace.html
    """
    return _update(tx, call, request, "HTTP")


def get_namespace(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """One namespace.

    Raises: NamespaceNotFound
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_GetNamespace.html
    """
    found = the_namespace(view, call, request["Id"])
    return {"Namespace": namespace_view(found, _service_count(view, found))}


def list_namespaces(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The namespaces that pass the filters, in order of their ids.

    Raises: InvalidInput
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_ListNamespaces.html
    """
    after = after_last("ListNamespaces", request)
    rows = (
        each
        for each in view.walk(NAMESPACES_BY_SCOPE, call.scope, after=after)
        if passes(
            request,
            {
                "TYPE": each.type,
                "NAME": each.name,
                "HTTP_NAME": each.name,
                "RESOURCE_OWNER": "SELF",
            },
        )
    )
    page, token = one_page("ListNamespaces", request, rows, lambda each: each.namespace_id)
    return {
        "Namespaces": [summary_view(each, _service_count(view, each)) for each in page],
        **token,
    }


def delete_namespace(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a namespace without services.

    Raises: NamespaceNotFound; ResourceInUse
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DeleteNamespace.html
    """
    found = the_namespace(tx, call, request["Id"])
    if _service_count(tx, found):
        raise resource_in_use(
            f"Namespace {found.namespace_id} has associated services; delete the services before "
            "deleting the namespace"
        )
    transitions.delete_namespace(tx, found)
    return {
        "OperationId": note_operation(tx, call, "DELETE_NAMESPACE", namespace=found.namespace_id)
    }


def _create(
    tx: Tx, call: Call, request: dict[str, Any], *, type: str, vpc_id: str = ""
) -> dict[str, Any]:
    name = request["Name"]
    tags = checked_tags(request.get("Tags"))
    held = tx.first(NAMESPACES_BY_NAME, f"{call.scope}/{name.lower()}")
    if held is not None:
        raise namespace_already_exists(name, held.namespace_id, held.creator_request_id)
    if tx.count(NAMESPACES_BY_SCOPE, call.scope) >= NAMESPACES_MAX:
        raise limit_exceeded(f"There can be at most {NAMESPACES_MAX} namespaces")
    made = transitions.create_namespace(
        tx,
        call,
        Namespace(
            arn="",
            name=name,
            type=type,
            vpc_id=vpc_id,
            description=request.get("Description") or "",
            soa_ttl_seconds=_soa_ttl(request, SOA_TTL_SECONDS_DEFAULT),
            creator_request_id=request.get("CreatorRequestId") or "",
            tags=tags,
        ),
    )
    return {
        "OperationId": note_operation(tx, call, "CREATE_NAMESPACE", namespace=made.namespace_id)
    }


def _update(tx: Tx, call: Call, request: dict[str, Any], type: str) -> dict[str, Any]:
    found = the_namespace(tx, call, request["Id"])
    if found.type != type:
        raise invalid_input(f"The namespace {found.namespace_id} is of the type {found.type}")
    asked = request["Namespace"]
    description = asked.get("Description")
    transitions.change_namespace(
        tx,
        found,
        description=found.description if description is None else description,
        soa_ttl_seconds=_soa_ttl(asked, found.soa_ttl_seconds),
    )
    return {
        "OperationId": note_operation(tx, call, "UPDATE_NAMESPACE", namespace=found.namespace_id)
    }


def _soa_ttl(asked: dict[str, Any], held: int) -> int:
    properties = asked.get("Properties")
    return held if not properties else int(properties["DnsProperties"]["SOA"]["TTL"])


def _service_count(view: View, namespace: Namespace) -> int:
    return view.count(DISCOVERY_SERVICES_BY_NAMESPACE, namespace.arn)
