"""Port mappings: which ports a container shows, and which of the instance's a task takes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from roadstead.ecs.errors import client_error
from roadstead.ecs.rules.task_definition.choices import check_choice, invalid_container

PORT_MAX = 65535
PORT_RANGES_MAX = 100
"""Per container. Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html"""

_RANGE = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")
_PORT_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
_APP_PROTOCOLS = ("http", "http2", "grpc")
_SAME_PORT_MODES = ("awsvpc", "host")
"""Network modes in which a container port is the host port."""


def port_mappings(
    container: str, given: Sequence[Mapping[str, Any]], network_mode: str
) -> list[dict[str, Any]]:
    """A container's port mappings with protocol and hostPort filled in.

    network_mode: also `default`, that of Windows.
    Raises: ClientException for ports that are not valid or not possible in the network mode.
    Shape: PortMapping
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html
    """
    if given and network_mode == "none":
        raise invalid_container(container, "Port mappings are not supported when networkMode=none.")
    mappings = [_mapping(container, each, network_mode) for each in given]
    if sum("containerPortRange" in each for each in mappings) > PORT_RANGES_MAX:
        raise invalid_container(
            container, f"A container can have up to {PORT_RANGES_MAX} values of containerPortRange."
        )
    if len(mappings) > 1:
        _check_disjoint(container, mappings, network_mode)
    return mappings


def check_ports_of_task(containers: Sequence[Mapping[str, Any]], network_mode: str) -> None:
    """Return if the containers' ports do not collide and their names are different.

    Raises: ClientException.
    """
    names: set[str] = set()
    for container in containers:
        for mapping in container["portMappings"]:
            name = mapping.get("name")
            if name is not None:
                if name in names:
                    raise client_error(
                        f"Port mapping name '{name}' is used twice. The names of port mappings "
                        "must be unique within a task definition."
                    )
                names.add(name)
    if len(containers) == 1:
        return
    if network_mode in _SAME_PORT_MODES:
        _check_taken_once(
            (
                (container["name"], "container port", _span(mapping), mapping["protocol"])
                for container in containers
                for mapping in container["portMappings"]
            ),
            network_mode,
        )
    else:
        _check_taken_once(
            (
                (container["name"], "host port", (mapping["hostPort"],) * 2, mapping["protocol"])
                for container in containers
                for mapping in container["portMappings"]
                if mapping.get("hostPort")
            ),
            network_mode,
        )


def static_host_ports(
    containers: Iterable[Mapping[str, Any]], network_mode: str
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """TCP and UDP ports that a task takes of its instance; dynamic ones are not known yet.

    A task of network mode awsvpc takes none: its address is its own.
    """
    tcp: list[int] = []
    udp: list[int] = []
    if network_mode != "awsvpc":
        for container in containers:
            for mapping in container["portMappings"]:
                port = mapping.get("hostPort")
                if port:
                    (udp if mapping["protocol"] == "udp" else tcp).append(port)
    return tuple(tcp), tuple(udp)


def _mapping(container: str, given: Mapping[str, Any], network_mode: str) -> dict[str, Any]:
    mapping = {**given, "protocol": "udp" if given.get("protocol") == "udp" else "tcp"}
    name, app_protocol = given.get("name"), given.get("appProtocol")
    if name is not None and not _PORT_NAME.fullmatch(name):
        raise invalid_container(
            container,
            f"Port mapping name {name[:100]!r} is not valid. A name has 1 to 64 lower-case "
            "letters, digits, underscores and hyphens, and does not begin with a hyphen.",
        )
    if app_protocol is not None:
        check_choice("appProtocol", app_protocol, _APP_PROTOCOLS)
        if name is None:
            raise invalid_container(container, "appProtocol requires a name of the port mapping.")
    if "containerPortRange" in given:
        _check_range(container, given, network_mode)
        return mapping
    port, host_port = given.get("containerPort"), given.get("hostPort")
    if port is None:
        raise invalid_container(
            container, "A port mapping needs a containerPort or a containerPortRange."
        )
    if not 1 <= port <= PORT_MAX:
        raise invalid_container(
            container, f"containerPort must be from 1 to {PORT_MAX}, not {port}."
        )
    if network_mode in _SAME_PORT_MODES:
        if host_port not in (None, port):
            raise client_error(
                f"When networkMode={network_mode}, the host ports and container ports in port "
                "mappings must match."
            )
        mapping["hostPort"] = port
        return mapping
    if host_port is None:
        mapping["hostPort"] = 0
    elif not 0 <= host_port <= PORT_MAX:
        raise invalid_container(
            container,
            f"hostPort must be from 1 to {PORT_MAX}, or 0 for any free one, not {host_port}.",
        )
    return mapping


def _check_range(container: str, given: Mapping[str, Any], network_mode: str) -> None:
    text = given["containerPortRange"]
    if network_mode not in ("bridge", "awsvpc"):
        raise invalid_container(
            container,
            f"containerPortRange is not supported when networkMode={network_mode}, only with "
            "bridge and awsvpc.",
        )
    for other in ("containerPort", "hostPort"):
        if other in given:
            raise invalid_container(
                container, f"A port mapping with containerPortRange cannot have a {other}."
            )
    match = _RANGE.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]) <= PORT_MAX:
        raise invalid_container(
            container,
            f"containerPortRange {text[:50]!r} is not valid. Expected <first>-<last>, from 1 to "
            f"{PORT_MAX}.",
        )


def _span(mapping: Mapping[str, Any]) -> tuple[int, int]:
    """First and last container port."""
    text = mapping.get("containerPortRange")
    if text is None:
        return mapping["containerPort"], mapping["containerPort"]
    first, _, last = text.partition("-")
    return int(first), int(last)


def _check_disjoint(
    container: str, mappings: Sequence[Mapping[str, Any]], network_mode: str
) -> None:
    """Within a container no port comes twice; only in bridge mode may it have both protocols."""
    one_protocol = network_mode in _SAME_PORT_MODES
    _check_taken_once(
        (
            (container, "container port", _span(each), "" if one_protocol else each["protocol"])
            for each in mappings
        ),
        network_mode,
    )
    _check_taken_once(
        (
            (container, "host port", (each["hostPort"],) * 2, each["protocol"])
            for each in mappings
            if each.get("hostPort")
        ),
        network_mode,
    )


def _check_taken_once(
    taken: Iterable[tuple[str, str, tuple[int, int], str]], network_mode: str
) -> None:
    """Raises: ClientException when two spans of one protocol overlap."""
    spans = sorted((protocol, span, what, name) for name, what, span, protocol in taken)
    for (protocol, span, _, _), (next_protocol, next_span, what, name) in pairwise(spans):
        if protocol == next_protocol and next_span[0] <= span[1]:
            kind = f" ({protocol})" if protocol else ""
            raise client_error(
                f"Invalid setting for container '{name}'. The {what} {next_span[0]}{kind} is "
                f"mapped more than once, which networkMode={network_mode} does not allow."
            )
