"""The registrations of tasks with Cloud Map: made, entered, followed by health, left.

The only writer of them. ECS asks Cloud Map as a client would, in one update with its own records.
"""

import msgspec

from roadstead.aws.arns import last_part, parse_arn
from roadstead.aws.errors import ApiError
from roadstead.ec2.records.instances import primary_interface
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_revision import ServiceRevision
from roadstead.ecs.records.task import Task, TaskRegistration, TaskTarget
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.records.task_set import TASK_SETS, task_set_arn
from roadstead.ecs.rules.custom_health import custom_health
from roadstead.ecs.rules.load_balancers.places import place_of
from roadstead.ecs.transitions.task_targets import put_progressed
from roadstead.ecs.transitions.traffic_troubles import note_troubles, without_troubles
from roadstead.servicediscovery.operations.table import WRITES
from roadstead.servicediscovery.records.instance import (
    ADDRESS,
    DISCOVERY_INSTANCES,
    PORT,
    discovery_instance_arn,
)
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

replace = msgspec.structs.replace

GONE = frozenset({"InstanceNotFound", "ServiceNotFound"})


def registrations_of(revision: ServiceRevision | None) -> tuple[TaskRegistration, ...]:
    """The registrations of a task of this revision, none of them entered yet."""
    if revision is None:
        return ()
    return tuple(
        TaskRegistration(
            registry_arn=each["registryArn"],
            container_name=each.get("containerName", ""),
            container_port=each.get("containerPort", 0),
            port=each.get("port", 0),
        )
        for each in revision.service_registries
    )


def attributes_of(view: View, task: Task, registration: TaskRegistration) -> dict[str, str] | None:
    """What Cloud Map is told of the task; None while its port is not known.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
    """
    definition = view.get(TASK_DEFINITIONS, task.task_definition_arn)
    instance = view.get(CONTAINER_INSTANCES, task.container_instance_arn)
    service = view.get(SERVICES, task.service_arn)
    if definition is None or instance is None or service is None:
        return None
    ec2_id, port = instance.ec2_instance_id, registration.port
    if registration.container_name:
        target = TaskTarget(
            container_name=registration.container_name, container_port=registration.container_port
        )
        place = place_of(definition, task, target, ec2_id)
        if place is None:
            return None
        port = place.port
    task_set = view.get(TASK_SETS, task_set_arn(service.arn, task.started_by))
    found = {
        ADDRESS: _address(view, task, ec2_id),
        PORT: str(port) if port else "",
        "AVAILABILITY_ZONE": task.availability_zone,
        "REGION": parse_arn(task.arn).region,
        "ECS_SERVICE_NAME": service.name,
        "ECS_CLUSTER_NAME": last_part(task.cluster_arn),
        "EC2_INSTANCE_ID": ec2_id,
        "ECS_TASK_DEFINITION_FAMILY": task.family,
        "ECS_TASK_SET_EXTERNAL_ID": "" if task_set is None else task_set.external_id,
    }
    return {key: value for key, value in found.items() if value}


def enter(tx: Tx, call: Call, task: Task) -> Task:
    """Register the task wherever it is not yet; what is refused is said, and tried again later."""
    found, refusals = [], {}
    for each in task.registrations:
        attributes = None if each.is_registered else attributes_of(tx, task, each)
        if attributes is not None:
            try:
                _register(tx, call, task, each, attributes)
            except ApiError as refusal:
                refusals[each.registry_arn] = refusal
            else:
                each = replace(each, is_registered=True)
        found.append(each)
    service = tx.get(SERVICES, task.service_arn)
    if service is not None:
        entered = [each.registry_arn for each in found if each.is_registered]
        note_troubles(tx, call, without_troubles(tx, service, entered), refusals)
    return put_progressed(tx, call, task, replace(task, registrations=tuple(found)))


def leave(tx: Tx, call: Call, task: Task) -> Task:
    """Let nobody find the task any more, which is to stop or has ended."""
    for each in task.registrations:
        if each.is_registered:
            request = {"ServiceId": each.registry_arn, "InstanceId": last_part(task.arn)}
            try:
                WRITES["DeregisterInstance"](tx, call, request)
            except ApiError as refusal:
                if refusal.code not in GONE:
                    raise
    left = tuple(replace(each, is_registered=False) for each in task.registrations)
    return put_progressed(tx, call, task, replace(task, registrations=left))


def tell_health(tx: Tx, call: Call, task: Task) -> None:
    """Let Cloud Map know what the task's health checks have come to."""
    for each in task.registrations:
        status = news_of_health(tx, task, each)
        if status:
            _tell(tx, call, task, each, status)


def news_of_health(view: View, task: Task, registration: TaskRegistration) -> str:
    """What Cloud Map should have as the task's health; empty if it has it, or wants none."""
    definition = view.get(TASK_DEFINITIONS, task.task_definition_arn)
    arn = discovery_instance_arn(registration.registry_arn, last_part(task.arn))
    instance = view.get(DISCOVERY_INSTANCES, arn)
    if definition is None or instance is None or not instance.custom_health:
        return ""
    status = custom_health(task.containers, definition)
    return "" if status == instance.custom_health else status


def _register(
    tx: Tx, call: Call, task: Task, registration: TaskRegistration, attributes: dict[str, str]
) -> None:
    """As one that is not healthy yet if its health checks have not passed."""
    request = {
        "ServiceId": registration.registry_arn,
        "InstanceId": last_part(task.arn),
        "Attributes": attributes,
    }
    WRITES["RegisterInstance"](tx, call, request)
    status = news_of_health(tx, task, registration)
    if status:
        _tell(tx, call, task, registration, status)


def _tell(tx: Tx, call: Call, task: Task, registration: TaskRegistration, status: str) -> None:
    request = {
        "ServiceId": registration.registry_arn,
        "InstanceId": last_part(task.arn),
        "Status": status,
    }
    WRITES["UpdateInstanceCustomHealthStatus"](tx, call, request)


def _address(view: View, task: Task, ec2_instance_id: str) -> str:
    if task.interface is not None:
        return task.interface.private_ipv4_address
    found = primary_interface(view, ec2_instance_id) if ec2_instance_id else None
    return "" if found is None else found.private_ip_address
