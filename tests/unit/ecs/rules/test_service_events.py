"""The sentences of service events, word for word."""

import pytest

from given import a_service
from roadstead.ecs.rules import service_events as events

MORE = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
NO_PLACE = (
    "(service web) was unable to place a task because no container instance met all of its "
    "requirements. "
)
CLOSEST = f"{NO_PLACE}The closest matching (container-instance 1a) "


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (events.steady("web"), "(service web) has reached a steady state."),
        (
            events.started("web", ["1", "2", "3"]),
            "(service web) has started 3 tasks: (task 1) (task 2) (task 3).",
        ),
        (events.started("web", ["1"]), "(service web) has started 1 tasks: (task 1)."),
        (
            events.started("web", ["1"], unhealthy=1),
            "(service web) has started 1 tasks: (task 1). Amazon ECS replaced 1 tasks due to an "
            "unhealthy status.",
        ),
        (
            events.stopped_running("web", ["1", "2"]),
            "(service web) has stopped 2 running tasks: (task 1) (task 2).",
        ),
        (events.stopped_pending("web", 1), "(service web) stopped 1 pending tasks."),
        (
            events.deployment_completed("web", "ecs-svc/7"),
            "(service web) (deployment ecs-svc/7) deployment completed.",
        ),
        (
            events.failed_health_checks("web", "1"),
            "(service web) (task 1) failed container health checks.",
        ),
        (
            events.throttled("web"),
            "(service web) is unable to consistently start tasks successfully.",
        ),
        (
            events.blocked("web"),
            "(service web) was unable to stop or start tasks during a deployment because of the "
            "service deployment configuration. Update the minimumHealthyPercent or maximumPercent "
            "value and try again.",
        ),
        (
            events.unplaceable(a_service(), events.NO_INSTANCES, ""),
            f"{NO_PLACE}Reason: No Container Instances were found in your cluster.{MORE}",
        ),
        (
            events.unplaceable(a_service(), "RESOURCE:CPU", "1a"),
            f"{CLOSEST}has insufficient CPU units available.{MORE}",
        ),
        (
            events.unplaceable(a_service(), "RESOURCE:MEMORY", "1a"),
            f"{CLOSEST}has insufficient memory available.{MORE}",
        ),
        (
            events.unplaceable(a_service(), "RESOURCE:PORTS", "1a"),
            f"{CLOSEST}is already using a port required by your task.{MORE}",
        ),
        (
            events.unplaceable(a_service(), "ATTRIBUTE", "1a"),
            f"{CLOSEST}is missing an attribute required by your task.{MORE}",
        ),
        (
            events.unplaceable(a_service(), "AGENT", "1a"),
            f'{CLOSEST}encountered error "AGENT".{MORE}',
        ),
    ],
)
def test_an_event_says(sentence: events.Announcement, expected: str) -> None:
    assert sentence.message == expected
