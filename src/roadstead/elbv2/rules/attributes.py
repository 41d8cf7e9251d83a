"""Attributes: keys with text values, each with its default and what it may be.

A kind of resource has a table of them; `checked` says whether a request's attributes are valid,
`all_of` what a resource has in all. Which table holds is for `target_attributes` and
`load_balancer_attributes` to say.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from roadstead.elbv2.errors import invalid_configuration, validation

Valid = Callable[[str], bool]


class Attribute(msgspec.Struct, frozen=True):
    """One key: its default, whether a text is valid, and what is, in words."""

    default: str
    is_valid: Valid
    wanted: str


def one_of(default: str, *others: str) -> Attribute:
    """One of a few words; the first is the default."""
    words = (default, *others)
    return Attribute(default, lambda text: text in words, f"one of: {', '.join(sorted(words))}")


def flag(default: bool) -> Attribute:
    """true or false."""
    default_text = "true" if default else "false"
    return Attribute(default_text, lambda text: text in ("true", "false"), "one of: false, true")


def number(default: int, least: int, most: int, *, besides: str = "") -> Attribute:
    """A whole number between two, or one more text."""

    def is_valid(text: str) -> bool:
        if besides and text == besides:
            return True
        return re.fullmatch(r"\d{1,9}", text) is not None and least <= int(text) <= most

    wanted = f"a whole number between {least} and {most}"
    return Attribute(str(default), is_valid, wanted + (f", or {besides}" if besides else ""))


def number_or_off(least: int, most: int) -> Attribute:
    """A whole number, or off, which is the default."""
    return msgspec.structs.replace(number(least, least, most, besides="off"), default="off")


def pattern(default: str, regex: str, wanted: str) -> Attribute:
    """A text of a certain form."""
    return Attribute(default, lambda text: re.fullmatch(regex, text) is not None, wanted)


def checked(
    kind: str, table: Mapping[str, Attribute], requested: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """The attributes that a request sets for a resource of this kind, all of them valid.

    Terraform leaves out what "… attribute key '…' is not recognized", and asks again.

    Raises: ValidationError for a key that there is not or that comes twice;
        InvalidConfigurationRequest for a value that is not valid.
    """
    found: dict[str, str] = {}
    for each in requested:
        key, value = each.get("Key") or "", each.get("Value") or ""
        attribute = table.get(key)
        if attribute is None:
            raise validation(
                f"{kind} attribute key '{key}' is not recognized. "
                f"There are here: {', '.join(sorted(table))}."
            )
        if key in found:
            raise validation(f"{kind} attribute key '{key}' was specified more than once.")
        if not attribute.is_valid(value):
            raise invalid_configuration(
                f"The value '{value}' of attribute '{key}' is not valid: "
                f"it must be {attribute.wanted}."
            )
        found[key] = value
    return found


def all_of(table: Mapping[str, Attribute], set_ones: Mapping[str, str]) -> dict[str, str]:
    """Every attribute with the value in force."""
    return {key: set_ones.get(key, each.default) for key, each in table.items()}
