"""What a client may ask about services: one function per API operation."""

from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def create_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def update_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def delete_service(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def describe_services(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def list_services(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError
