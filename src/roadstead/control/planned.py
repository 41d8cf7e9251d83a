"""The changes that can be rehearsed: which operation each is, and what it is about.

They are ECS's own operations with their own requests. A request is understood more widely than by
ECS (see `references`) and handed on with ARNs.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.control.references import the_cluster, the_instance, the_service, the_task
from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.operations import table
from roadstead.ecs.operations.references import find_task_definition
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import ContainerInstance
from roadstead.ecs.records.service import SERVICES, SERVICES_BY_DEFINITION, Service
from roadstead.ecs.records.task import LIVE_TASKS_BY_INSTANCE, Task
from roadstead.ecs.records.task_definition import TaskDefinition
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]

_FAILURES_TOLD_MAX = 10


class Refused(Exception):
    """The operation would not be carried out, and says so in its response instead of an error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Subject(msgspec.Struct, kw_only=True):
    """What a change is about."""

    request: Request
    """As the operation takes it."""
    cluster: Cluster | None = None
    instances: tuple[ContainerInstance, ...] = ()
    services: tuple[Service, ...] = ()
    """Those named, and those of the tasks on the instances."""
    task: Task | None = None
    definition: TaskDefinition | None = None


class Kind(msgspec.Struct, frozen=True):
    """A change that can be rehearsed."""

    subject: Callable[[View, Call, Request], Subject]
    members: frozenset[str]
    """What a request of it may have."""
    required: str


def subject_of(view: View, call: Call, operation: str, request: Mapping[str, Any]) -> Subject:
    """What the change is about.

    Raises: InvalidParameterException for a member that the operation does not take, or one that is
        missing; what `references` raises for things that are not there.
    """
    kind = KINDS[operation]
    given = {name: value for name, value in request.items() if value is not None}
    unknown = sorted(given.keys() - kind.members)
    if unknown:
        raise invalid_parameter(
            f"A plan of {operation} takes no {', '.join(unknown)}; "
            f"it takes {', '.join(sorted(kind.members))}."
        )
    if not given.get(kind.required):
        raise invalid_parameter(f"A plan of {operation} needs {kind.required}.")
    return kind.subject(view, call, given)


def carry_out(tx: Tx, call: Call, operation: str, request: Request) -> Request:
    """Do it: the very operation of the API.

    Raises: what the operation raises; Refused for failures in its response.
    """
    response = table.WRITES[operation](tx, call, request)
    if response.get("failures") and not (
        response.get("containerInstances") or response.get("tasks")
    ):
        raise Refused("Failures", told_failures(response))
    return response


def told_failures(response: Mapping[str, Any]) -> str:
    """The failures in a response; empty for none."""
    return ", ".join(
        f"{each.get('arn') or 'task'}: {each.get('reason')}"
        for each in response.get("failures", ())[:_FAILURES_TOLD_MAX]
    )


def _of_instance(view: View, call: Call, request: Request) -> Subject:
    cluster = the_cluster(view, call, request.get("cluster"))
    instance = the_instance(view, call, cluster, request["containerInstance"])
    return Subject(
        request={**request, "containerInstance": instance.arn},
        cluster=cluster,
        instances=(instance,),
        services=_services_on(view, (instance,)),
    )


def _of_instances(view: View, call: Call, request: Request) -> Subject:
    cluster = the_cluster(view, call, request.get("cluster"))
    found = [the_instance(view, call, cluster, each) for each in request["containerInstances"]]
    instances = tuple({each.arn: each for each in found}.values())
    return Subject(
        request={
            "status": "DRAINING",
            **request,
            "containerInstances": [each.arn for each in instances],
        },
        cluster=cluster,
        instances=instances,
        services=_services_on(view, instances),
    )


def _of_service(view: View, call: Call, request: Request) -> Subject:
    cluster = the_cluster(view, call, request.get("cluster"))
    service = the_service(view, call, cluster, request["service"])
    return Subject(
        request={**request, "service": service.arn}, cluster=cluster, services=(service,)
    )


def _of_task(view: View, call: Call, request: Request) -> Subject:
    cluster = the_cluster(view, call, request.get("cluster"))
    task = the_task(view, call, cluster, request["task"])
    service = view.get(SERVICES, task.service_arn)
    return Subject(
        request={**request, "task": task.arn},
        cluster=cluster,
        task=task,
        services=() if service is None else (service,),
    )


def _of_definition(view: View, call: Call, request: Request) -> Subject:
    try:
        definition = find_task_definition(view, call, request["taskDefinition"])
    except ApiError:
        definition = None  # the operation itself says what is wrong with it
    services = () if definition is None else view.find(SERVICES_BY_DEFINITION, definition.arn)
    return Subject(request=request, definition=definition, services=tuple(services))


def _of_new_tasks(view: View, call: Call, request: Request) -> Subject:
    return Subject(request=request, cluster=the_cluster(view, call, request.get("cluster")))


def _services_on(view: View, instances: tuple[ContainerInstance, ...]) -> tuple[Service, ...]:
    arns = dict.fromkeys(
        task.service_arn
        for instance in instances
        for task in view.find(LIVE_TASKS_BY_INSTANCE, instance.arn)
        if task.service_arn
    )
    found = (view.get(SERVICES, arn) for arn in arns)
    return tuple(each for each in found if each is not None)


KINDS: dict[str, Kind] = {
    "DeregisterContainerInstance": Kind(
        _of_instance, frozenset({"cluster", "containerInstance", "force"}), "containerInstance"
    ),
    "UpdateContainerInstancesState": Kind(
        _of_instances,
        frozenset({"cluster", "containerInstances", "status"}),
        "containerInstances",
    ),
    "DeregisterTaskDefinition": Kind(
        _of_definition, frozenset({"taskDefinition"}), "taskDefinition"
    ),
    "UpdateService": Kind(
        _of_service,
        frozenset(
            {
                "cluster",
                "service",
                "desiredCount",
                "taskDefinition",
                "forceNewDeployment",
                "deploymentConfiguration",
                "networkConfiguration",
                "placementConstraints",
                "placementStrategy",
                "availabilityZoneRebalancing",
                "healthCheckGracePeriodSeconds",
            }
        ),
        "service",
    ),
    "DeleteService": Kind(_of_service, frozenset({"cluster", "service", "force"}), "service"),
    "StopTask": Kind(_of_task, frozenset({"cluster", "task", "reason"}), "task"),
    "RunTask": Kind(
        _of_new_tasks,
        frozenset(
            {
                "cluster",
                "taskDefinition",
                "count",
                "group",
                "launchType",
                "networkConfiguration",
                "placementConstraints",
                "placementStrategy",
            }
        ),
        "taskDefinition",
    ),
}
