"""What Roadstead's own programs may tell and ask the control plane."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from roadstead.ecs.transitions.container_instances import instance_state_changed
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

VERSION = version("roadstead")


def submit_instance_state_change(tx: Tx, call: Call, request: Request) -> Response:
    """An EC2 instance was started, stopped or terminated: what EC2 tells ECS on AWS.

    An instance that ECS does not know is no error: it may not have registered yet.
    Raises: ValidationException for a malformed id, or a state that is not one of the three.
    Source: ours
    """
    instance_state_changed(tx, call, request["instanceId"], request["state"])
    return {"acknowledgment": request["state"]}


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
}

READS: dict[str, Callable[[View, Call, Request], Response]] = {
    "DescribeControlPlane": describe_control_plane,
}
