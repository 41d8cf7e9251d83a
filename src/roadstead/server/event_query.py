"""What a reader of events asks for: from where on, of whom, and whether it wants to go on.

In the query of GET /events; `Last-Event-ID` is read too.
"""

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Caller
from roadstead.ecs.records.scope import scope
from roadstead.ecs.views.event_filter import TYPE_WORDS, EventFilter

SINCE_SECONDS_MAX = 10 * 365 * 86_400
PARAMETERS = ("after", "since", "follow", "cluster", "service", "task")
"""And `type`, which may be given more than once."""


class EventQuery(msgspec.Struct, frozen=True):
    """What a reader asked for."""

    wanted: EventFilter
    after: int | None
    """The number of the last event that it has; None for one that has none."""
    since_seconds: int | None
    follow: bool


def query_of(request: HttpRequest, caller: Caller) -> EventQuery:
    """What the request asks for, in the account and Region that it is signed for.

    Raises: ValidationException
    """
    if request.method != "GET":
        raise _invalid("Events are read with GET.")
    given: dict[str, str] = {}
    types: list[type[Any]] = []
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        if name == "type":
            if value not in TYPE_WORDS:
                raise _invalid(f"There is no type '{value[:100]}'; there are {_words()}.")
            types.append(TYPE_WORDS[value])
        elif name in PARAMETERS:
            given.setdefault(name, value)
        elif not name.lower().startswith("x-amz-"):
            raise _invalid(f"There is no parameter '{name[:100]}'.")
    follow = given.get("follow", "true")
    if follow not in ("true", "false"):
        raise _invalid("follow is true or false.")
    after = given.get("after") or request.headers.get("last-event-id")
    since = given.get("since")
    return EventQuery(
        wanted=EventFilter(
            scope=scope(caller.account, caller.region),
            types=tuple(types),
            cluster=given.get("cluster", ""),
            service=given.get("service", ""),
            task=given.get("task", ""),
        ),
        after=_number("after", after, 10**15) if after else None,
        since_seconds=_number("since", since, SINCE_SECONDS_MAX) if since else None,
        follow=follow == "true",
    )


def _number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16) or int(text) > most:
        raise _invalid(f"{name} is a whole number up to {most}.")
    return int(text)


def _words() -> str:
    return ", ".join(sorted(word for word in TYPE_WORDS if " " not in word))


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)
