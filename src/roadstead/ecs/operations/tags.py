"""What a client may ask about tags: one function per API operation."""

from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def tag_resource(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def untag_resource(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def list_tags_for_resource(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError
