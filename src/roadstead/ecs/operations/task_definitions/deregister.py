"""DeregisterTaskDefinition and DeleteTaskDefinitions: both need an explicit revision."""

from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.ecs.errors import client_error, invalid_parameter
from roadstead.ecs.operations.references import family_and_revision
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS, TaskDefinition
from roadstead.ecs.transitions import task_definitions as transitions
from roadstead.ecs.views.task_definition import task_definition_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx

_DELETED_MAX = 10

_UNKNOWN = (
    "The specified task definition does not exist. Specify a valid account, family, revision and "
    "try again."
)
_INVALID = (
    "The specified task definition identifier is invalid. Specify a valid name or ARN and try "
    "again."
)
_STILL_ACTIVE = (
    "The specified task definition is still in ACTIVE status. Please deregister the target and try "
    "again."
)


def deregister_task_definition(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The revision, INACTIVE: it takes no new work. One that already is stays as it is.

    Raises: ClientException without a revision, for one that is no number or does not exist;
        InvalidParameterException for an ARN of another kind, account or Region.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html
    """
    arn = _explicit_arn(call, request["taskDefinition"])
    definition = tx.get(TASK_DEFINITIONS, arn)
    if definition is None:
        raise client_error(_UNKNOWN)
    definition = transitions.deregister_task_definition(tx, call, definition)
    return {"taskDefinition": task_definition_view(definition)}


def delete_task_definitions(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """INACTIVE revisions, DELETE_IN_PROGRESS: gone once no task and no service uses them.

    What cannot be deleted is among the failures and keeps nothing else from it.
    Raises: InvalidParameterException for no reference, or more than 10.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html
    """
    references = request["taskDefinitions"]
    if not references:
        raise invalid_parameter("size of TaskDefinition references list must be greater than 0")
    if len(references) > _DELETED_MAX:
        raise invalid_parameter(
            f"Size of TaskDefinition references list cannot exceed {_DELETED_MAX}"
        )
    deleted: dict[str, dict[str, Any]] = {}
    failures: list[dict[str, str]] = []
    for reference in references:
        try:
            arn = _explicit_arn(call, reference)
        except ApiError:
            failures.append({"arn": reference, "reason": _INVALID})
            continue
        if arn in deleted:
            continue
        definition = tx.get(TASK_DEFINITIONS, arn)
        problem = _undeletable(definition)
        if problem is not None or definition is None:
            failures.append({"arn": arn, "reason": problem or _UNKNOWN})
            continue
        deleted[arn] = task_definition_view(
            transitions.delete_task_definition(tx, call, definition)
        )
    return {"taskDefinitions": list(deleted.values()), "failures": failures}


def _undeletable(definition: TaskDefinition | None) -> str | None:
    """Why a revision cannot be deleted; None: it can."""
    if definition is None:
        return _UNKNOWN
    return _STILL_ACTIVE if definition.status == "ACTIVE" else None


def _explicit_arn(call: Call, reference: str) -> str:
    """The ARN of a revision that must be named with its number.

    Raises: as `deregister_task_definition`.
    """
    family, revision = family_and_revision(call, reference)
    if revision is None:
        raise client_error("Revision is missing.")
    return call.arn("ecs", f"task-definition/{family}:{revision}")
