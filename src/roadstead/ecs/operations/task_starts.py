"""RunTask and StartTask: what a client may ask of new tasks."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import msgspec

from roadstead.ecs.errors import conflict, invalid_parameter
from roadstead.ecs.operations.references import (
    arn_in_cluster,
    the_cluster,
)
from roadstead.ecs.operations.wanted_tasks import WantedTasks, wanted_launch_type, wanted_tasks
from roadstead.ecs.records.account import CLIENT_TOKENS, ClientToken, client_token_key
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.cluster import Cluster
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.records.tuning import tuning
from roadstead.ecs.rules.network import interface_in, zones_of
from roadstead.ecs.rules.placement.choose import (
    CHANCES,
    Placed,
    Refusal,
    choose_instance,
    refusal_by,
)
from roadstead.ecs.rules.placement.demand import demand_of
from roadstead.ecs.transitions import tasks as transitions
from roadstead.ecs.transitions.client_tokens import remember_token
from roadstead.ecs.views.task import task_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx

COUNT_MAX = 10
INSTANCES_MAX = 10
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html"""
_CLIENT_TOKEN = re.compile(r"[!-~]{1,64}")


def run_task(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Start `count` tasks where placement finds room; `failures` tell of the others.

    Raises: ClusterNotFoundException; ClientException for an unknown or inactive definition;
        InvalidParameterException for a parameter that is not valid, and when the cluster has no
        container instance; ConflictException for a client token that was used for something else;
        UnsupportedFeatureException for what is not implemented yet.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    count = _count(request)
    token = _checked_token(request)
    fingerprint = _fingerprint(request) if token else ""
    repeated = _repeated(tx, call, cluster, token, fingerprint)
    if repeated is not None:
        return {"tasks": [task_view(tx, task, with_tags=True) for task in repeated], "failures": []}
    launch_type = wanted_launch_type(request)
    wanted = wanted_tasks(tx, call, cluster, request, launch_type)
    zones = zones_of(tx, call.scope, wanted.network)
    demand = demand_of(wanted.definition, wanted.overrides, launch_type, zones)
    capacity = tx.projection(Capacity)
    started: list[Task] = []
    refusals: tuple[Refusal, ...] = ()
    for _ in range(count):
        place = choose_instance(
            capacity,
            cluster.arn,
            demand,
            group=wanted.group,
            wishes=wanted.wishes,
            chance=call.ids.below(CHANCES) if wanted.wishes.is_random else 0,
        )
        if not isinstance(place, Placed):
            refusals = place.refusals
            break
        started.append(_start(tx, call, wanted, place.container_instance_arn, launch_type))
    if not started and not refusals:
        raise invalid_parameter("No Container Instances were found in your cluster.")
    if token and started:
        remember_token(
            tx, call, client_token_key("RunTask", cluster.arn, token), fingerprint, started
        )
    return _answer(tx, started, refusals)


def start_task(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Start a task on each of the container instances named, if it has room.

    Raises: ClusterNotFoundException; ClientException for an unknown or inactive definition;
        InvalidParameterException for a parameter that is not valid; UnsupportedFeatureException for
        what is not implemented yet.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StartTask.html
    """
    cluster = the_cluster(tx, call, request.get("cluster"))
    references = request["containerInstances"]
    if not references:
        raise invalid_parameter("Container instances cannot be empty.")
    if len(references) > INSTANCES_MAX:
        raise invalid_parameter(
            f"Up to {INSTANCES_MAX} container instances can be named, not {len(references)}."
        )
    arns = [arn_in_cluster(call, cluster, "container-instance", each) for each in references]
    wanted = wanted_tasks(tx, call, cluster, request, "EC2")
    zones = zones_of(tx, call.scope, wanted.network)
    demand = demand_of(wanted.definition, wanted.overrides, zones=zones)
    capacity = tx.projection(Capacity)
    started: list[Task] = []
    refusals: list[Refusal] = []
    for arn in arns:
        refusal = refusal_by(capacity, arn, demand, group=wanted.group, wishes=wanted.wishes)
        if refusal is not None:
            refusals.append(refusal)
            continue
        external = tx.must(CONTAINER_INSTANCES, arn).external
        started.append(_start(tx, call, wanted, arn, "EXTERNAL" if external else "EC2"))
    return _answer(tx, started, tuple(refusals))


def _start(tx: Tx, call: Call, wanted: WantedTasks, instance_arn: str, launch_type: str) -> Task:
    instance = tx.must(CONTAINER_INSTANCES, instance_arn)
    zone = instance.availability_zone
    return transitions.start_task(
        tx,
        call,
        cluster=wanted.cluster,
        definition=wanted.definition,
        instance=instance,
        group=wanted.group,
        started_by=wanted.started_by,
        overrides=wanted.overrides,
        tags=wanted.tags,
        enable_ecs_managed_tags=wanted.managed_tags,
        launch_type=launch_type,
        interface=interface_in(tx, call.scope, wanted.network, zone, call.ids),
    )


def _answer(tx: Tx, started: list[Task], refusals: tuple[Refusal, ...]) -> dict[str, Any]:
    return {
        "tasks": [task_view(tx, task, with_tags=True) for task in started],
        "failures": [
            {"arn": each.container_instance_arn, "reason": each.reason} for each in refusals
        ],
    }


def _count(request: dict[str, Any]) -> int:
    count = request.get("count")
    if count is None:
        return 1
    if not 1 <= count <= COUNT_MAX:
        raise invalid_parameter(f"count must be between 1 and {COUNT_MAX}, not {count}.")
    return int(count)


def _checked_token(request: dict[str, Any]) -> str:
    token = request.get("clientToken")
    if not token:
        return ""
    if not _CLIENT_TOKEN.fullmatch(token):
        raise invalid_parameter(
            "clientToken must have 1 to 64 characters of ASCII without blanks and controls."
        )
    return str(token)


def _fingerprint(request: dict[str, Any]) -> str:
    parameters = {name: value for name, value in request.items() if name != "clientToken"}
    text = msgspec.json.encode(parameters, order="deterministic")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def _repeated(
    tx: Tx, call: Call, cluster: Cluster, token: str, fingerprint: str
) -> list[Task] | None:
    """The tasks that this very request started before; None when it is new."""
    if not token:
        return None
    known: ClientToken | None = tx.get(
        CLIENT_TOKENS, client_token_key("RunTask", cluster.arn, token)
    )
    if known is None or known.created_at is None:
        return None
    if call.now - known.created_at >= timedelta(seconds=tuning(tx).client_token_kept_seconds):
        return None
    if known.fingerprint != fingerprint:
        raise conflict(
            "The client token was used before by a RunTask request with other parameters.",
            known.resource_arns,
        )
    found = (tx.get(TASKS, arn) for arn in known.resource_arns)
    return [task for task in found if task is not None]
