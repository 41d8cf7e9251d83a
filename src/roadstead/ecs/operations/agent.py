"""What a client may ask about agent: one function per API operation."""

from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def submit_task_state_change(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def submit_container_state_change(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def submit_attachment_state_changes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def discover_poll_endpoint(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError
