"""ClassicHealth: what the proxy found out about instances of Classic load balancers, as state."""

from collections.abc import Callable
from typing import Any

from roadstead.dataplane.first_checks import FirstChecks, Place
from roadstead.dataplane.health_events import Finding
from roadstead.dataplane.snapshot.classic import clusters_of
from roadstead.elb.records.instance import (
    CLASSIC_INSTANCES,
    CLASSIC_INSTANCES_BY_ADDRESS,
    ClassicInstance,
)
from roadstead.elb.records.load_balancer import CLASSIC_LOAD_BALANCERS, ClassicHealthCheck
from roadstead.elb.rules.instance_states import REGISTERING
from roadstead.elb.transitions.instances import report_health, state_of
from roadstead.state.plans import Call
from roadstead.state.records import Change
from roadstead.state.view import Tx, View

Update = Callable[[Callable[[Tx], Any]], Any]


class ClassicHealth:
    """Takes findings about clusters of Classic load balancers; `note` what has become durable."""

    def __init__(
        self,
        view: Callable[[], View],
        update: Update,
        call: Callable[[str], Call],
        first_checks: FirstChecks,
    ) -> None:
        self._view = view
        self._update = update
        self._call = call
        self._balancers: dict[str, str] = {}
        """Name of a cluster → ARN of its load balancer."""
        self._first_checks = first_checks
        for balancer in view().all(CLASSIC_LOAD_BALANCERS):
            self._balancers.update(dict.fromkeys(clusters_of(balancer), balancer.arn))

    def note(self, change: Change) -> None:
        """Follow load balancers and their instances."""
        if change.table is CLASSIC_LOAD_BALANCERS:
            for name in clusters_of(change.before) if change.before else ():
                self._balancers.pop(name, None)
            if change.after is not None:
                self._balancers.update(dict.fromkeys(clusters_of(change.after), change.arn))
        elif change.table is CLASSIC_INSTANCES and change.before is not None:
            self._leave_rest(change.before, change.after)

    def _leave_rest(self, before: ClassicInstance, after: ClassicInstance | None) -> None:
        """Nothing is known of first checks where no new instance is any more."""
        if after is not None and state_of(after) == REGISTERING and after.address == before.address:
            return
        balancer = self._view().get(CLASSIC_LOAD_BALANCERS, before.load_balancer_arn)
        for cluster, listener in clusters_of(balancer).items() if balancer else ():
            self._first_checks.forget(Place(cluster, before.address, listener.instance_port))

    def take(self, found: Finding) -> None:
        """Report it, if it is news of an instance."""
        balancer = self._view().get(CLASSIC_LOAD_BALANCERS, self._balancers.get(found.cluster, ""))
        if balancer is None:
            return
        for instance in self._view().find(CLASSIC_INSTANCES_BY_ADDRESS, found.address):
            if instance.load_balancer_arn == balancer.arn:
                self._tell(instance, found, balancer.health_check)

    def _tell(self, instance: ClassicInstance, found: Finding, check: ClassicHealthCheck) -> None:
        match found.kind:
            case "passed":
                if instance.state != "InService":
                    self._report(instance, healthy=True)
            case "failed" | "unhealthy" if state_of(instance) == REGISTERING:
                if self._first_checks.failed(
                    Place(found.cluster, found.address, found.port),
                    f"targets|{instance.load_balancer_arn}",
                    check.unhealthy_threshold,
                    check.interval_seconds,
                ):
                    self._report(instance, healthy=False)
            case "unhealthy" if instance.state == "InService":
                self._report(instance, healthy=False)

    def _report(self, instance: ClassicInstance, *, healthy: bool) -> None:
        arn = instance.arn

        def change(tx: Tx) -> None:
            now = tx.get(CLASSIC_INSTANCES, arn)
            if now is not None:
                report_health(tx, self._call(arn), now, healthy=healthy)

        self._update(change)
