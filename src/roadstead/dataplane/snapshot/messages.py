"""How Envoy's messages are written: extensions with their types, addresses, durations, files.

Every value here is built of dicts, lists, texts and numbers and becomes JSON: what a client put
into a record is a string in it, and can be nothing else.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

Json = dict[str, Any]

TYPES = "type.googleapis.com/"
CLUSTER = "envoy.config.cluster.v3.Cluster"
LISTENER = "envoy.config.listener.v3.Listener"
ROUTES = "envoy.config.route.v3.RouteConfiguration"
ENDPOINTS = "envoy.config.endpoint.v3.ClusterLoadAssignment"


def typed(kind: str, **fields: Any) -> Json:
    """A message that says which it is."""
    return {"@type": TYPES + kind, **fields}


def extension(name: str, kind: str, **fields: Any) -> Json:
    """A named extension with its configuration."""
    return {"name": name, "typed_config": typed(kind, **fields)}


def address(host: str, port: int, protocol: str = "TCP") -> Json:
    """A socket address; TCP is Envoy's default and not said."""
    socket: Json = {"address": host, "port_value": port}
    if protocol != "TCP":
        socket["protocol"] = protocol
    return {"socket_address": socket}


def seconds(number: float) -> str:
    """A duration."""
    return f"{number:g}s"


def watched(path: str) -> Json:
    """A configuration source: a file that is replaced by renames."""
    return {"path_config_source": {"path": path}, "resource_api_version": "V3"}


def header(key: str, value: str, action: str = "OVERWRITE_IF_EXISTS_OR_ADD") -> Json:
    """A header to add."""
    return {"header": {"key": key, "value": value}, "append_action": action}


def regex(pattern: str) -> Json:
    """A text that matches the whole pattern."""
    return {"safe_regex": {"regex": pattern}}


def discovery(version: str, resources: Iterable[Json]) -> bytes:
    """The content of a watched file."""
    return msgspec.json.encode({"version_info": version, "resources": list(resources)})
