"""The only writer of families and their revisions.

A family's status follows from its revisions and its counter only grows, so both are written here
whenever a revision changes.
"""

from collections.abc import Mapping

import msgspec

from roadstead.ecs.errors import limit_exceeded
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.service import SERVICES_BY_DEFINITION
from roadstead.ecs.records.task import LIVE_TASKS_BY_DEFINITION
from roadstead.ecs.records.task_definition import (
    FAMILIES,
    LISTED_TASK_DEFINITIONS,
    TASK_DEFINITIONS,
    Family,
    TaskDefinition,
    family_key,
)
from roadstead.ecs.rules.task_definition.document import Checked
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

REVISIONS_MAX = 1_000_000
"""Per family, deregistered ones too.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"""


def register_task_definition(
    tx: Tx, call: Call, family_name: str, checked: Checked, tags: Mapping[str, str]
) -> TaskDefinition:
    """The next revision of the family, ACTIVE; the family comes into being with its first.

    Raises: LimitExceededException when every number of the family was given.
    """
    key = family_key(call.scope, family_name)
    family = tx.get(FAMILIES, key) or Family(arn=key, scope=call.scope, name=family_name)
    revision = family.latest_revision + 1
    if revision > REVISIONS_MAX:
        raise limit_exceeded(
            f"Family {family_name} has had {REVISIONS_MAX} revisions, which is the limit. Register "
            "under another family."
        )
    tx.put(FAMILIES, msgspec.structs.replace(family, latest_revision=revision, status="ACTIVE"))
    return tx.put(
        TASK_DEFINITIONS,
        TaskDefinition(
            arn=call.arn("ecs", f"task-definition/{family_name}:{revision}"),
            family=family_name,
            revision=revision,
            document=checked.document,
            network_mode=checked.network_mode,
            cpu_units=checked.cpu_units,
            memory_mib=checked.memory_mib,
            host_ports=checked.host_ports,
            host_ports_udp=checked.host_ports_udp,
            requires_attributes=checked.requires_attributes,
            compatibilities=checked.compatibilities,
            registered_at=call.now,
            registered_by=call.caller_arn,
            tags=dict(tags),
        ),
    )


def deregister_task_definition(tx: Tx, call: Call, definition: TaskDefinition) -> TaskDefinition:
    """The revision, INACTIVE; one that is not ACTIVE stays as it is."""
    if definition.status != "ACTIVE":
        return definition
    definition = tx.put(
        TASK_DEFINITIONS,
        msgspec.structs.replace(definition, status="INACTIVE", deregistered_at=call.now),
    )
    _update_family(tx, definition)
    return definition


def delete_task_definition(tx: Tx, call: Call, definition: TaskDefinition) -> TaskDefinition:
    """The INACTIVE revision, DELETE_IN_PROGRESS; gone at once if nothing refers to it.

    There is no way back. One that is DELETE_IN_PROGRESS stays as it is.
    """
    assert definition.status != "ACTIVE", f"{definition.arn} is deleted while ACTIVE"
    if definition.status == "INACTIVE":
        definition = tx.put(
            TASK_DEFINITIONS,
            msgspec.structs.replace(
                definition, status="DELETE_IN_PROGRESS", delete_requested_at=call.now
            ),
        )
    if not is_referred_to(tx, definition.arn):
        remove_task_definition(tx, definition)
    return definition


def remove_task_definition(tx: Tx, definition: TaskDefinition) -> None:
    """Forget a revision to which nothing refers any more. Its number is never given again."""
    tx.delete(TASK_DEFINITIONS, definition.arn)
    _update_family(tx, definition)


def is_referred_to(view: View, definition_arn: str) -> bool:
    """Whether a task that is not STOPPED, or a service, uses the revision."""
    return bool(
        view.count(LIVE_TASKS_BY_DEFINITION, definition_arn)
        or view.count(SERVICES_BY_DEFINITION, definition_arn)
    )


def _update_family(tx: Tx, definition: TaskDefinition) -> None:
    """Give the family the status that its revisions make."""
    scope = scope_of(definition.arn)
    family = tx.must(FAMILIES, family_key(scope, definition.family))

    def has(status: str) -> bool:
        return tx.count(LISTED_TASK_DEFINITIONS, f"{scope}|{status}|{definition.family}") > 0

    status = ""
    if has("ACTIVE"):
        status = "ACTIVE"
    elif has("INACTIVE") or has("DELETE_IN_PROGRESS"):
        status = "INACTIVE"
    if family.status != status:
        tx.put(FAMILIES, msgspec.structs.replace(family, status=status))
