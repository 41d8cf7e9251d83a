"""Service with its deployments, and its events.

`deployments` holds the PRIMARY deployment first, then ACTIVE ones that still have tasks.
"""

from datetime import datetime
from typing import Any

import msgspec

from roadstead.state.records import Index, Record, Table


class Deployment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One rollout of one revision of the service."""

    id: str
    """`ecs-svc/<19 digits>`."""
    status: str = "PRIMARY"
    """PRIMARY: the newest. ACTIVE: older, still has tasks."""
    task_definition_arn: str = ""
    service_revision_arn: str = ""
    """What its tasks are made of; empty for those made before there were revisions."""
    service_deployment_arn: str = ""
    """The record of its rollout; empty for a task set, and for those made before."""
    scale_percent: float | None = None
    """None: the deployments of the service are one rolling fleet (the first one grows, the others
    shrink within the percentages). A number: this deployment is a fleet of its own and wants that
    share of the service's desired count, rounded up, and keeps it by its own revision: a task set,
    or one side of a BLUE_GREEN, LINEAR or CANARY deployment."""
    desired_count: int = 0
    failed_tasks: int = 0
    """Consecutive tasks that failed to start or to become healthy: the circuit breaker's count."""
    failed_starts: int = 0
    """Consecutive tasks that never reached RUNNING: the throttle's count."""
    rollout_state: str = "IN_PROGRESS"
    """IN_PROGRESS, COMPLETED or FAILED."""
    rollout_state_reason: str = ""
    launch_type: str = "EC2"
    network_configuration: dict[str, Any] | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    failed_at: datetime | None = None
    """When the last of the failed tasks was counted."""
    healthy_when_failed: int = 0
    """How many of its tasks were healthy then: with more, one has become healthy since."""
    next_try_at: datetime | None = None
    """Starts wait until then, after tasks that never reached RUNNING."""
    waiting_reason: str = ""
    """Of a deployment with a `scale_percent`: why it cannot place a task now, as of the service."""
    waiting_since: datetime | None = None
    """When that was last announced."""
    protection_told_at: datetime | None = None
    """When it was last announced that protected tasks keep it from its steady state."""


class Rebalancing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What Availability Zone rebalancing is doing for a service, and what it has said."""

    is_active: bool = False
    deployment_id: str = ""
    """Whose tasks are moved."""
    desired_count: int = 0
    """Of the service when it began: with another one it ends."""
    extra: tuple[tuple[str, str], ...] = ()
    """Tasks that were started where there were few, and for each the zone that gives up one as soon
    as all of them are healthy. As long the service has so many more than it wants."""
    told_full: dict[str, datetime] = {}
    """Zones without a place for a task, and when that was announced."""
    told_stuck_at: datetime | None = None
    """When it was announced that protected tasks are in the way."""
    retry_at: datetime | None = None
    """It does not begin again before: it has failed."""


class TrafficTrouble(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A load balancer takes no targets of the service now."""

    error: str
    """In ELB's words, or TARGET GROUP IS NOT FOUND."""
    told_at: datetime
    retry_at: datetime


class TrafficShares(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Which revisions the listeners of a service lead to, as they were told last.

    Units: percent of the requests, by the ARN of the service revision.
    """

    production: dict[str, float] = {}
    test: dict[str, float] = {}
    leaving: tuple[str, ...] = ()
    """Revisions that had production traffic before; requests may still come until `settles_at`."""
    settles_at: datetime | None = None


class Service(Record, frozen=True, kw_only=True):
    name: str = ""
    cluster_arn: str = ""
    status: str = "ACTIVE"
    """ACTIVE, DRAINING (deleted, tasks are ending) or INACTIVE."""
    desired_count: int = 0
    task_definition_arn: str = ""
    """The PRIMARY deployment's."""
    launch_type: str = "EC2"
    scheduling_strategy: str = "REPLICA"
    deployments: tuple[Deployment, ...] = ()
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    deployment_configuration: dict[str, Any] = {}
    """As the client sent it, defaults filled in."""
    deployment_controller: str = "ECS"
    """ECS, CODE_DEPLOY or EXTERNAL. An EXTERNAL service's task sets each have a deployment of the
    same id; it may have none."""
    service_deployment_arn: str = ""
    """The deployment that is under way; empty when there is none."""
    completed_revision_arn: str = ""
    """The service revision of the last deployment that was completed: what a rollback goes to."""
    placement_constraints: tuple[dict[str, Any], ...] = ()
    placement_strategy: tuple[dict[str, Any], ...] = ()
    network_configuration: dict[str, Any] | None = None
    load_balancers: tuple[dict[str, Any], ...] = ()
    """As the client sent them, checked; those of a deployment are its service revision's."""
    service_registries: tuple[dict[str, Any], ...] = ()
    health_check_grace_period_seconds: int = 0
    availability_zone_rebalancing: str = "DISABLED"
    enable_ecs_managed_tags: bool = False
    enable_execute_command: bool = False
    propagate_tags: str = "NONE"
    role_arn: str = ""
    created_at: datetime | None = None
    created_by: str = ""
    deleted_at: datetime | None = None
    created_from: dict[str, Any] = {}
    """The request that created it: the same again is no new service."""
    client_token: str = ""
    """Of that request: with it, even another request means this service."""
    rebalancing: Rebalancing | None = None
    is_steady: bool = False
    """Its steady state was announced and nothing has moved since."""
    event_count: int = 0
    """How many events it ever had; numbers the next one."""
    steady_at: datetime | None = None
    """When the steady state was last announced."""
    waiting_reason: str = ""
    """Why it cannot place a task now (RESOURCE:CPU, AGENT … or NO INSTANCES); a cause that is
    known is not announced again."""
    waiting_since: datetime | None = None
    """When that was last announced, as the next two."""
    blocked_since: datetime | None = None
    """Its percentages allow neither to stop nor to start a task of the deployment."""
    throttled_since: datetime | None = None
    """Its tasks keep failing before they reach RUNNING."""
    traffic_troubles: dict[str, TrafficTrouble] = {}
    """By ARN of a target group, listener or rule, or name of a Classic load balancer."""
    traffic: TrafficShares | None = None
    """Of a service whose load balancers have an advancedConfiguration."""
    tags: dict[str, str] = {}


SERVICES = Table("services", Service)


def _listed_under(service: Service) -> tuple[str, ...]:
    if service.status == "INACTIVE":
        return ()
    return (
        service.cluster_arn,
        f"{service.cluster_arn}|{service.status}",
        f"{service.cluster_arn}|{service.status}|{service.launch_type}",
    )


LISTED_SERVICES = Index("listed_services", SERVICES, _listed_under)
"""Key: cluster ARN, `cluster ARN|status` or `cluster ARN|status|launch type`."""

DAEMON_SERVICES = Index(
    "daemon_services",
    SERVICES,
    lambda service: (
        (service.cluster_arn,)
        if service.scheduling_strategy == "DAEMON" and service.status == "ACTIVE"
        else ()
    ),
)
"""Key: cluster ARN. ACTIVE ones: a change of the cluster's instances concerns them."""


def _rules_of(service: Service) -> tuple[str, ...]:
    if service.status != "ACTIVE":
        return ()
    return tuple(
        each["advancedConfiguration"][member]
        for each in service.load_balancers
        if "advancedConfiguration" in each
        for member in ("productionListenerRule", "testListenerRule")
        if each["advancedConfiguration"].get(member)
    )


SERVICES_BY_LISTENER_RULE = Index("services_by_listener_rule", SERVICES, _rules_of)
"""Key: ARN of a rule, or of a network load balancer's listener, that shifts a service's traffic."""

WAITING_SERVICES = Index(
    "waiting_services",
    SERVICES,
    lambda service: (service.cluster_arn,) if service.waiting_reason else (),
)
"""Key: cluster ARN. Services that want room: a change of the cluster's instances concerns them."""


def _definitions_of(service: Service) -> tuple[str, ...]:
    if service.status == "INACTIVE":
        return ()
    return tuple(dict.fromkeys(each.task_definition_arn for each in service.deployments))


SERVICES_BY_DEFINITION = Index("services_by_definition", SERVICES, _definitions_of)
"""Key: task definition ARN that a deployment of the service refers to."""


class ServiceEvent(Record, frozen=True, kw_only=True):
    """`arn` is `<service ARN>/event/<number>`, made by `event_key`."""

    service_arn: str = ""
    number: int = 0
    id: str = ""
    created_at: datetime | None = None
    message: str = ""
    """Empty: told on EventBridge only, not among the service's events."""
    event_name: str = ""
    """As EventBridge has it, SERVICE_STEADY_STATE; empty: not told there."""
    event_type: str = "INFO"
    """INFO, WARN or ERROR."""
    extras: dict[str, Any] = {}
    """More members of the event's detail, in the wire's spelling."""


SERVICE_EVENTS = Table("service_events", ServiceEvent)

EVENTS_BY_SERVICE = Index(
    "events_by_service",
    SERVICE_EVENTS,
    lambda event: (event.service_arn,),
    lambda event: event.number,
)
"""Key: service ARN. Oldest first."""

EVENTS_KEPT_MAX = 100
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html"""


def event_key(service_arn: str, number: int) -> str:
    return f"{service_arn}/event/{number}"
