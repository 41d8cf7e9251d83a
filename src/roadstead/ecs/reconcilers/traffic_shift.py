"""Listeners divide requests between the two sides of a service as its deployment has got to.

A key is a service. Level, not edge: what the rules do is compared with what they are to do, so that
a restart, or somebody who changed a rule by hand, makes no difference. A side gets more only once
its tasks are healthy, or nobody else's are.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from roadstead.ecs.reconcilers.service.survey import healthy_count
from roadstead.ecs.records.service import (
    SERVICES,
    SERVICES_BY_LISTENER_RULE,
    Deployment,
    Service,
    TrafficShares,
)
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS
from roadstead.ecs.records.service_tasks import has_moved
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.rules.deployment.configuration import is_staged
from roadstead.ecs.rules.deployment.rolling import minimum_running
from roadstead.ecs.rules.deployment.shares import source_deployment
from roadstead.ecs.rules.load_balancers.sides import (
    Traffic,
    shifting_entries,
    traffic_between,
)
from roadstead.ecs.transitions import traffic_shifts
from roadstead.elbv2.records.load_balancer import RULES
from roadstead.state.plans import SETTLED, Call, Plan
from roadstead.state.records import Change
from roadstead.state.view import Tx, View


class ShiftTraffic(msgspec.Struct, frozen=True):
    """The listeners divide requests otherwise than they are to."""

    service_arn: str
    wanted: Traffic

    @property
    def reason(self) -> str:
        shares = self.wanted.production.items()
        return ", ".join(f"{percent:g} % of the traffic is {arn}'s" for arn, percent in shares)

    def apply(self, tx: Tx, call: Call) -> None:
        traffic_shifts.shift_traffic(tx, call, tx.must(SERVICES, self.service_arn), self.wanted)


class ForgetTraffic(msgspec.Struct, frozen=True):
    """No listener shifts the service's traffic any more."""

    service_arn: str

    @property
    def reason(self) -> str:
        return "no listener shifts the traffic of the service any more"

    def apply(self, tx: Tx, call: Call) -> None:  # as its siblings
        traffic_shifts.forget_traffic(tx, tx.must(SERVICES, self.service_arn))


class SettleTraffic(msgspec.Struct, frozen=True):
    """Long enough after a shift."""

    service_arn: str

    @property
    def reason(self) -> str:
        return "no request comes any more by the rules as they were"

    def apply(self, tx: Tx, call: Call) -> None:  # as its siblings
        traffic_shifts.settle_traffic(tx, tx.must(SERVICES, self.service_arn))


def keys(view: View) -> Iterable[str]:
    """Every service whose traffic can be shifted."""
    return [each.arn for each in view.all(SERVICES) if _is_watched(each)]


def affected(view: View, change: Change) -> Iterable[str]:
    """The service of a deployment, of a rule, and of a task while traffic is to be shifted."""
    if change.table is SERVICES:
        return (change.arn,) if change.after is not None and _is_watched(change.after) else ()
    if change.table is SERVICE_DEPLOYMENTS:
        return () if change.after is None else (change.after.service_arn,)
    if change.table is RULES:
        rule = change.after or change.before
        arns = (rule.arn, rule.listener_arn)
        return [
            service.arn for arn in arns for service in view.find(SERVICES_BY_LISTENER_RULE, arn)
        ]
    if change.table is TASKS and has_moved(change.before, change.after):
        task = change.after or change.before
        service = view.get(SERVICES, task.service_arn) if task.service_arn else None
        if service is not None and service.service_deployment_arn and _is_watched(service):
            return (service.arn,)
    return ()


def reconcile(view: View, key: str, now: datetime) -> Plan:
    """Let the listeners do as they are to, as soon as those who get more are ready for it."""
    service = view.get(SERVICES, key)
    if service is None or not _is_watched(service):
        return SETTLED
    wanted = wanted_traffic(view, service)
    traffic = service.traffic
    if wanted is None:
        return SETTLED if traffic is None else Plan((ForgetTraffic(key),))
    wakes = []
    if not _is_so(view, service, wanted):
        retry_at = _retry_at(view, service, wanted, now)
        if retry_at is not None:
            wakes.append(retry_at)
        elif _is_ready(view, service, wanted, now):
            return Plan((ShiftTraffic(key, wanted),))
    if traffic is not None and traffic.settles_at is not None:
        if traffic.settles_at <= now:
            return Plan((SettleTraffic(key),))
        wakes.append(traffic.settles_at)
    return Plan((), min(wakes, default=None))


def is_shifted(view: View, service: Service) -> bool:
    """Whether the listeners lead traffic as the deployment under way wants it."""
    wanted = wanted_traffic(view, service) if _is_watched(service) else None
    return wanted is None or _is_so(view, service, wanted)


def has_listeners(view: View, service: Service) -> bool:
    """Whether listeners shift the traffic of the service."""
    return _is_watched(service) and wanted_traffic(view, service) is not None


def wanted_traffic(view: View, service: Service) -> Traffic | None:
    """Who is to get how much: the side that the deployment leads to, and the one that it leaves.

    Without a deployment under way all of it goes to what was completed last. None if no listener
    shifts the traffic of the service.
    """
    record = view.get(SERVICE_DEPLOYMENTS, service.service_deployment_arn)
    winner, other = service.deployments[0], None
    production = test = 100.0
    source = source_deployment(service)
    if record is None:
        if (
            winner.rollout_state == "FAILED"
            and source is not None
            and (_is_completed(service, source) or _is_led_to(service, source))
        ):
            winner = source
    elif (
        source is not None
        and record.status != "ROLLBACK_IN_PROGRESS"
        and is_staged(record.deployment_configuration)
    ):
        other = source
        production, test = record.production_percent, record.test_percent
    revision = view.get(SERVICE_REVISIONS, winner.service_revision_arn)
    if revision is None or not shifting_entries(revision.load_balancers):
        return None
    before = None if other is None else view.get(SERVICE_REVISIONS, other.service_revision_arn)
    return traffic_between(revision, before, production, test)


def _is_watched(service: Service) -> bool:
    return (
        service.status == "ACTIVE"
        and service.deployment_controller == "ECS"
        and bool(service.deployments)
        and (service.traffic is not None or bool(shifting_entries(service.load_balancers)))
    )


def _is_completed(service: Service, deployment: Deployment) -> bool:
    return deployment.service_revision_arn == service.completed_revision_arn


def _is_led_to(service: Service, deployment: Deployment) -> bool:
    """Whether it has traffic though none was ever completed."""
    return (
        not service.completed_revision_arn
        and service.traffic is not None
        and bool(service.traffic.production.get(deployment.service_revision_arn))
    )


def _is_so(view: View, service: Service, wanted: Traffic) -> bool:
    traffic = service.traffic or TrafficShares()
    return (
        traffic.production == wanted.production
        and traffic.test == wanted.test
        and all(traffic_shifts.is_level(view, each) for each in wanted.rules)
    )


def _retry_at(view: View, service: Service, wanted: Traffic, now: datetime) -> datetime | None:
    """When to ask again, if a rule that is not level was refused a moment ago."""
    troubles = service.traffic_troubles
    moments = [
        troubles[each.rule_arn].retry_at
        for each in wanted.rules
        if each.rule_arn in troubles and not traffic_shifts.is_level(view, each)
    ]
    return max((each for each in moments if each > now), default=None)


def _is_ready(view: View, service: Service, wanted: Traffic, now: datetime) -> bool:
    """Whether everybody who gets more has its tasks; or nobody who has it now serves any more.

    On the way back the minimum is enough.
    """
    if service.traffic is None:
        return True
    had = service.traffic.production
    by_arn = {each.service_revision_arn: each for each in service.deployments}
    gaining = [by_arn[arn] for arn, share in wanted.production.items() if share > had.get(arn, 0)]
    serving = [by_arn[arn] for arn in had if arn in by_arn]
    if not any(healthy_count(view, service, each, now) for each in serving):
        return True
    record = view.get(SERVICE_DEPLOYMENTS, service.service_deployment_arn)
    count = service.desired_count
    if record is not None and record.status == "ROLLBACK_IN_PROGRESS":
        count = max(1, minimum_running(count, service.minimum_healthy_percent))
    return all(healthy_count(view, service, each, now) >= count for each in gaining)
