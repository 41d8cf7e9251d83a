"""Ids: the one port through which chance reaches the programs.

Task ids, tokens and random choices come from here, so that a simulation can replay them.
"""

import random
import secrets
import uuid
from typing import Protocol


class Ids(Protocol):
    """Where identifiers and random choices come from."""

    def hex32(self) -> str:
        """32 lowercase hexadecimal digits: the id of a task or a container instance."""
        ...

    def uuid(self) -> str:
        """A random UUID, with dashes."""
        ...

    def digits(self, count: int) -> str:
        """`count` decimal digits, the first not zero: deployment ids have 19."""
        ...

    def token(self) -> str:
        """An unguessable URL-safe string."""
        ...

    def below(self, limit: int) -> int:
        """A random integer from 0 up to, and without, `limit`."""
        ...


class SystemIds:
    """Chance from the operating system."""

    def hex32(self) -> str:
        return secrets.token_hex(16)

    def uuid(self) -> str:
        return str(uuid.uuid4())

    def digits(self, count: int) -> str:
        return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))

    def token(self) -> str:
        return secrets.token_urlsafe(32)

    def below(self, limit: int) -> int:
        return secrets.randbelow(limit)


class SeededIds:
    """Chance that one seed decides: the same seed gives the same ids in the same order."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  # replay is the purpose, not secrecy

    def hex32(self) -> str:
        return f"{self._random.getrandbits(128):032x}"

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def digits(self, count: int) -> str:
        return str(10 ** (count - 1) + self._random.randrange(9 * 10 ** (count - 1)))

    def token(self) -> str:
        return f"{self._random.getrandbits(256):064x}"

    def below(self, limit: int) -> int:
        return self._random.randrange(limit)
