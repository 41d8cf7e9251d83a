"""Family and TaskDefinition: numbered, immutable descriptions of tasks.

A family's counter is kept for ever: a revision number is never used twice.
"""

from datetime import datetime
from typing import Any

from roadstead.ecs.records.scope import scope_of
from roadstead.state.records import Index, Record, Table


class Family(Record, frozen=True, kw_only=True):
    """`arn` is `family:<scope>/<name>`, made by `family_key`."""

    scope: str = ""
    name: str = ""
    latest_revision: int = 0
    """The highest number ever given."""
    status: str = ""
    """ACTIVE with an ACTIVE revision, INACTIVE with others only, empty when none is left."""


FAMILIES = Table("families", Family)

LISTED_FAMILIES = Index(
    "listed_families",
    FAMILIES,
    lambda family: (family.scope, f"{family.scope}|{family.status}") if family.status != "" else (),
    lambda family: family.name,
)
"""Key: scope, or `scope|status`. Ordered by name."""


def family_key(scope: str, name: str) -> str:
    return f"family:{scope}/{name}"


class TaskDefinition(Record, frozen=True, kw_only=True):
    """One revision. The typed fields beside `document` are what some code reads."""

    family: str = ""
    revision: int = 0
    status: str = "ACTIVE"
    """ACTIVE, INACTIVE or DELETE_IN_PROGRESS."""
    document: dict[str, Any] = {}
    """The request's members as DescribeTaskDefinition shows them, defaults filled in:
    containerDefinitions, volumes, networkMode, cpu, …; not the members that the typed fields hold
    (status, revision, times, requiresAttributes …)."""
    network_mode: str = "bridge"
    cpu_units: int = 0
    """What a task reserves: the task's cpu, else the sum over its containers."""
    memory_mib: int = 0
    """What a task reserves: the task's memory, else Σ (memoryReservation or memory)."""
    host_ports: tuple[int, ...] = ()
    """Static TCP host ports that a task takes on its instance."""
    host_ports_udp: tuple[int, ...] = ()
    requires_attributes: tuple[str, ...] = ()
    compatibilities: tuple[str, ...] = ()
    registered_at: datetime | None = None
    registered_by: str = ""
    deregistered_at: datetime | None = None
    delete_requested_at: datetime | None = None
    tags: dict[str, str] = {}


TASK_DEFINITIONS = Table("task_definitions", TaskDefinition)


def _listed_under(definition: TaskDefinition) -> tuple[str, ...]:
    scope = scope_of(definition.arn)
    return (
        f"{scope}|{definition.status}",
        f"{scope}|{definition.status}|{definition.family}",
    )


LISTED_TASK_DEFINITIONS = Index(
    "listed_task_definitions",
    TASK_DEFINITIONS,
    _listed_under,
    lambda definition: (definition.family, definition.revision),
)
"""Key: `scope|status` or `scope|status|family`. Ordered by family, then number."""
