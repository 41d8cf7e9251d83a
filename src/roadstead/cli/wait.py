"""Waiting: asks DescribeProgress every second, shows what is left, and ends when it is so.

On a terminal one picture that changes; else a line where something has changed, and every so often
one that says that it still waits. Nothing but reading is done, so Ctrl-C has nothing to undo.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from roadstead.cli.api import Api, ApiRefused, ApiUnreachable
from roadstead.cli.durations import seconds_of
from roadstead.cli.questions import api_of, without_empty
from roadstead.cli.terminal import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_NOT_RUNNING,
    EXIT_TIMED_OUT,
    complain,
    progress,
    say,
)
from roadstead.cli.wait_lines import Seen, done_line, picture, plain_lines, still_missing
from roadstead.clock import SystemClock, pause
from roadstead.control.spans import span

LOOK_AGAIN_SECONDS = 1.0
SAY_AGAIN_SECONDS = 30.0
"""Without a terminal, a line that says what is known already comes so often."""

Progress = dict[str, Any]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    condition: str
    targets: tuple[str, ...]
    cluster: str = ""


class _Patience:
    """How long it has waited, and may."""

    def __init__(self, clock: SystemClock, most: float) -> None:
        self._clock = clock
        self._began = clock.monotonic()
        self.most = most

    @property
    def waited(self) -> float:
        return self._clock.monotonic() - self._began

    @property
    def left(self) -> float:
        return self.most - self.waited


def wait(path: Path | None, question: Question, timeout: str, *, as_json: bool) -> int:
    """Wait and show; the exit status.

    Raises: SettingError for a timeout that is none; DataDirError, KeysError
    """
    patience = _Patience(SystemClock(), seconds_of(timeout, "to wait"))
    api = api_of(path)
    seen = Seen()
    try:
        if as_json:
            status = _until(api, question, patience, seen, lambda: None)
            say(json.dumps({**seen.last, "waitedSeconds": round(patience.waited, 1)}, indent=2))
            return status
        return _shown(api, question, patience, seen)
    except KeyboardInterrupt:
        complain("\nNo longer waiting. Nothing was changed by that: what is under way goes on.")
        return EXIT_INTERRUPTED


def _shown(api: Api, question: Question, patience: _Patience, seen: Seen) -> int:
    if sys.stdout.isatty():
        from rich.markup import escape

        with progress("…") as change:
            status = _until(
                api, question, patience, seen, lambda: change(escape(picture(seen, patience.left)))
            )
    else:
        said: dict[str, tuple[Any, float]] = {}
        status = _until(
            api, question, patience, seen, lambda: _say_news(seen, said, patience.waited)
        )
    if status == 0:
        say(done_line(seen.last, span(patience.waited)))
    elif status == EXIT_TIMED_OUT:
        complain(f"Not so after {span(patience.most)}. Still missing:")
    elif status == EXIT_FAILED and seen.last:
        complain("It can never be:")
    if status:
        for line in still_missing(seen.last):
            complain(line)
    return status


def _until(
    api: Api, question: Question, patience: _Patience, seen: Seen, show: Callable[[], None]
) -> int:
    """Ask until it is so, can never be, or the time is up; the exit status.

    A server that does not answer for a while may be restarting: who had an answer once waits on.
    """
    request = without_empty(msgspec.structs.asdict(question))
    while True:
        try:
            seen.take(api.roadstead("DescribeProgress", **request))
        except ApiRefused as error:
            complain(str(error))
            return EXIT_FAILED
        except ApiUnreachable as error:
            if not seen.last:
                complain(f"{error}. `roadstead up` starts it.")
                return EXIT_NOT_RUNNING
            seen.trouble = str(error)
        show()
        if seen.last["isDone"] and not seen.trouble:
            return 0
        if seen.last["isImpossible"]:
            return EXIT_FAILED
        if patience.left <= 0:
            return EXIT_TIMED_OUT
        pause(min(LOOK_AGAIN_SECONDS, max(0.01, patience.left)))


def _say_news(seen: Seen, said: dict[str, tuple[Any, float]], now: float) -> None:
    """A line for each target that is not as it was when it was last told."""
    for target, news, line in plain_lines(seen):
        before, at = said.get(target, (None, 0.0))
        if news != before or now - at >= SAY_AGAIN_SECONDS:
            said[target] = (news, now)
            say(line)
