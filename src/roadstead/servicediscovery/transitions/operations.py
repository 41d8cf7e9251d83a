"""The only writer of DiscoveryOperation: noted when it is done, forgotten when it is old."""

from roadstead.servicediscovery.records.operation import (
    DISCOVERY_OPERATIONS,
    DISCOVERY_OPERATIONS_BY_SCOPE,
    DiscoveryOperation,
    operation_arn,
)
from roadstead.servicediscovery.rules.quotas import OPERATIONS_KEPT_MAX
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def note_operation(tx: Tx, call: Call, type: str, **targets: str) -> str:
    """Note that this was done to these; returns the operation's id."""
    last = tx.last(DISCOVERY_OPERATIONS_BY_SCOPE, call.scope)
    ident = f"{call.ids.hex32()}-{call.ids.hex32()[:8]}"
    tx.put(
        DISCOVERY_OPERATIONS,
        DiscoveryOperation(
            arn=operation_arn(call.scope, ident),
            operation_id=ident,
            scope=call.scope,
            number=1 if last is None else last.number + 1,
            type=type,
            targets={name.upper(): each for name, each in targets.items()},
            done_at=call.now,
        ),
    )
    if tx.count(DISCOVERY_OPERATIONS_BY_SCOPE, call.scope) > OPERATIONS_KEPT_MAX:
        oldest = tx.first(DISCOVERY_OPERATIONS_BY_SCOPE, call.scope)
        assert oldest is not None
        tx.delete(DISCOVERY_OPERATIONS, oldest.arn)
    return ident
