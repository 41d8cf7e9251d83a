"""What a look at a service does about tasks that never reached RUNNING."""

from datetime import datetime

from roadstead.ecs.reconcilers.service.actions import CountFailedStarts, ForgiveFailures
from roadstead.ecs.reconcilers.service.survey import newest_running_since
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.service_tasks import FAILED_STARTS
from roadstead.state.plans import Action
from roadstead.state.view import View


def failures(
    view: View, service: Service, deployment: Deployment, now: datetime
) -> tuple[list[Action], datetime | None]:
    """What to remember of failed starts, and until when no task may be started.

    While failures are yet to be counted that is not known: none in this plan, then.
    """
    if view.count(FAILED_STARTS, deployment.id):
        return [CountFailedStarts(service.arn, deployment.id)], now
    if deployment.failed_starts:
        newest = newest_running_since(view, deployment.id)
        if newest is not None and (deployment.failed_at is None or newest > deployment.failed_at):
            return [ForgiveFailures(service.arn, deployment.id)], None
    if deployment.next_try_at is not None and deployment.next_try_at > now:
        return [], deployment.next_try_at
    return [], None
