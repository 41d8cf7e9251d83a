"""Tags as EC2 shows them."""

from collections.abc import Mapping


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """`[{"Key": …, "Value": …}]`, by key."""
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def owner_of(scope: str) -> str:
    """The account of `account/region`."""
    return scope.partition("/")[0]


def yes_no(value: bool) -> tuple[str]:
    """A truth as filters have it."""
    return ("true" if value else "false",)
