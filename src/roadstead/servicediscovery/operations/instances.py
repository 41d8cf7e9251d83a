"""What a client may ask about the instances of a service of Cloud Map.

ECS asks the same way: a task is registered by `register_instance` as any other place.
"""

from typing import Any

from roadstead.ec2.records.instances import primary_interface
from roadstead.servicediscovery.errors import (
    custom_health_not_found,
    invalid_input,
    limit_exceeded,
)
from roadstead.servicediscovery.operations.paged import after_last, one_page
from roadstead.servicediscovery.operations.references import the_instance, the_service
from roadstead.servicediscovery.records.instance import (
    ADDRESS,
    DISCOVERY_INSTANCES,
    DISCOVERY_INSTANCES_BY_SERVICE,
    discovery_instance_arn,
)
from roadstead.servicediscovery.records.service import DiscoveryService
from roadstead.servicediscovery.rules.instances import EC2_INSTANCE, check_attributes
from roadstead.servicediscovery.rules.quotas import INSTANCES_OF_SERVICE_MAX
from roadstead.servicediscovery.transitions import instances as transitions
from roadstead.servicediscovery.transitions.operations import note_operation
from roadstead.servicediscovery.views.instance import health_of, instance_view, summary_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def register_instance(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Register an instance, or give one that is there these attributes.

    Raises: ServiceNotFound; InvalidInput; ResourceLimitExceeded
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_RegisterInstance.html
    """
    service = the_service(tx, call, request["ServiceId"])
    instance_id = request["InstanceId"]
    attributes = _with_address(tx, service, dict(request["Attributes"]))
    check_attributes(service, attributes)
    is_new = tx.get(DISCOVERY_INSTANCES, discovery_instance_arn(service.arn, instance_id)) is None
    count = tx.count(DISCOVERY_INSTANCES_BY_SERVICE, service.arn)
    if is_new and count >= INSTANCES_OF_SERVICE_MAX:
        raise limit_exceeded(f"A service can have at most {INSTANCES_OF_SERVICE_MAX} instances")
    transitions.register(
        tx, call, service, instance_id, attributes, request.get("CreatorRequestId") or ""
    )
    return _done(tx, call, "REGISTER_INSTANCE", service, instance_id)


def deregister_instance(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Lead nobody to the instance any more.

    Raises: ServiceNotFound; InstanceNotFound
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_DeregisterInstance.html
    """
    service = the_service(tx, call, request["ServiceId"])
    found = the_instance(tx, service, request["InstanceId"])
    transitions.deregister(tx, found)
    return _done(tx, call, "DEREGISTER_INSTANCE", service, found.instance_id)


def update_custom_health(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Note what the registrant says of the instance's health.

    Raises: ServiceNotFound; InstanceNotFound; CustomHealthNotFound
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_UpdateInstanceCustomHealthStatus.html
    """
    service = the_service(tx, call, request["ServiceId"])
    found = the_instance(tx, service, request["InstanceId"])
    if not service.has_custom_health:
        raise custom_health_not_found(service.service_id)
    transitions.set_custom_health(tx, found, request["Status"])
    return {}


def get_instance(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """One instance.

    Raises: ServiceNotFound; InstanceNotFound
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_GetInstance.html
    """
    service = the_service(view, call, request["ServiceId"])
    found = the_instance(view, service, request["InstanceId"])
    return {"ResourceOwner": call.account, "Instance": instance_view(found)}


def list_instances(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The instances of a service, in order of their ids.

    Raises: ServiceNotFound; InvalidInput
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_ListInstances.html
    """
    service = the_service(view, call, request["ServiceId"])
    after = after_last("ListInstances", request)
    rows = view.walk(DISCOVERY_INSTANCES_BY_SERVICE, service.arn, after=after)
    page, token = one_page("ListInstances", request, rows, lambda each: each.instance_id)
    return {
        "ResourceOwner": call.account,
        "Instances": [summary_view(each) for each in page],
        **token,
    }


def get_health(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """How the instances that are named stand, or all of the service.

    Raises: ServiceNotFound; InstanceNotFound; InvalidInput
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_GetInstancesHealthStatus.html
    """
    service = the_service(view, call, request["ServiceId"])
    after = after_last("GetInstancesHealthStatus", request)
    named = request.get("Instances")
    if named:
        start = after if isinstance(after, str) else ""
        found = [the_instance(view, service, each) for each in sorted(dict.fromkeys(named))]
        rows = iter([each for each in found if each.instance_id > start])
    else:
        rows = iter(view.walk(DISCOVERY_INSTANCES_BY_SERVICE, service.arn, after=after))
    page, token = one_page("GetInstancesHealthStatus", request, rows, lambda each: each.instance_id)
    return {"Status": {each.instance_id: health_of(each) for each in page}, **token}


def _with_address(
    view: View, service: DiscoveryService, attributes: dict[str, str]
) -> dict[str, str]:
    """The attributes; where they name an EC2 instance, with its address."""
    named = attributes.get(EC2_INSTANCE)
    if not named:
        return attributes
    if service.dns_records:
        raise invalid_input(f"{EC2_INSTANCE} is for services that are found by the API only")
    interface = primary_interface(view, named)
    if interface is None:
        raise invalid_input(f"The EC2 instance '{named}' does not exist")
    return {**attributes, ADDRESS: interface.private_ip_address}


def _done(
    tx: Tx, call: Call, type: str, service: DiscoveryService, instance_id: str
) -> dict[str, Any]:
    ident = note_operation(tx, call, type, instance=instance_id, service=service.service_id)
    return {"OperationId": ident}
