"""The ECS API as the agent sees it: a function that makes one signed call.

Which failure is worth another attempt is for those who call to say.
"""

from collections.abc import Awaitable, Callable
from typing import Any

ApiCaller = Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""(operation, request) → response. One attempt. Raises: ApiFailure"""


class ApiFailure(Exception):
    """A call did not succeed. `type` is AWS's error code; empty when nobody answered."""

    def __init__(self, type_: str, message: str, status: int = 0) -> None:
        super().__init__(f"{type_ or 'no answer'}: {message}")
        self.type = type_
        self.message = message
        self.status = status
