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


def test_plural_form_always() -> None:
    """EV-03."""
    assert "has started 1 tasks:" in events.started("web", ["1"]).message
    assert events.stopped_pending("web", 1).message == "(service web) stopped 1 pending tasks."


def test_several_items_joined_by_blank_and_final_dot() -> None:
    """EV-04."""
    assert events.stopped_running("web", ["1", "2"]).message.endswith(": (task 1) (task 2).")


@pytest.mark.parametrize(
    ("said", "name", "kind", "extras"),
    [
        (events.steady("web"), "SERVICE_STEADY_STATE", "INFO", {}),
        (events.started("web", ["1"]), "TASKS_STARTED", "INFO", {}),
        (events.stopped_running("web", ["1"]), "TASKS_STOPPED", "INFO", {}),
        (events.throttled("web"), "SERVICE_TASK_START_IMPAIRED", "WARN", {}),
        (events.rebalancing_started("web", {"a": 2}), "SERVICE_REBALANCING_STARTED", "INFO", {}),
        (
            events.rebalancing_completed("web", {"a": 2}),
            "SERVICE_REBALANCING_COMPLETED",
            "INFO",
            {},
        ),
        (events.rebalancing_stopped("web"), "SERVICE_REBALANCING_STOPPED", "INFO", {}),
        (
            events.unplaceable(a_service(), "RESOURCE:CPU", "1a"),
            "SERVICE_TASK_PLACEMENT_FAILURE",
            "ERROR",
            {
                "reason": "RESOURCE:CPU",
                "containerInstanceArns": [
                    "arn:aws:ecs:us-east-1:123456789012:container-instance/default/1a"
                ],
            },
        ),
        (
            events.protected(a_service(deployment_controller="EXTERNAL"), "ecs-svc/7", 2),
            "TASKSET_SCALE_IN_FAILURE_BY_TASK_PROTECTION",
            "INFO",
            {"taskSetArns": ["arn:aws:ecs:us-east-1:123456789012:task-set/default/web/ecs-svc/7"]},
        ),
    ],
)
def test_eventbridge_calls_it(
    said: events.Announcement, name: str, kind: str, extras: dict[str, object]
) -> None:
    assert (said.event_name, said.event_type, said.extras) == (name, kind, extras)
