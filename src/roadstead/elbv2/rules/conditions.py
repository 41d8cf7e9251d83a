"""Conditions of rules: checked, and brought into the one form in which they are stored.

What passes here, the proxy can be told: header names are tokens, hosts and paths have the
characters that such things have, addresses are ranges.

Source: botocore:elbv2#RuleCondition
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network
from typing import Any

from roadstead.elbv2.errors import invalid_configuration, unsupported, validation
from roadstead.elbv2.rules.quotas import CONDITION_VALUES_MAX, CONDITION_WILDCARDS_MAX
from roadstead.elbv2.rules.wildcards import wildcard_count

CONFIGS = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
REPEATABLE = ("http-header", "query-string")
WITH_LEGACY_VALUES = ("host-header", "path-pattern")
VALUE_CHARACTERS_MAX = 128
HEADER_CHARACTERS_MAX = 40
METHOD_CHARACTERS_MAX = 40

HOST = re.compile(r"[A-Za-z0-9\-.*?]*\.[A-Za-z]+")
PATH = re.compile(r"[A-Za-z0-9_\-.$/~\"'@:+&*?]+")
PRINTABLE = re.compile(r"[\x20-\x7e]+")
HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
METHOD = re.compile(r"[A-Z\-_]+")

Condition = dict[str, Any]


def checked_conditions(requested: Iterable[Mapping[str, Any]]) -> tuple[Condition, ...]:
    """The conditions as they are stored: Field, and its config with Values.

    Raises: ValidationError; InvalidConfigurationRequest for conditions that cannot stand side by
        side; OperationNotPermitted for regular expressions.
    """
    found = tuple(_checked(each) for each in requested)
    if not found:
        raise validation("At least one condition must be specified")
    fields = [each["Field"] for each in found]
    for field in fields:
        if field not in REPEATABLE and fields.count(field) > 1:
            raise invalid_configuration(f"A rule can only have one '{field}' condition")
    values = sum(len(config_of(each)["Values"]) for each in found)
    if values > CONDITION_VALUES_MAX:
        raise validation(
            f"The rule has {values} condition values; the limit is '{CONDITION_VALUES_MAX}'"
        )
    wildcards = sum(_wildcards(each) for each in found)
    if wildcards > CONDITION_WILDCARDS_MAX:
        raise validation(
            f"The rule has {wildcards} condition wildcards; the limit is "
            f"'{CONDITION_WILDCARDS_MAX}'"
        )
    return found


def config_of(condition: Mapping[str, Any]) -> dict[str, Any]:
    """The config of a stored condition."""
    config: dict[str, Any] = condition[CONFIGS[condition["Field"]]]
    return config


def _checked(requested: Mapping[str, Any]) -> Condition:
    field = requested.get("Field") or ""
    name = CONFIGS.get(field)
    if name is None:
        raise validation(
            f"Condition field '{field}' must be one of '[{', '.join(sorted(CONFIGS))}]'"
        )
    strange = [each for each in CONFIGS.values() if each != name and requested.get(each)]
    if strange:
        raise validation(f"{strange[0]} cannot be specified for the condition field '{field}'")
    config, legacy = requested.get(name) or {}, requested.get("Values") or []
    if requested.get("RegexValues") or config.get("RegexValues"):
        raise unsupported("A condition with regular expressions (RegexValues)")
    if config and legacy:
        raise validation(f"You cannot specify both Values and {name} for the field '{field}'")
    if legacy and field not in WITH_LEGACY_VALUES:
        raise validation(f"You must specify {name}, not Values, for the field '{field}'")
    if len(legacy) > 1:
        raise validation(
            f"The field '{field}' can have one value in Values; use {name} for several"
        )
    values = config.get("Values") or legacy
    if not values:
        raise validation("A condition value must be specified")
    return {"Field": field, name: _CHECKS[field](config, list(values))}


def _host_config(config: Mapping[str, Any], values: list[str]) -> dict[str, Any]:  # noqa: ARG001  # as its siblings
    for value in values:
        _check_length("host-header", value)
        if HOST.fullmatch(value) is None:
            raise validation(
                f"The host name '{value}' is not valid: it can contain A-Z, a-z, 0-9, '-', '.', "
                "'*' and '?', must contain a '.', and only letters after the last one"
            )
    return {"Values": values}


def _path_config(config: Mapping[str, Any], values: list[str]) -> dict[str, Any]:  # noqa: ARG001  # as its siblings
    for value in values:
        _check_length("path-pattern", value)
        if PATH.fullmatch(value) is None:
            raise validation(
                f"The path pattern '{value}' is not valid: it can contain A-Z, a-z, 0-9, "
                "_ - . $ / ~ \" ' @ : + & and the wildcards * and ?"
            )
    return {"Values": values}


def _header_config(config: Mapping[str, Any], values: list[str]) -> dict[str, Any]:
    name = config.get("HttpHeaderName") or ""
    if len(name) > HEADER_CHARACTERS_MAX or HEADER_NAME.fullmatch(name) is None:
        raise validation(
            f"The HTTP header name '{name}' is not valid: it must have 1 to "
            f"{HEADER_CHARACTERS_MAX} of the characters that RFC 7230 allows, and no wildcards"
        )
    if name.lower() == "host":
        raise validation("You cannot specify the host header; use a 'host-header' condition")
    for value in values:
        _check_text("http-header", value)
    return {"HttpHeaderName": name, "Values": values}


def _method_config(config: Mapping[str, Any], values: list[str]) -> dict[str, Any]:  # noqa: ARG001  # as its siblings
    for value in values:
        if len(value) > METHOD_CHARACTERS_MAX or METHOD.fullmatch(value) is None:
            raise validation(
                f"The HTTP request method '{value}' is not valid: it must have 1 to "
                f"{METHOD_CHARACTERS_MAX} characters of A-Z, '-' and '_'"
            )
    return {"Values": values}


def _query_config(config: Mapping[str, Any], values: list[Any]) -> dict[str, Any]:  # noqa: ARG001  # as its siblings
    pairs = []
    for pair in values:
        if not pair.get("Value"):
            raise validation("A query-string condition must have a Value, and may have a Key")
        kept = {name: pair[name] for name in ("Key", "Value") if pair.get(name)}
        for text in kept.values():
            _check_text("query-string", text)
        pairs.append(kept)
    return {"Values": pairs}


def _source_config(config: Mapping[str, Any], values: list[str]) -> dict[str, Any]:
    if config.get("IpAddressType"):
        raise validation("IpAddressType is for rules of network load balancers, which have none")
    for value in values:
        try:
            ip_network(value, strict=False)
            is_range = "/" in value and "%" not in value
        except ValueError:
            is_range = False
        if not is_range or re.fullmatch(r"[0-9a-fA-F.:]+/\d{1,3}", value) is None:
            raise validation(
                f"The source IP '{value}' is not valid: it must be a range in CIDR form, "
                "192.0.2.0/24 or 2001:db8::/32"
            )
    return {"Values": values}


_CHECKS: dict[str, Callable[[Mapping[str, Any], list[Any]], dict[str, Any]]] = {
    "host-header": _host_config,
    "path-pattern": _path_config,
    "http-header": _header_config,
    "http-request-method": _method_config,
    "query-string": _query_config,
    "source-ip": _source_config,
}


def _check_length(field: str, value: str) -> None:
    if not 1 <= len(value) <= VALUE_CHARACTERS_MAX:
        raise validation(
            f"The values of a '{field}' condition must have 1 to {VALUE_CHARACTERS_MAX} "
            f"characters; '{value}' has {len(value)}"
        )


def _check_text(field: str, value: str) -> None:
    _check_length(field, value)
    if PRINTABLE.fullmatch(value) is None:
        raise validation(
            f"The values of a '{field}' condition can only contain printable ASCII characters: "
            f"{value!r}"
        )


def _wildcards(condition: Condition) -> int:
    field, values = condition["Field"], config_of(condition)["Values"]
    match field:
        case "host-header" | "path-pattern":
            return sum(wildcard_count(each) for each in values)
        case "http-header":
            return sum(wildcard_count(each, escapes=True) for each in values)
        case "query-string":
            return sum(
                wildcard_count(text, escapes=True) for pair in values for text in pair.values()
            )
    return 0
