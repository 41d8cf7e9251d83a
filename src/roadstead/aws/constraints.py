"""What a model demands of a value beyond its type: required, lengths, ranges, patterns.

Stands behind every protocol: whatever the bytes were, these look at the decoded value. The wording
is AWS's, one sentence for all that is wrong.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cache

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.shapes import ServiceModel, Shape

# AWS's patterns are Java's, where \p{L} is any letter. Python's `re` has no such class, so a text
# is matched with one ASCII stand-in for each character beyond ASCII.
_STAND_INS = {"L": "a", "N": "0", "Z": " ", "P": "!", "S": "$", "M": "\x01", "C": "\x02"}
_PROPERTY_CLASSES = {
    r"\p{L}": "a-zA-Z",
    r"\p{Alpha}": "a-zA-Z",
    r"\p{N}": "0-9",
    r"\p{Z}": " ",
    r"\p{M}": "\x01",
    r"\p{P}": re.escape("!\"#%&'()*,-./:;?@[\\]_{}"),
    r"\p{S}": re.escape("$+<=>^`|~"),
}
_BRACKETS = re.compile(r"(?<!\\)[\[\]]")
_QUOTED_CHARACTERS_MAX = 512
_VIOLATIONS_MAX = 10


class Violation(msgspec.Struct, frozen=True):
    """One thing that the model forbids: the value (None: it is missing), where, and the demand."""

    shape: Shape
    value: object
    path: str
    demand: str

    @property
    def shown(self) -> str:
        """The offending value, unless it is secret, long or no single value."""
        if self.shape.sensitive or isinstance(self.value, dict | list | bytes | datetime):
            return ""
        text = str(self.value)
        return text if len(text) <= _QUOTED_CHARACTERS_MAX else ""

    @property
    def sentence(self) -> str:
        """As AWS's JSON and query services word it.

        Source: observed: "1 validation error detected: Value '' at 'tags.1.member.key' failed to
            satisfy constraint: Member must have length …"
        """
        return f"Value{self._quoted} at '{self.path}' failed to satisfy constraint: {self.demand}"

    @property
    def _quoted(self) -> str:
        if self.value is None:
            return " null"
        return f" '{self.shown}'" if self.shown or self.value == "" else ""


def check_constraints(model: ServiceModel, shape: Shape, value: object) -> None:
    """Return if the model allows the value, whose types are right already.

    Raises: the service's `constraint_code`, saying each member, its value and what it must be.
    """
    found: list[str] = []
    for violation in violations(shape, value, "", enums_checked=model.enums_checked):
        found.append(violation.sentence)
        if len(found) == _VIOLATIONS_MAX:
            break
    if found:
        errors = "error" if len(found) == 1 else "errors"
        raise ApiError(
            model.constraint_code, f"{len(found)} validation {errors} detected: {'; '.join(found)}"
        )


def violations(
    shape: Shape, value: object, path: str, *, enums_checked: bool
) -> Iterator[Violation]:
    """Each thing that the model forbids in the value."""
    if value is None:
        yield Violation(shape, value, path, "Member must not be null")
        return
    for demand in _broken_demands(shape, value, enums_checked=enums_checked):
        yield Violation(shape, value, path, demand)
    match shape.type, value:
        case "structure", dict():
            for name in shape.required:
                if value.get(name) is None:
                    member = shape.members[name].shape
                    yield Violation(member, None, _join(path, name), "Member must not be null")
            for name, member_value in value.items():
                if name in shape.members and member_value is not None:
                    yield from violations(
                        shape.members[name].shape,
                        member_value,
                        _join(path, name),
                        enums_checked=enums_checked,
                    )
        case "list", list():
            assert shape.element is not None
            for number, element in enumerate(value, 1):
                yield from violations(
                    shape.element.shape,
                    element,
                    f"{path}.{number}.member",
                    enums_checked=enums_checked,
                )
        case "map", dict():
            assert shape.key is not None
            assert shape.value is not None
            for key, entry in value.items():
                yield from violations(
                    shape.key.shape, key, f"{path}.key", enums_checked=enums_checked
                )
                yield from violations(
                    shape.value.shape, entry, f"{path}.{key}.value", enums_checked=enums_checked
                )


def _broken_demands(shape: Shape, value: object, *, enums_checked: bool) -> Iterator[str]:
    """What the value must be and is not; its own level only."""
    if isinstance(value, str | bytes | list | dict) and shape.type != "structure":
        if shape.minimum is not None and len(value) < shape.minimum:
            yield f"Member must have length greater than or equal to {shape.minimum:.0f}"
        if shape.maximum is not None and len(value) > shape.maximum:
            yield f"Member must have length less than or equal to {shape.maximum:.0f}"
    elif isinstance(value, int | float):
        if shape.minimum is not None and value < shape.minimum:
            yield f"Member must have value greater than or equal to {shape.minimum:.15g}"
        if shape.maximum is not None and value > shape.maximum:
            yield f"Member must have value less than or equal to {shape.maximum:.15g}"
    if isinstance(value, str):
        if shape.pattern is not None and not matches(shape.pattern, value):
            yield f"Member must satisfy regular expression pattern: {shape.pattern}"
        if enums_checked and shape.enum and value not in shape.enum:
            yield f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
    if shape.union and isinstance(value, dict) and len(value) > 1:
        yield f"Exactly one of its members must be set, not {len(value)}"


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text satisfies a pattern of the model."""
    return _compiled(pattern).fullmatch(_in_ascii(text) if r"\p{" in pattern else text) is not None


def ascii_pattern(pattern: str) -> str:
    """The pattern as Python's `re` has it; exact for text that is ASCII.

    Raises: ValueError for a property of Java's that has no stand-in here.
    """
    for name, characters in _PROPERTY_CLASSES.items():
        before, *rest = pattern.split(name)
        for after in rest:
            # Outside of brackets a class needs brackets of its own.
            within = len(_BRACKETS.findall(before)) % 2 == 1
            before += (characters if within else f"[{characters}]") + after
        pattern = before
    if r"\p{" in pattern:
        raise ValueError(f"no ASCII stand-in for a character property in {pattern!r}")
    return pattern


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(ascii_pattern(pattern))


def _in_ascii(text: str) -> str:
    if text.isascii():
        return text
    return "".join(
        character if character.isascii() else _STAND_INS[unicodedata.category(character)[0]]
        for character in text
    )


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
