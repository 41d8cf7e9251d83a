"""`roadstead events`: published events, those that are kept and those to come.

A stream that breaks while it is followed is opened again where it ended.
"""

import http.client
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, sign
from roadstead.cli import place
from roadstead.cli.api import ApiRefused, ApiUnreachable
from roadstead.cli.durations import seconds_of
from roadstead.cli.event_lines import line_of
from roadstead.cli.place import Place
from roadstead.cli.terminal import EXIT_FAILED, EXIT_NOT_RUNNING, complain, say
from roadstead.clock import SystemClock, pause

PATH = "/events"
SILENT_SECONDS_MAX = 45.0
"""The server gives a sign of life every 15 s."""
TRY_AGAIN_SECONDS_MIN = 0.5
TRY_AGAIN_SECONDS_MAX = 10.0


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What the user wants to see."""

    follow: bool = False
    cluster: str = ""
    service: str = ""
    task: str = ""
    types: tuple[str, ...] = ()
    since: str = ""


class Message(msgspec.Struct):
    """One message of the stream."""

    number: str = ""
    kind: str = ""
    data: str = ""


class Broken(Exception):
    """The stream ended without a word, or could not be opened: there may be another try."""


def show(path: Path | None, query: Query, *, as_json: bool) -> int:
    """Print events, one a line; the exit status."""
    where = place.existing(path)
    seconds = seconds_of(query.since, "to look back") if query.since else None
    try:
        for told in messages(where, query, seconds):
            match told.kind:
                case "missed":
                    missed = msgspec.json.decode(told.data)["missed"]
                    complain(f"{missed} events are no longer kept and were missed.")
                case "end":
                    continue
                case _:
                    say(told.data if as_json else line_of(msgspec.json.decode(told.data)))
    except ApiUnreachable as error:
        complain(str(error))
        return EXIT_NOT_RUNNING
    except ApiRefused as error:
        complain(str(error))
        return EXIT_FAILED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; nothing is wrong
    return 0


def messages(where: Place, query: Query, since_seconds: int | None) -> Iterator[Message]:
    """All messages; when following, over as many connections as it takes.

    Raises: ApiUnreachable at the first connection, ApiRefused
    """
    position = ""
    wait = TRY_AGAIN_SECONDS_MIN
    has_begun = False
    while True:
        try:
            for told in _stream(where, query, since_seconds, position):
                has_begun = True
                wait = TRY_AGAIN_SECONDS_MIN
                position = told.number or position
                if told.kind:
                    yield told
        except Broken as error:
            if not (query.follow and has_begun):
                raise ApiUnreachable(str(error)) from error
        if not query.follow:
            return
        pause(wait)
        wait = min(TRY_AGAIN_SECONDS_MAX, wait * 2)


def _stream(
    where: Place, query: Query, since_seconds: int | None, position: str
) -> Iterator[Message]:
    """The messages of one connection. Raises: Broken, ApiRefused"""
    address = urlsplit(where.endpoint)
    connection = http.client.HTTPConnection(address.netloc, timeout=SILENT_SECONDS_MAX)
    try:
        request = _signed(where, address.netloc, query, since_seconds, position)
        connection.request("GET", f"{PATH}?{request.query}", headers=request.headers)
        response = connection.getresponse()
        if response.status != 200:
            raise _refusal(response)
        yield from parsed(response)
    except (OSError, http.client.HTTPException) as error:
        raise Broken(f"{where.endpoint} cannot be reached: {error}") from error
    finally:
        connection.close()


def parsed(lines: Any) -> Iterator[Message]:
    """The messages in the lines of a stream; one without a kind only says how far it is.

    Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
    """
    message = Message()
    for raw in lines:
        line = raw.decode().rstrip("\r\n")
        name, _, value = line.partition(": ")
        match name:
            case "id":
                message.number = value
            case "event":
                message.kind = value
            case "data":
                message.data += value
            case "" if not line:
                yield message
                message = Message()


def _signed(
    where: Place, host: str, query: Query, since_seconds: int | None, position: str
) -> HttpRequest:
    parameters = [("follow", "true" if query.follow else "false")]
    for name in ("cluster", "service", "task"):
        if value := getattr(query, name):
            parameters.append((name, value))
    parameters += [("type", each) for each in query.types]
    if position:
        parameters.append(("after", position))
    elif since_seconds is not None:
        parameters.append(("since", str(since_seconds)))
    elif query.follow:
        parameters.append(("since", "0"))
    request = HttpRequest("GET", PATH, urlencode(parameters), {"host": host}, b"")
    key = where.root_key()
    credentials = Credentials(key.access_key_id, key.secret_access_key)
    added = sign(request, credentials, where.region, "roadstead", SystemClock().now())
    return msgspec.structs.replace(request, headers={**request.headers, **added})


def _refusal(response: http.client.HTTPResponse) -> Exception:
    content = response.read()
    try:
        answer = msgspec.json.decode(content, type=dict[str, Any])
    except msgspec.DecodeError:
        return Broken(f"the control plane answered {response.status}: {content[:80]!r}")
    if response.status >= 500:
        return Broken(str(answer.get("message")))
    return ApiRefused(str(answer.get("__type", response.status)), str(answer.get("message") or ""))
