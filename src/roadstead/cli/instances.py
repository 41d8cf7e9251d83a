"""`roadstead instance …`: EC2 instances of this machine, until EC2's own API is there."""

import json
import shlex
from pathlib import Path
from typing import Any

from roadstead.cli import place
from roadstead.cli.api import Api, ApiRefused, ApiUnreachable
from roadstead.cli.place import Place
from roadstead.cli.terminal import EXIT_FAILED, complain, progress, say, table
from roadstead.host import client
from roadstead.keys import KeysError


def add(
    path: Path | None, count: int, instance_type: str, cpu: int, memory: int, cluster: str
) -> int:
    """Launch instances and print their ids, one a line."""
    where = place.existing(path)
    try:
        is_there = not cluster or _is_active(where, cluster)
    except (ApiUnreachable, ApiRefused) as error:
        complain(f"Whether the cluster '{cluster}' is there is not known: {error}")
        return EXIT_FAILED
    if not is_there:
        complain(
            f"There is no ACTIVE cluster '{cluster}', and agents make none. First: "
            f"aws ecs create-cluster --cluster-name {shlex.quote(cluster)}"
        )
        return EXIT_FAILED
    request = {
        "op": "add", "count": count, "instanceType": instance_type,
        "cpuUnits": cpu, "memoryMib": memory, "cluster": cluster,
    }  # fmt: skip
    client.call(where.data_dir, request, progress=say)
    return 0


def change(path: Path | None, op: str, instance_ids: list[str]) -> int:
    """Stop, start or terminate instances, and print what became of each."""
    where = place.existing(path)
    for instance_id in instance_ids:
        with progress(f"{instance_id}: {op} …"):
            became = client.call(where.data_dir, {"op": op, "instanceId": instance_id})
        say(f"{instance_id}  {became['status']}")
    return 0


def show(path: Path | None, as_json: bool) -> int:
    """List instances."""
    where = place.existing(path)
    instances = client.call(where.data_dir, {"op": "list"})
    arns = _container_instance_arns(where, {one["cluster"] for one in instances})
    shown = [_shown(one, arns.get(one["instanceId"])) for one in instances]
    if as_json:
        say(json.dumps(shown, indent=2))
        return 0
    if not shown:
        say("There are no instances. `roadstead instance add` launches one.")
        return 0
    table(
        ["INSTANCE", "STATUS", "ADDRESS", "ZONE", "TYPE", "AGENT", "CONTAINER INSTANCE"],
        [
            [
                one["id"],
                one["status"],
                one["address"],
                one["zone"],
                one["type"],
                one["agent"],
                (one["containerInstanceArn"] or "-").rpartition("/")[2],
            ]
            for one in shown
        ],
    )
    for one in shown:
        if one["agentReason"]:
            say(f"{one['id']}: agent: {one['agentReason']}")
        if one["reportError"]:
            say(f"{one['id']}: ECS has not heard that it is {one['status']}: {one['reportError']}")
    return 0


def _shown(one: dict[str, Any], arn: str | None) -> dict[str, Any]:
    return {
        "id": one["instanceId"],
        "address": one["address"],
        "status": one["status"],
        "zone": one["zone"],
        "type": one["instanceType"],
        "cpuUnits": one["cpuUnits"],
        "memoryMib": one["memoryMib"],
        "cluster": one["cluster"],
        "eniId": one["eniId"],
        "subnetId": one["subnetId"],
        "namespace": one["namespace"],
        "launchedAt": one["launchedAt"],
        "agent": one["agent"],
        "agentPid": one["agentPid"],
        "agentReason": one["agentReason"],
        "containerInstanceArn": arn,
        "reportError": one["reportError"],
    }


def _is_active(where: Place, cluster: str) -> bool:
    """Raises: ApiUnreachable, ApiRefused"""
    api = Api(where.endpoint, where.region, where.root_key())
    found = api.ecs("DescribeClusters", clusters=[cluster])["clusters"]
    return any(one["status"] == "ACTIVE" for one in found)


def _container_instance_arns(where: Place, clusters: set[str]) -> dict[str, str]:
    """EC2 instance id → ARN of its container instance, as far as ECS answers."""
    arns = {}
    try:
        api = Api(where.endpoint, where.region, where.root_key())
        for cluster in sorted(clusters):
            for one in api.container_instances(cluster):
                arns[one.get("ec2InstanceId", "")] = one["containerInstanceArn"]
    except (ApiUnreachable, ApiRefused, KeysError) as error:
        complain(f"Container instances are not known: {error}")
    return arns
