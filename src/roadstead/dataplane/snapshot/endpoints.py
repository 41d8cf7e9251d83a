"""The targets of a group → its endpoints file: where new requests may go, and what drains.

What health checks found is not in it: Envoy checks, and knows. So the file changes only when a
target comes, drains or goes; and a new one that fails is left out at times (`FirstChecks`).
"""

from collections.abc import Collection, Iterable

from roadstead.dataplane.snapshot.messages import ENDPOINTS, Json, address, typed
from roadstead.elbv2.records.target_group import Target, TargetGroup

TRAFFIC_PORT = "traffic-port"


def endpoints(name: str, group: TargetGroup, targets: Iterable[Target]) -> Json:
    """The load assignment of the cluster `name`. A target that is nowhere is not in it."""
    return assignment(
        name,
        [
            endpoint(
                target.address,
                target.port,
                check_port=group.health_check.port,
                is_draining=target.status == "draining",
            )
            for target in targets
            if target.address and target.status != "unused"
        ],
    )


def without(resource: Json, places: Collection[tuple[str, int]]) -> Json:
    """The load assignment but for these addresses and ports."""
    if not places:
        return resource
    [locality] = resource["endpoints"]
    kept = [each for each in locality["lb_endpoints"] if _place_of(each) not in places]
    return {**resource, "endpoints": [{"lb_endpoints": kept}]}


def _place_of(found: Json) -> tuple[str, int]:
    socket = found["endpoint"]["address"]["socket_address"]
    return socket["address"], socket["port_value"]


def assignment(name: str, found: list[Json]) -> Json:
    """These endpoints, all of them equal."""
    return typed(ENDPOINTS, cluster_name=name, endpoints=[{"lb_endpoints": found}])


def endpoint(host: str, port: int, *, check_port: str, is_draining: bool) -> Json:
    """One target. Draining: no new request, and those that are there go on."""
    check: Json = {"hostname": f"{host}:{port}"}
    if check_port != TRAFFIC_PORT:
        check = {"hostname": f"{host}:{check_port}", "port_value": int(check_port)}
    found: Json = {"endpoint": {"address": address(host, port), "health_check_config": check}}
    if is_draining:
        found["health_status"] = "DRAINING"
    return found
