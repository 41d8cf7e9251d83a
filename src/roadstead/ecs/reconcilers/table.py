"""What Roadstead does by itself in ECS: every reconciler, for the server's loops and for tests."""

from roadstead.ecs.reconcilers import (
    discovery,
    interface,
    lost_host,
    retention,
    task_definition,
    task_set,
    traffic,
    traffic_health,
    traffic_shift,
)
from roadstead.ecs.reconcilers.daemon import leaving as daemon_leaving
from roadstead.ecs.reconcilers.daemon import scheduler as daemon_scheduler
from roadstead.ecs.reconcilers.deployment import course as deployment_course
from roadstead.ecs.reconcilers.service import scheduler as service_scheduler
from roadstead.state.plans import Reconciler

RECONCILERS: tuple[Reconciler, ...] = (
    service_scheduler,
    deployment_course,
    daemon_scheduler,
    daemon_leaving,
    discovery,
    interface,
    lost_host,
    retention,
    task_definition,
    task_set,
    traffic,
    traffic_health,
    traffic_shift,
)
