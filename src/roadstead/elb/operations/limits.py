"""What a client may ask of the service of Classic load balancers as such: its limits."""

from typing import Any

from roadstead.aws.marked_pages import after_marker, one_page
from roadstead.elb.rules.quotas import LIMITS
from roadstead.state.plans import Call
from roadstead.state.view import View


def describe_account_limits(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001  # every operation is called so
    """How many of what there may be.

    Raises: ValidationError for a marker of another request.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeAccountLimits.html
    """
    name = "DescribeAccountLimits"
    after = after_marker(name, request)
    start = after if isinstance(after, str) else ""
    rows = (
        {"Name": each, "Max": str(most)} for each, most in sorted(LIMITS.items()) if each > start
    )
    page, marker = one_page(name, request, rows, lambda row: row["Name"])
    return {"Limits": page, **marker}
