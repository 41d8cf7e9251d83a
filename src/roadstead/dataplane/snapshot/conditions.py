"""The conditions of a listener's rule → what a route asks of a request.

ELB's wildcards (`*` any characters, `?` one) become patterns in RE2, which takes time linear in the
text whatever a client wrote. Values of one condition are alternatives; conditions hold together.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#rule-condition-types
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from roadstead.dataplane.snapshot.messages import Json, regex
from roadstead.elbv2.rules.wildcards import MANY, ONE, pieces, wildcard_count

OPTIONAL_PORT = r"(?::\d+)?"
END_OF_PARAMETER = "(?:[&#].*)?"


class Condition(msgspec.Struct, frozen=True):
    """A rule's conditions, sorted by where a route looks."""

    path: Json
    """`prefix`, `path` or `safe_regex` of a route's match."""
    headers: list[Json]
    sources: tuple[str, ...] | None
    """Ranges of which the client's address must be in one; None: from anywhere."""


ANYWHERE: Json = {"prefix": "/"}


def condition(conditions: Iterable[dict[str, Any]]) -> Condition:
    """What must hold of a request, of a rule's checked conditions."""
    path = ANYWHERE
    headers: list[Json] = []
    sources: tuple[str, ...] | None = None
    for each in conditions:
        match each["Field"]:
            case "path-pattern":
                path = _path(each["PathPatternConfig"])
            case "host-header":
                hosts = _any_of(map(_pattern, each["HostHeaderConfig"]["Values"]))
                headers.append(_header(":authority", f"(?i){hosts}{OPTIONAL_PORT}"))
            case "http-header":
                config = each["HttpHeaderConfig"]
                values = _any_of(_pattern(text, escapes=True) for text in config["Values"])
                headers.append(_header(config["HttpHeaderName"].lower(), f"(?i){values}"))
            case "http-request-method":
                methods = each["HttpRequestMethodConfig"]["Values"]
                headers.append(_header(":method", _any_of(map(re.escape, methods))))
            case "query-string":
                pairs = _any_of(map(_parameter, each["QueryStringConfig"]["Values"]))
                headers.append(_header(":path", rf"(?i)[^?]*\?(?:.*&)?{pairs}{END_OF_PARAMETER}"))
            case "source-ip":
                sources = tuple(each["SourceIpConfig"]["Values"])
            case unknown:
                raise AssertionError(f"no such condition: {unknown}")
    return Condition(path, headers, sources)


def _pattern(text: str, *, escapes: bool = False, one: str = ".") -> str:
    """A value as a pattern; `one` is what a wildcard stands for."""
    found = []
    for character, is_wildcard in pieces(text, escapes=escapes):
        if not is_wildcard:
            found.append(re.escape(character))
        else:
            found.append(one if character == ONE else f"{one}*")
    return "".join(found)


def _path(config: dict[str, Any]) -> Json:
    """The cheapest of Envoy's matchers that says the same."""
    values = config["Values"]
    if len(values) == 1:
        literal = values[0].rstrip(MANY)
        if not wildcard_count(literal):
            return {"path": literal} if literal == values[0] else {"prefix": literal}
    return regex(_any_of(map(_pattern, values)))


def _parameter(pair: dict[str, str]) -> str:
    """A pair of the query; without a key, any key's value. A wildcard ends with the parameter."""
    key = _pattern(pair["Key"], escapes=True, one="[^&=]") if "Key" in pair else "[^&=]*"
    return f"{key}={_pattern(pair['Value'], escapes=True, one='[^&]')}"


def _any_of(patterns: Iterable[str]) -> str:
    found = list(patterns)
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"


def _header(name: str, pattern: str) -> Json:
    return {"name": name, "string_match": regex(pattern)}
