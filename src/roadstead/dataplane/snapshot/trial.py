"""A bootstrap that holds resources itself, for Envoy to say what it thinks of them.

Nothing of it is served, and no log of the serving proxy is opened: Envoy opens files even now.
"""

import copy
from collections.abc import Mapping
from typing import Any

from roadstead.dataplane.snapshot.bootstrap import runtime
from roadstead.dataplane.snapshot.http import manager
from roadstead.dataplane.snapshot.messages import Json, address
from roadstead.dataplane.snapshot.names import Files


def trial(
    listeners: Mapping[str, Json],
    routes: Mapping[str, Json],
    clusters: Mapping[str, Json],
    files: Files,
) -> Json:
    """What to validate: these listeners, route tables and clusters."""
    tables = [_listener_of(name, routes[name], files) for name in routes]
    return {
        "layered_runtime": runtime(),
        "static_resources": {
            "listeners": [*tables, *(_alone(each, routes) for each in listeners.values())],
            "clusters": [_without_endpoints(each) for each in clusters.values()],
        },
    }


def _listener_of(name: str, table: Json, files: Files) -> Json:
    """Somewhere to put a route table."""
    found = manager(name, files, idle_seconds=60, keep_alive_seconds=60)
    _put_routes(found["typed_config"], {name: table})
    return {
        "name": f"routes of {name}",
        "address": address("127.0.0.1", 0),
        "filter_chains": [{"filters": [found]}],
    }


def _alone(listener: Json, routes: Mapping[str, Json]) -> Json:
    found: Json = copy.deepcopy(listener)
    found.pop("@type", None)
    for chain in found.get("filter_chains", ()):
        for each in chain["filters"]:
            _put_routes(each["typed_config"], routes)
            for log in each["typed_config"].get("access_log", ()):
                log["typed_config"]["path"] = "/dev/null"
    return found


def _put_routes(config: dict[str, Any], routes: Mapping[str, Json]) -> None:
    """In place of the file that they would be read from."""
    if "rds" not in config:
        return
    name = config.pop("rds")["route_config_name"]
    table = {"name": name, **routes.get(name, {}), "validate_clusters": False}
    table.pop("@type", None)
    config["route_config"] = table


def _without_endpoints(cluster: Json) -> Json:
    found = {key: value for key, value in cluster.items() if key not in ("@type", "type")}
    found.pop("eds_cluster_config", None)
    checks = [{**each, "event_logger": []} for each in found.pop("health_checks", ())]
    if checks:
        found["health_checks"] = checks
    return {**found, "type": "STATIC", "load_assignment": {"cluster_name": cluster["name"]}}
