"""What load balancers refuse a service: said once, tried again, forgotten when it works."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.ecs.records.service import SERVICES, Service, TrafficTrouble
from roadstead.ecs.rules import traffic_events
from roadstead.ecs.rules.service_events import REPEATED_AFTER
from roadstead.ecs.transitions.balancer_calls import NOT_THERE, THROTTLES
from roadstead.ecs.transitions.service_events import announce
from roadstead.state.plans import Call
from roadstead.state.view import Tx

TRIED_AGAIN_AFTER = timedelta(seconds=30)
"""Ours: AWS says that it tries again, not when."""


def note_troubles(
    tx: Tx, call: Call, service: Service, refusals: Mapping[str, ApiError]
) -> Service:
    """Say what was refused, unless that is known, and note when to try again.

    refusals: by ARN of a target group, listener or rule, or name of a Classic load balancer.
    """
    for group, refusal in refusals.items():
        error = traffic_events.GROUP_NOT_FOUND if refusal.code in NOT_THERE else refusal.message
        known = service.traffic_troubles.get(group)
        is_told = (
            known is not None and known.error == error and call.now - known.told_at < REPEATED_AFTER
        )
        trouble = TrafficTrouble(
            error=error,
            told_at=known.told_at if known is not None and is_told else call.now,
            retry_at=call.now + TRIED_AGAIN_AFTER,
        )
        service = tx.put(
            SERVICES,
            msgspec.structs.replace(
                service,
                is_steady=False,
                traffic_troubles={**service.traffic_troubles, group: trouble},
            ),
        )
        if not is_told:
            said = traffic_events.not_registered(service, group, error)
            if ":listener" in group:
                said = traffic_events.not_shifted(service, group, error)
            elif refusal.code in THROTTLES:
                said = traffic_events.throttled(service)
            service = announce(tx, call, service, said)
    return service


def without_troubles(tx: Tx, service: Service, groups: Iterable[str]) -> Service:
    """The service, whose targets these groups have taken."""
    left = {
        group: trouble
        for group, trouble in service.traffic_troubles.items()
        if group not in set(groups)
    }
    if left == service.traffic_troubles:
        return service
    return tx.put(SERVICES, msgspec.structs.replace(service, traffic_troubles=left))
