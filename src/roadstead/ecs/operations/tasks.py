"""What a client may ask about tasks: one function per API operation."""

from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def run_task(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def start_task(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def stop_task(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def describe_tasks(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def list_tasks(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError
