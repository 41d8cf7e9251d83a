"""What a request of our own API names; what it names wrongly is answered with what there is.

More is understood than ECS does: an EC2 instance id for a container instance, and the beginning of
an id, as long as it begins only one.
"""

from collections.abc import Iterable
from itertools import islice

from roadstead.aws.arns import is_arn
from roadstead.aws.errors import ApiError
from roadstead.ecs.errors import (
    cluster_not_found,
    invalid_parameter,
    service_not_found,
)
from roadstead.ecs.operations.references import arn_in_cluster, cluster_arn
from roadstead.ecs.records.cluster import CLUSTERS, Cluster
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    INSTANCES_BY_EC2_ID,
    LISTED_CONTAINER_INSTANCES,
    ContainerInstance,
)
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.service import LISTED_SERVICES, SERVICES, Service
from roadstead.ecs.records.task import LISTED_TASKS, TASKS, Task
from roadstead.state.plans import Call
from roadstead.state.records import Index, R
from roadstead.state.view import View

NAMED_MAX = 10
"""So many names are told of those that there are."""
ID_CHARACTERS_MIN = 4
"""A shorter beginning of an id is not looked for."""


def the_cluster(view: View, call: Call, reference: str | None) -> Cluster:
    """The ACTIVE cluster; no name stands for `default`.

    Raises: ClusterNotFoundException, which names the clusters there are;
        InvalidParameterException as `cluster_arn`.
    """
    cluster = view.get(CLUSTERS, cluster_arn(call, reference))
    if cluster is None or cluster.status == "INACTIVE":
        names = sorted(
            each.name
            for each in view.all(CLUSTERS)
            if each.status != "INACTIVE" and scope_of(each.arn) == call.scope
        )
        asked = short(reference or "default")
        raise cluster_not_found(f"Cluster not found: {asked}. {_there_are('clusters', names)}")
    return cluster


def the_instance(view: View, call: Call, cluster: Cluster, reference: str) -> ContainerInstance:
    """A container instance by ARN, id, beginning of an id or EC2 instance id, in any status.

    Raises: InvalidParameterException, which names the instances there are.
    """
    if reference.startswith("i-"):
        found = [
            each
            for each in view.find(INSTANCES_BY_EC2_ID, f"{call.scope}/{reference}")
            if each.cluster_arn == cluster.arn
        ]
        living = [each for each in found if each.status != "INACTIVE"]
        if living or found:
            return (living or found)[-1]
    else:
        arn = arn_in_cluster(call, cluster, "container-instance", reference)
        instance = view.get(CONTAINER_INSTANCES, arn)
        if instance is None:
            instance = _begun(view, (LISTED_CONTAINER_INSTANCES,), (cluster.arn,), arn, reference)
        if instance is not None and instance.cluster_arn == cluster.arn:
            return instance
    names = (
        f"{short(each.arn)} ({each.ec2_instance_id})" if each.ec2_instance_id else short(each.arn)
        for each in view.walk(LISTED_CONTAINER_INSTANCES, cluster.arn)
    )
    raise invalid_parameter(
        f"The referenced container instance was not found: {reference[:200]}. "
        + _there_are(f"container instances of cluster {cluster.name}", names)
    )


def the_service(view: View, call: Call, cluster: Cluster, reference: str) -> Service:
    """A service by name or ARN, in any status.

    Raises: ServiceNotFoundException, which names the services there are; InvalidParameterException
        as `arn_in_cluster`.
    """
    service = view.get(SERVICES, arn_in_cluster(call, cluster, "service", reference))
    if service is None:
        names = (each.name for each in view.walk(LISTED_SERVICES, cluster.arn))
        raise service_not_found(
            f"Service not found: {short(reference)}. "
            + _there_are(f"services of cluster {cluster.name}", names)
        )
    return service


def the_task(view: View, call: Call, cluster: Cluster, reference: str) -> Task:
    """A task by ARN, id or the beginning of an id, in any status.

    Raises: InvalidParameterException, which says where tasks are listed.
    """
    arn = arn_in_cluster(call, cluster, "task", reference)
    task = view.get(TASKS, arn)
    if task is None:
        keys = (f"{cluster.arn}|RUNNING", f"{cluster.arn}|STOPPED")
        task = _begun(view, (LISTED_TASKS,), keys, arn, reference)
    if task is None:
        raise invalid_parameter(
            f"The referenced task was not found: {short(reference)}. ListTasks lists the tasks of "
            f"cluster {cluster.name}; a task that stopped is forgotten after an hour."
        )
    return task


def short(arn: str) -> str:
    """The last part of an ARN, which people know a thing by."""
    return arn.rpartition("/")[2][:200]


def _begun(
    view: View, indexes: Iterable[Index[R]], keys: Iterable[str], arn: str, reference: str
) -> R | None:
    """The only record under the keys whose ARN begins so; None for none.

    Raises: InvalidParameterException when there are more.
    """
    if is_arn(reference) or len(reference) < ID_CHARACTERS_MIN:
        return None
    found: list[R] = []
    for index in indexes:
        for key in keys:
            for each in islice(view.walk(index, key, after=arn), 2):
                if each.arn.startswith(arn):
                    found.append(each)
    if len(found) > 1:
        raise ambiguous(reference, (short(each.arn) for each in found[:2]))
    return found[0] if found else None


def ambiguous(reference: str, ids: Iterable[str]) -> ApiError:
    return invalid_parameter(
        f"{reference!r} begins more than one id: {', '.join(ids)} … Give more of it."
    )


def _there_are(what: str, names: Iterable[str]) -> str:
    shown = list(islice(names, NAMED_MAX + 1))
    if not shown:
        return f"There are no {what}."
    more = " …" if len(shown) > NAMED_MAX else ""
    return f"The {what}: {', '.join(shown[:NAMED_MAX])}{more}"
