"""The operations of Certificate Manager: what writes, and what only reads."""

from collections.abc import Callable
from typing import Any

from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

WRITES: dict[str, Callable[[Tx, Call, Request], Response]] = {}

READS: dict[str, Callable[[View, Call, Request], Response]] = {}
