"""What EC2 has and Roadstead has not: said, never passed over in silence."""

from collections.abc import Collection, Mapping
from typing import Any

from roadstead.ec2.errors import unsupported

_EVERYWHERE = frozenset({"DryRun", "TagSpecifications", "ClientToken"})


def refuse_others(operation: str, request: Mapping[str, Any], known: Collection[str]) -> None:
    """Return if the request asks for nothing but what is known. No, nought and nothing ask nothing.

    Raises: UnsupportedOperation naming the first member that we cannot honour.
    """
    for member, value in request.items():
        if member in known or member in _EVERYWHERE or not value or value == {"Value": False}:
            continue
        raise unsupported(
            f"{operation} with {member} is not implemented yet; docs/parity.md lists what is."
        )
