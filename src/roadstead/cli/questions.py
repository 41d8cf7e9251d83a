"""Asking our own API for a command: what it answers, or why it cannot."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from roadstead.cli import place
from roadstead.cli.api import Api, ApiRefused, ApiUnreachable
from roadstead.cli.terminal import EXIT_FAILED, EXIT_NOT_RUNNING, complain, say

Answer = dict[str, Any]


def api_of(path: Path | None) -> Api:
    """The API of what runs in a data directory. Raises: DataDirError, KeysError"""
    where = place.existing(path)
    return Api(where.endpoint, where.region, where.root_key())


def asked(
    path: Path | None,
    operation: str,
    request: Answer,
    lines: Callable[[Answer], Iterable[str]],
    *,
    as_json: bool,
    status_of: Callable[[Answer], int] = lambda _: 0,
) -> int:
    """Ask once and print the answer; the exit status."""
    try:
        answer: Answer = api_of(path).roadstead(operation, **without_empty(request))
    except ApiUnreachable as error:
        complain(f"{error}. `roadstead up` starts it.")
        return EXIT_NOT_RUNNING
    except ApiRefused as error:
        complain(str(error))
        return EXIT_FAILED
    if as_json:
        say(json.dumps(answer, indent=2))
    else:
        for line in lines(answer):
            say(line)
    return status_of(answer)


def without_empty(request: Answer) -> Answer:
    """The request without members that the user did not give."""
    return {name: value for name, value in request.items() if value not in (None, "", {}, [])}
