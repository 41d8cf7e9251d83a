"""What a client may ask about task definitions: one function per API operation."""

from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def register_task_definition(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def deregister_task_definition(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def delete_task_definitions(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def describe_task_definition(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def list_task_definitions(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def list_task_definition_families(
    view: View, call: Call, request: dict[str, Any]
) -> dict[str, Any]:
    raise NotImplementedError
