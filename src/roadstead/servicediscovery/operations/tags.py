"""What a client may ask about the tags of namespaces and services."""

from typing import Any

from roadstead.servicediscovery.errors import resource_not_found
from roadstead.servicediscovery.records.namespace import NAMESPACES, Namespace
from roadstead.servicediscovery.records.service import DISCOVERY_SERVICES, DiscoveryService
from roadstead.servicediscovery.rules.tags import checked_tags
from roadstead.servicediscovery.transitions import namespaces, services
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Tagged = Namespace | DiscoveryService


def tag_resource(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set tags, besides those that there are.

    Raises: ResourceNotFoundException; TooManyTagsException; InvalidInput
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_TagResource.html
    """
    found = _resource(tx, call, request["ResourceARN"])
    _set(tx, found, checked_tags(request["Tags"], found.tags, found.arn))
    return {}


def untag_resource(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Remove tags by their keys; one that is not there is no error.

    Raises: ResourceNotFoundException
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_UntagResource.html
    """
    found = _resource(tx, call, request["ResourceARN"])
    gone = set(request["TagKeys"])
    _set(tx, found, {key: value for key, value in found.tags.items() if key not in gone})
    return {}


def list_tags(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The tags of a resource.

    Raises: ResourceNotFoundException
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_ListTagsForResource.html
    """
    found = _resource(view, call, request["ResourceARN"])
    return {"Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()]}


def _resource(view: View, call: Call, arn: str) -> Tagged:
    found: Tagged | None = view.get(NAMESPACES, arn)
    if found is None:
        found = view.get(DISCOVERY_SERVICES, arn)
    if found is None or found.scope != call.scope:
        raise resource_not_found(arn)
    return found


def _set(tx: Tx, record: Tagged, tags: dict[str, str]) -> None:
    match record:
        case Namespace():
            namespaces.set_tags(tx, record, tags)
        case DiscoveryService():
            services.set_tags(tx, record, tags)
