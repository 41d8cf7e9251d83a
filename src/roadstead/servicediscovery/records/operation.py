"""DiscoveryOperation: a change of namespaces, services or instances that a client asked for.

All are done as soon as they are asked for. What clients poll is that they were.
"""

from datetime import datetime

from roadstead.state.records import Index, Record, Table


class DiscoveryOperation(Record, frozen=True, kw_only=True):
    """`arn` is `<scope>|<operation id>`."""

    operation_id: str = ""
    scope: str = ""
    number: int = 0
    """In the order in which they were asked for."""
    type: str = ""
    targets: dict[str, str] = {}
    """NAMESPACE, SERVICE, INSTANCE → its id."""
    done_at: datetime | None = None


DISCOVERY_OPERATIONS = Table("discovery_operations", DiscoveryOperation)

DISCOVERY_OPERATIONS_BY_SCOPE = Index(
    "discovery_operations_by_scope",
    DISCOVERY_OPERATIONS,
    lambda each: (each.scope,),
    lambda each: each.number,
)


def operation_arn(scope: str, operation_id: str) -> str:
    return f"{scope}|{operation_id}"
