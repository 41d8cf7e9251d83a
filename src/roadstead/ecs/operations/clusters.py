"""What a client may ask about clusters: one function per API operation."""

from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def create_cluster(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def update_cluster(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def update_cluster_settings(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def delete_cluster(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def describe_clusters(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def list_clusters(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError
