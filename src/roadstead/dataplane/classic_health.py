"""ClassicHealth: what the proxy found out about instances of Classic load balancers, as state."""

from collections.abc import Callable
from typing import Any

from roadstead.dataplane.health_events import Finding
from roadstead.dataplane.snapshot.classic import clusters_of
from roadstead.elb.records.instance import (
    CLASSIC_INSTANCES,
    CLASSIC_INSTANCES_BY_ADDRESS,
    ClassicInstance,
)
from roadstead.elb.records.load_balancer import CLASSIC_LOAD_BALANCERS
from roadstead.elb.rules.instance_states import REGISTERING
from roadstead.elb.transitions.instances import report_health, state_of
from roadstead.state.plans import Call
from roadstead.state.records import Change
from roadstead.state.view import Tx, View

Update = Callable[[Callable[[Tx], Any]], Any]


class ClassicHealth:
    """Takes findings about clusters of Classic load balancers; `note` what has become durable."""

    def __init__(
        self, view: Callable[[], View], update: Update, call: Callable[[str], Call]
    ) -> None:
        self._view = view
        self._update = update
        self._call = call
        self._balancers: dict[str, str] = {}
        """Name of a cluster → ARN of its load balancer."""
        self._failures: dict[str, int] = {}
        """How many checks in a row an instance failed that was never in service."""
        for balancer in view().all(CLASSIC_LOAD_BALANCERS):
            self._balancers.update(dict.fromkeys(clusters_of(balancer), balancer.arn))

    def note(self, change: Change) -> None:
        """Follow load balancers and their instances."""
        if change.table is CLASSIC_LOAD_BALANCERS:
            for name in clusters_of(change.before) if change.before else ():
                self._balancers.pop(name, None)
            if change.after is not None:
                self._balancers.update(dict.fromkeys(clusters_of(change.after), change.arn))
        elif change.table is CLASSIC_INSTANCES and change.after is None:
            self._failures.pop(change.arn, None)

    def take(self, found: Finding) -> None:
        """Report it, if it is news of an instance."""
        balancer = self._view().get(CLASSIC_LOAD_BALANCERS, self._balancers.get(found.cluster, ""))
        if balancer is None:
            return
        for instance in self._view().find(CLASSIC_INSTANCES_BY_ADDRESS, found.address):
            if instance.load_balancer_arn == balancer.arn:
                self._tell(instance, found.kind, balancer.health_check.unhealthy_threshold)

    def _tell(self, instance: ClassicInstance, kind: str, threshold: int) -> None:
        match kind:
            case "passed":
                self._failures.pop(instance.arn, None)
                if instance.state != "InService":
                    self._report(instance, healthy=True)
            case "failed" if state_of(instance) == REGISTERING:
                failures = self._failures[instance.arn] = self._failures.get(instance.arn, 0) + 1
                if failures >= threshold:
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
