"""Answers as a later control plane might give them: other statuses, and members that are missing.

They are changed on their way to the browser, so that the rest of the console is as it is.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

STRANGE = "FROM_THE_FUTURE"
KNOWN = re.compile(
    r"(status|state|stage|strategy|type|mode|code|outcome|connectivity|verdict|kind)$", re.I
)
"""Names of members whose values are words of a list that may grow."""
OF_XML = re.compile(r"<(State|Code|Status|Type|Scheme|TargetType|Reason)>[^<]+</")
NAMES = re.compile(r"(Arn|Arns|Name|name|^id|^ARN|nextToken|token|failures|family|revision)$")
"""Members that say which thing it is: without them there is nothing to show."""

LEAF = re.compile(r"<(\w+)>[^<>]*</\1>")
OF_NAMES = re.compile(r"(Arn|Name|Id|Marker|member)$")
Change = Callable[[Any], Any]


def with_strange_words(value: Any) -> Any:
    """The same, with words in it that nobody has heard of."""
    if isinstance(value, dict):
        return {
            name: STRANGE
            if isinstance(one, str) and KNOWN.search(name)
            else with_strange_words(one)
            for name, one in value.items()
        }
    return [with_strange_words(one) for one in value] if isinstance(value, list) else value


def without_members(value: Any, depth: int = 0) -> Any:
    """The same, with nothing of each thing but what names it and the lists that hold things."""
    if isinstance(value, dict):
        return {
            name: without_members(one, depth + 1)
            for name, one in value.items()
            if depth == 0 or NAMES.search(name)
        }
    return [without_members(one, depth) for one in value] if isinstance(value, list) else value


def change_answers(page: Page, change: Change) -> list[str]:
    """From now on; the operations whose answers were changed, in order."""
    changed: list[str] = []

    def answer(route: Route) -> None:
        operation = route.request.headers.get("x-amz-target", "")
        got = route.fetch()
        if got.status != 200:
            route.fulfill(response=got)
            return
        changed.append(operation or "XML")
        body = got.text()
        changes = json.dumps(change(json.loads(body))) if operation else of_xml(body, change)
        route.fulfill(response=got, body=changes)

    page.route(lambda url: url.rstrip("/").count("/") == 2, answer)
    return changed


def of_xml(text: str, change: Change) -> str:
    """The same change for services that answer in XML."""
    if change is with_strange_words:
        return OF_XML.sub(rf"<\1>{STRANGE}</", text)
    return LEAF.sub(lambda leaf: leaf[0] if OF_NAMES.search(leaf[1]) else "", text)
