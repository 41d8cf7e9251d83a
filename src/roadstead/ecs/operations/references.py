"""References: how a request names a cluster, an instance, a task, a service or a definition.

A name, an id or an ARN is accepted everywhere; an ARN of another Region or account, or of another
cluster than the request's, is refused.
"""

import re

from roadstead.aws.arns import is_arn, parse_arn
from roadstead.aws.errors import ApiError
from roadstead.ecs.errors import (
    client_error,
    cluster_not_found,
    invalid_parameter,
    service_not_found,
)
from roadstead.ecs.records.cluster import CLUSTERS, Cluster
from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.task_definition import (
    LISTED_TASK_DEFINITIONS,
    TASK_DEFINITIONS,
    TaskDefinition,
)
from roadstead.ecs.rules.runnable import check_implemented
from roadstead.state.plans import Call
from roadstead.state.view import View

DEFAULT_CLUSTER = "default"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_REVISION = re.compile(r"[0-9]{1,18}")


def cluster_arn(call: Call, reference: str | None) -> str:
    """The ARN that a cluster's name or ARN stands for; nothing stands for `default`.

    Raises: InvalidParameterException when it is neither, or belongs to another account or Region.
    """
    if not reference:
        reference = DEFAULT_CLUSTER
    if is_arn(reference):
        return call.arn("ecs", f"cluster/{id_in_arn(call, reference, 'cluster')}")
    if not _NAME.fullmatch(reference):
        raise invalid_parameter(
            f"Invalid identifier: {reference!r} is no cluster name. A name has up to 255 letters, "
            "digits, hyphens and underscores."
        )
    return call.arn("ecs", f"cluster/{reference}")


def the_cluster(view: View, call: Call, reference: str | None) -> Cluster:
    """The ACTIVE cluster that a request names.

    Raises: ClusterNotFoundException; InvalidParameterException as `cluster_arn`.
    """
    cluster = cluster_in_any_status(view, call, reference)
    if cluster.status == "INACTIVE":
        raise inactive_cluster()
    return cluster


def cluster_in_any_status(view: View, call: Call, reference: str | None) -> Cluster:
    """The cluster that a request names, also one that was deleted.

    Raises: ClusterNotFoundException; InvalidParameterException as `cluster_arn`.
    """
    cluster = view.get(CLUSTERS, cluster_arn(call, reference))
    if cluster is None:
        raise cluster_not_found()
    return cluster


def inactive_cluster() -> ApiError:
    """The refusal of a cluster that was deleted."""
    return cluster_not_found("The referenced cluster was inactive.")


def arn_in_cluster(call: Call, cluster: Cluster, kind: str, reference: str) -> str:
    """The ARN of a `kind` (task, service, container-instance) named by id, name or ARN.

    There may be nothing of that ARN; of an ARN without the cluster there never is.

    Raises: InvalidParameterException when it is malformed, or an ARN of another cluster, account
        or Region.
    """
    if not is_arn(reference):
        if not _NAME.fullmatch(reference):
            raise invalid_parameter(
                f"Invalid identifier: {reference!r} is no {kind} id, name or ARN."
            )
        return call.arn("ecs", f"{kind}/{cluster.name}/{reference}")
    inside = id_in_arn(call, reference, kind)
    named, separator, identifier = inside.partition("/")
    if not separator:
        return reference  # the short form that ECS used once: well-formed, and nothing has it
    if "/" in identifier or not identifier:
        raise invalid_parameter(
            f"Unexpected number of separators in {reference!r}: "
            f"expected …:{kind}/<cluster>/<{kind}>."
        )
    if named != cluster.name:
        raise invalid_parameter(
            f"Identifier is for cluster {named}. Your cluster is {cluster.name}"
        )
    return reference


def the_service(view: View, call: Call, cluster: Cluster, reference: str) -> Service:
    """The service that a request names, in any status.

    Raises: ServiceNotFoundException; InvalidParameterException as `arn_in_cluster`.
    """
    service = view.get(SERVICES, arn_in_cluster(call, cluster, "service", reference))
    if service is None:
        raise service_not_found()
    return service


def family_and_revision(call: Call, reference: str) -> tuple[str, int | None]:
    """The two parts of `family`, `family:revision` or a task definition ARN.

    Raises: ClientException for a revision that is no number; InvalidParameterException for an ARN
        of something else or of another account or Region.
    """
    text = id_in_arn(call, reference, "task-definition") if is_arn(reference) else reference
    family, separator, revision = text.partition(":")
    if not _NAME.fullmatch(family):
        raise client_error(
            f"Invalid task definition identifier: {reference!r}. Expected family, "
            "family:revision or an ARN."
        )
    if not separator:
        return family, None
    if not _REVISION.fullmatch(revision):
        raise client_error(f"Invalid revision number. Number: {revision}")
    return family, int(revision)


def find_task_definition(view: View, call: Call, reference: str) -> TaskDefinition | None:
    """The revision named; a bare family means its latest ACTIVE revision. Any status, or None."""
    family, revision = family_and_revision(call, reference)
    if revision is None:
        return view.last(LISTED_TASK_DEFINITIONS, f"{call.scope}|ACTIVE|{family}")
    return view.get(TASK_DEFINITIONS, call.arn("ecs", f"task-definition/{family}:{revision}"))


def runnable_task_definition(view: View, call: Call, reference: str) -> TaskDefinition:
    """The ACTIVE revision named, for new tasks and services.

    Raises: ClientException when there is none of that name or it is not ACTIVE any more;
        UnsupportedFeatureException when it asks for something that is not implemented yet.
    """
    definition = find_task_definition(view, call, reference)
    if definition is None:
        raise client_error("TaskDefinition not found.")
    if definition.status != "ACTIVE":
        raise client_error("TaskDefinition is inactive")
    check_implemented(definition)
    return definition


def id_in_arn(call: Call, text: str, kind: str) -> str:
    """What an ECS ARN says behind `kind/`.

    Raises: InvalidParameterException for an ARN of something else, or of another account or Region.
    """
    try:
        arn = parse_arn(text)
    except ValueError as problem:
        raise invalid_parameter(f"Invalid identifier: {problem}") from problem
    if arn.service != "ecs" or arn.resource_type != kind or not arn.resource_id:
        raise invalid_parameter(
            f"Invalid identifier: Identifier is for {arn.resource_type}, expected {kind}: {text}"
        )
    if (arn.region, arn.account, arn.partition) != (call.region, call.account, call.partition):
        raise invalid_parameter(
            f"Invalid identifier: {text} is in account {arn.account}, Region {arn.region}; this "
            f"request is for account {call.account}, Region {call.region}."
        )
    return arn.resource_id
