"""Tasks of DAEMON services begin: one an instance, and before any replica task there.

Invariant: no instance ever has two live tasks of one DAEMON service; one that was asked to stop
counts until its agent says that it is STOPPED, so nothing that a daemon holds is held twice.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.aws.arns import last_part
from roadstead.ecs.records.capacity import Capacity, live_group
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.service import DAEMON_SERVICES, SERVICES, Service
from roadstead.ecs.records.service_tasks import FAILED_STARTS
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules import service_events
from roadstead.ecs.rules.daemon_places import is_match
from roadstead.ecs.rules.network import zones_of
from roadstead.ecs.rules.placement.choose import refusal_by
from roadstead.ecs.rules.placement.demand import Demand, demand_of
from roadstead.ecs.rules.placement.wishes import Wishes, wishes_of
from roadstead.ecs.rules.stop_codes import SCHEDULER_INITIATED
from roadstead.ecs.transitions.service_events import announce
from roadstead.ecs.transitions.task_of_service import start_task_of_service
from roadstead.ecs.transitions.tasks import stop_task
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def start_daemon_tasks(
    tx: Tx, call: Call, service: Service, container_instance_arns: Iterable[str]
) -> Service:
    """Start a task of the PRIMARY deployment on each of these instances, which have none."""
    primary = service.deployments[0]
    started = []
    for arn in container_instance_arns:
        assert not has_live_task(tx, service, arn), f"a second task of {service.arn} on {arn}"
        started.append(start_task_of_service(tx, call, service, primary, arn))
    service = msgspec.structs.replace(service, is_steady=False)
    return announce(tx, call, service, service_events.started(service.name, started))


def start_awaited_daemons(
    tx: Tx, call: Call, cluster_arn: str, container_instance_arn: str
) -> bool:
    """Start the daemon tasks that the instance awaits and has room for; whether there were any.

    Whoever is about to place a replica task asks, so daemons come first by construction, whichever
    reconciler looks first.
    """
    found = False
    for daemon in tx.find(DAEMON_SERVICES, cluster_arn):
        if awaits_task(tx, daemon, container_instance_arn, call.now):
            start_daemon_tasks(tx, call, daemon, (container_instance_arn,))
            found = True
    return found


def awaits_task(view: View, service: Service, container_instance_arn: str, now: datetime) -> bool:
    """Whether a task of the DAEMON service may and can be started on the instance now."""
    if has_live_task(view, service, container_instance_arn) or not may_start(view, service, now):
        return False
    needs = needs_of(view, service)
    if needs is None:
        return False
    demand, wishes = needs
    capacity = view.projection(Capacity)
    return (
        is_match(capacity, container_instance_arn, demand, wishes)
        and refusal_by(capacity, container_instance_arn, demand, wishes=wishes) is None
    )


def needs_of(view: View, service: Service) -> tuple[Demand, Wishes] | None:
    """What a task of the DAEMON service takes and asks of its instance.

    None when the task definition was deleted for good.
    """
    primary = service.deployments[0]
    definition = view.get(TASK_DEFINITIONS, primary.task_definition_arn)
    if definition is None:
        return None
    zones = zones_of(view, scope_of(service.arn), primary.network_configuration)
    demand = demand_of(definition, launch_type=primary.launch_type, zones=zones)
    return demand, wishes_of(definition, service.placement_constraints)


def may_start(view: View, service: Service, now: datetime) -> bool:
    """Whether the PRIMARY deployment may start tasks: not while failed ones make it wait."""
    primary = service.deployments[0]
    return (
        service.status == "ACTIVE"
        and primary.rollout_state != "FAILED"
        and (primary.next_try_at is None or primary.next_try_at <= now)
        and not view.count(FAILED_STARTS, primary.id)
        and view.get(CLUSTERS, service.cluster_arn) is not None
        and view.get(TASK_DEFINITIONS, primary.task_definition_arn) is not None
    )


def has_live_task(view: View, service: Service, container_instance_arn: str) -> bool:
    """Whether the instance has a task of the DAEMON service that is not STOPPED."""
    groups = view.projection(Capacity).group(service.cluster_arn, live_group(service.arn))
    return groups is not None and container_instance_arn in groups.by_instance


def stop_violating_task(tx: Tx, call: Call, service: Service, task_arn: str) -> Service:
    """Ask a task to stop whose instance no longer meets the constraints, and say so."""
    task = tx.must(TASKS, task_arn)
    said = service_events.constraint_violated(
        service.name, last_part(task_arn), last_part(task.container_instance_arn)
    )
    service = announce(tx, call, service, said)
    reason = f"Scaling activity initiated by (deployment {service.deployments[0].id})"
    stop_task(tx, call, task, reason=reason, stop_code=SCHEDULER_INITIATED)
    service = msgspec.structs.replace(service, is_steady=False)
    stopped = service_events.stopped_running(service.name, [last_part(task_arn)])
    return announce(tx, call, service, stopped)


def count_instances(tx: Tx, call: Call, service: Service, matching: int) -> Service:
    """desiredCount is how many instances there are for the DAEMON service."""
    primary = msgspec.structs.replace(
        service.deployments[0], desired_count=matching, updated_at=call.now
    )
    return tx.put(
        SERVICES,
        msgspec.structs.replace(
            service,
            desired_count=matching,
            deployments=(primary, *service.deployments[1:]),
            blocked_since=None,
        ),
    )
