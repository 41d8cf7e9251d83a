"""What a client may ask about operations: whether what it asked for is done. It is."""

from typing import Any

from roadstead.servicediscovery.errors import invalid_input, operation_not_found
from roadstead.servicediscovery.operations.paged import after_last, one_page, passes
from roadstead.servicediscovery.records.operation import (
    DISCOVERY_OPERATIONS,
    DISCOVERY_OPERATIONS_BY_SCOPE,
    DiscoveryOperation,
    operation_arn,
)
from roadstead.state.plans import Call
from roadstead.state.view import View


def get_operation(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """One operation.

    Raises: OperationNotFound
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_GetOperation.html
    """
    found = view.get(DISCOVERY_OPERATIONS, operation_arn(call.scope, request["OperationId"]))
    if found is None:
        raise operation_not_found(request["OperationId"])
    return {
        "Operation": {
            "Id": found.operation_id,
            "OwnerAccount": call.account,
            "Type": found.type,
            "Status": "SUCCESS",
            "CreateDate": found.done_at,
            "UpdateDate": found.done_at,
            "Targets": dict(found.targets),
        }
    }


def list_operations(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The operations that pass the filters, the oldest first.

    Raises: InvalidInput
    Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_ListOperations.html
    """
    after = after_last("ListOperations", request)
    others = [each for each in request.get("Filters") or () if each["Name"] != "UPDATE_DATE"]
    spans = [_span(each) for each in request.get("Filters") or () if each["Name"] == "UPDATE_DATE"]
    rows = (
        each
        for each in view.walk(DISCOVERY_OPERATIONS_BY_SCOPE, call.scope, after=after)
        if passes({"Filters": others}, _values(each))
        and all(first <= _millis(each) <= last for first, last in spans)
    )
    page, token = one_page("ListOperations", request, rows, lambda each: each.number)
    return {
        "Operations": [{"Id": each.operation_id, "Status": "SUCCESS"} for each in page],
        **token,
    }


def _values(operation: DiscoveryOperation) -> dict[str, str]:
    return {
        "NAMESPACE_ID": operation.targets.get("NAMESPACE", ""),
        "SERVICE_ID": operation.targets.get("SERVICE", ""),
        "STATUS": "SUCCESS",
        "TYPE": operation.type,
    }


def _span(asked: dict[str, Any]) -> tuple[int, int]:
    """Units: milliseconds since 1970."""
    values = asked["Values"]
    if asked.get("Condition") != "BETWEEN" or len(values) != 2:
        raise invalid_input("The filter UPDATE_DATE needs the condition BETWEEN and two values")
    try:
        return int(values[0]), int(values[1])
    except ValueError:
        raise invalid_input(
            "The values of the filter UPDATE_DATE are milliseconds since 1970"
        ) from None


def _millis(operation: DiscoveryOperation) -> int:
    assert operation.done_at is not None
    return int(operation.done_at.timestamp() * 1000)
