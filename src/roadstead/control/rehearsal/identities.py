"""Ids of a rehearsal: the same for the same plan, and nobody else's."""

import re

from roadstead.ids import SeededIds

_NEW_DEPLOYMENT = re.compile(r"deployment ecs-svc/9{10}\d{9}")
_MARK = "feedface"
"""Begins ids of 32 digits; chance gives such an id once in four thousand million."""


class RehearsalIds:
    """Counted ids, and choices that one seed decides. Implements `roadstead.ids.Ids`."""

    def __init__(self) -> None:
        self._count = 0
        self._choices = SeededIds(0)

    def hex32(self) -> str:
        return f"{_MARK}{self._next():024x}"

    def uuid(self) -> str:
        text = self.hex32()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def digits(self, count: int) -> str:
        return str(10**count - 1 - self._next())

    def token(self) -> str:
        return self.hex32() * 2

    def below(self, limit: int) -> int:
        return self._choices.below(limit)

    def _next(self) -> int:
        self._count += 1
        return self._count


def without_new_ids(text: str) -> str:
    """A sentence without the ids that a rehearsal gave: outside of it there are no such things."""
    return _NEW_DEPLOYMENT.sub("new deployment", text)
