"""What Roadstead's own programs may tell and ask the control plane."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from roadstead.control.explained_service import explain_service
from roadstead.control.explained_task import explain_placement_of, explain_task
from roadstead.control.machine_reports import (
    submit_instance_state_change,
    submit_interface_states,
)
from roadstead.control.plans import plan_change
from roadstead.control.progress import describe_progress
from roadstead.control.sign_in import MakeLink, create_sign_in_link
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

VERSION = version("roadstead")


def describe_control_plane(view: View, call: Call, _request: Request) -> Response:
    """Which Roadstead this is, for whom the key speaks, and how many records there are."""
    return {
        "version": VERSION,
        "account": call.account,
        "region": call.region,
        "records": {table.name: view.size(table) for table in view.schema.tables},
    }


WRITES: dict[str, Callable[[Tx, Call, Request], Response]] = {
    "SubmitInstanceStateChange": submit_instance_state_change,
    "SubmitInterfaceStates": submit_interface_states,
}

_READS: dict[str, Callable[[View, Call, Request], Response]] = {
    "DescribeControlPlane": describe_control_plane,
    "DescribeProgress": describe_progress,
    "ExplainPlacement": explain_placement_of,
    "ExplainService": explain_service,
    "ExplainTask": explain_task,
}


def reads(
    monotonic: Callable[[], float], make_link: MakeLink
) -> dict[str, Callable[[View, Call, Request], Response]]:
    """What writes nothing into the state.

    A plan counts as reading: it writes into the state and takes all of it back before it answers.
    monotonic: seconds of real time, which bound how long a plan is worked on.
    make_link: keeps the token of a new sign-in link, outside of the state.
    """

    def plan(view: View, call: Call, request: Request) -> Response:
        return plan_change(view, call, request, monotonic)

    def link(view: View, call: Call, request: Request) -> Response:
        return create_sign_in_link(view, call, request, make_link)

    return {**_READS, "CreateSignInLink": link, "PlanChange": plan}
