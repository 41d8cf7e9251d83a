"""What a client may ask about attributes: one function per API operation."""

from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def put_attributes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def delete_attributes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def list_attributes(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError
