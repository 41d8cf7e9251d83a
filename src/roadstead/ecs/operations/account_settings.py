"""What a client may ask about account settings: one function per API operation."""

from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def put_account_setting(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def put_account_setting_default(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def delete_account_setting(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError


def list_account_settings(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    raise NotImplementedError
