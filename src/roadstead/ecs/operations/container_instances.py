"""What a client may ask about container instances: one function per API operation."""

from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def register_container_instance(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def deregister_container_instance(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def update_container_instances_state(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def update_container_agent(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def describe_container_instances(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def list_container_instances(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError
