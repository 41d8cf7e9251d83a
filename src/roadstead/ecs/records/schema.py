"""All tables, indexes and projections of the ECS slice."""

from roadstead.ecs.records.account import ACCOUNT_SETTINGS, CLIENT_TOKENS, SETTINGS_BY_PRINCIPAL
from roadstead.ecs.records.capacity import Capacity
from roadstead.ecs.records.cluster import ACTIVE_CLUSTERS, CLUSTERS
from roadstead.ecs.records.container_instance import (
    CONTAINER_INSTANCES,
    INSTANCES_BY_CUSTOM_ATTRIBUTE,
    INSTANCES_BY_EC2_ID,
    LISTED_CONTAINER_INSTANCES,
)
from roadstead.ecs.records.event import EVENT_BATCHES, EVENTS, INSTANCE_STATES, EventCount
from roadstead.ecs.records.expiry import (
    FINISHED_DEPLOYMENTS,
    INACTIVE_INSTANCES,
    INACTIVE_SERVICES,
    STOPPED_TASKS,
    USED_TOKENS,
)
from roadstead.ecs.records.service import (
    DAEMON_SERVICES,
    EVENTS_BY_SERVICE,
    LISTED_SERVICES,
    SERVICE_EVENTS,
    SERVICES,
    SERVICES_BY_DEFINITION,
    SERVICES_BY_LISTENER_RULE,
    WAITING_SERVICES,
)
from roadstead.ecs.records.service_deployment import DEPLOYMENTS_BY_SERVICE, SERVICE_DEPLOYMENTS
from roadstead.ecs.records.service_revision import REVISIONS_BY_SERVICE, SERVICE_REVISIONS
from roadstead.ecs.records.service_tasks import (
    FAILED_STARTS,
    PROTECTED_BY_STANDING,
    PROTECTIONS_BY_END,
    TASKS_BY_STANDING,
)
from roadstead.ecs.records.task import (
    LISTED_TASKS,
    LIVE_TASKS_BY_DEFINITION,
    LIVE_TASKS_BY_INSTANCE,
    LIVE_TASKS_BY_SERVICE,
    PROTECTED_TASKS,
    TASKS,
    TASKS_BY_TARGET,
)
from roadstead.ecs.records.task_counts import TaskCounts
from roadstead.ecs.records.task_definition import (
    FAMILIES,
    LISTED_FAMILIES,
    LISTED_TASK_DEFINITIONS,
    TASK_DEFINITIONS,
)
from roadstead.ecs.records.task_interface import (
    INTERFACES_LEFT,
    INTERFACES_UNDER_WAY,
    TASKS_BY_ATTACHMENT,
    TASKS_WITH_INTERFACE,
)
from roadstead.ecs.records.task_set import TASK_SETS, TASK_SETS_BY_SERVICE
from roadstead.ecs.records.task_traffic import TASKS_TO_DEREGISTER, TASKS_TO_REGISTER
from roadstead.ecs.records.tuning import TUNING
from roadstead.state.records import Schema

SCHEMA = Schema(
    tables=(
        ACCOUNT_SETTINGS,
        CLIENT_TOKENS,
        CLUSTERS,
        FAMILIES,
        TASK_DEFINITIONS,
        CONTAINER_INSTANCES,
        SERVICES,
        SERVICE_EVENTS,
        SERVICE_DEPLOYMENTS,
        SERVICE_REVISIONS,
        TASK_SETS,
        TASKS,
        EVENTS,
        INSTANCE_STATES,
        TUNING,
    ),
    indexes=(
        SETTINGS_BY_PRINCIPAL,
        ACTIVE_CLUSTERS,
        LISTED_FAMILIES,
        LISTED_TASK_DEFINITIONS,
        LISTED_CONTAINER_INSTANCES,
        INSTANCES_BY_EC2_ID,
        INSTANCES_BY_CUSTOM_ATTRIBUTE,
        LISTED_SERVICES,
        DAEMON_SERVICES,
        WAITING_SERVICES,
        SERVICES_BY_DEFINITION,
        SERVICES_BY_LISTENER_RULE,
        EVENTS_BY_SERVICE,
        DEPLOYMENTS_BY_SERVICE,
        REVISIONS_BY_SERVICE,
        TASK_SETS_BY_SERVICE,
        LISTED_TASKS,
        LIVE_TASKS_BY_SERVICE,
        LIVE_TASKS_BY_INSTANCE,
        LIVE_TASKS_BY_DEFINITION,
        PROTECTED_TASKS,
        TASKS_BY_TARGET,
        TASKS_WITH_INTERFACE,
        TASKS_BY_ATTACHMENT,
        INTERFACES_LEFT,
        INTERFACES_UNDER_WAY,
        TASKS_TO_REGISTER,
        TASKS_TO_DEREGISTER,
        TASKS_BY_STANDING,
        PROTECTED_BY_STANDING,
        PROTECTIONS_BY_END,
        FAILED_STARTS,
        STOPPED_TASKS,
        INACTIVE_INSTANCES,
        INACTIVE_SERVICES,
        FINISHED_DEPLOYMENTS,
        USED_TOKENS,
        EVENT_BATCHES,
    ),
    projections=(EventCount, TaskCounts, Capacity),
)
