"""Tags as the wire has them: a list of key and value."""

from collections.abc import Mapping


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """The tags in the order in which they were attached.

    Shape: Tags
    """
    return [{"key": key, "value": value} for key, value in tags.items()]
