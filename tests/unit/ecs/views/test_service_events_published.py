"""Events of services, their deployments and their hooks as the world reads them."""

from typing import Any

import msgspec
import pytest

from given import (
    NOW,
    a_call,
    a_deployment,
    a_service,
    an_arn,
    cluster_arn,
    deployment_id,
    given,
    instance_arn,
    later,
    service_arn,
)
from publishing import published
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_deployment import (
    SERVICE_DEPLOYMENTS,
    HookRun,
    ServiceDeployment,
)
from roadstead.ecs.rules.service_events import Announcement
from roadstead.ecs.transitions.service_events import announce
from roadstead.state.view import View


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        (
            Announcement("(service web) has reached a steady state.", "SERVICE_STEADY_STATE"),
            {
                "eventType": "INFO",
                "eventName": "SERVICE_STEADY_STATE",
                "message": "(service web) has reached a steady state.",
            },
        ),
        (
            Announcement(
                "(service web) was unable to place a task.",
                "SERVICE_TASK_PLACEMENT_FAILURE",
                "ERROR",
                {"reason": "RESOURCE:CPU", "containerInstanceArns": [instance_arn(1)]},
            ),
            {
                "eventType": "ERROR",
                "eventName": "SERVICE_TASK_PLACEMENT_FAILURE",
                "reason": "RESOURCE:CPU",
                "containerInstanceArns": [instance_arn(1)],
                "message": "(service web) was unable to place a task.",
            },
        ),
        (
            Announcement("", "SERVICE_DESIRED_COUNT_UPDATED", extras={"desiredCount": 3}),
            {
                "eventType": "INFO",
                "eventName": "SERVICE_DESIRED_COUNT_UPDATED",
                "desiredCount": 3,
            },
        ),
    ],
)
def test_a_service_action_is_what_the_service_announced(
    said: Announcement, detail: dict[str, Any]
) -> None:
    view = given(a_service())
    (event,) = published(
        view, lambda tx: announce(tx, a_call(), tx.must(SERVICES, service_arn()), said)
    )
    assert (event["detail-type"], event["resources"]) == ("ECS Service Action", [service_arn()])
    assert event["detail"] == {
        "clusterArn": cluster_arn(),
        "createdAt": "2026-03-01T12:00:00.000Z",
        **detail,
    }


def test_a_sentence_without_a_name_is_no_service_action() -> None:
    view = given(a_service())
    said = Announcement("(service web) (deployment ecs-svc/1) deployment completed.")
    assert (
        published(view, lambda tx: announce(tx, a_call(), tx.must(SERVICES, service_arn()), said))
        == []
    )


@pytest.mark.parametrize(
    ("state", "name", "kind", "reason"),
    [
        (
            "COMPLETED",
            "SERVICE_DEPLOYMENT_COMPLETED",
            "INFO",
            "ECS deployment ecs-svc/1 completed.",
        ),
        (
            "FAILED",
            "SERVICE_DEPLOYMENT_FAILED",
            "ERROR",
            "ECS deployment circuit breaker: task failed to start.",
        ),
    ],
)
def test_a_deployment_event_is_whole(state: str, name: str, kind: str, reason: str) -> None:
    rolling = a_deployment(1, rollout_state="IN_PROGRESS")
    view = given(a_service(deployments=(rolling,)))
    done = a_deployment(1, rollout_state=state, rollout_state_reason=reason, updated_at=later(1))
    (event,) = published(view, with_deployments(view, done))
    assert (event["detail-type"], event["resources"]) == (
        "ECS Deployment State Change",
        [service_arn()],
    )
    assert event["detail"] == {
        "eventType": kind,
        "eventName": name,
        "clusterArn": cluster_arn(),
        "deploymentId": deployment_id(1),
        "updatedAt": "2026-03-01T12:00:01.000Z",
        "reason": reason,
    }


def with_deployments(view: View, *deployments: Any) -> Any:
    service = view.must(SERVICES, service_arn())
    return lambda tx: tx.put(SERVICES, msgspec.structs.replace(service, deployments=deployments))


def test_a_new_deployment_is_in_progress_and_the_former_one_says_nothing() -> None:
    view = given(a_service())
    rollback = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/2."
    fresh = a_deployment(2, rollout_state="IN_PROGRESS", rollout_state_reason=rollback)
    (event,) = published(view, with_deployments(view, fresh, a_deployment(1, status="ACTIVE")))
    told = event["detail"]
    assert (told["eventName"], told["deploymentId"], told["reason"]) == (
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        deployment_id(2),
        rollback,
    )


def test_a_deployment_that_is_gone_back_to_is_told_even_if_it_never_got_there_before() -> None:
    newer = a_deployment(2, rollout_state="IN_PROGRESS")
    former = a_deployment(1, status="ACTIVE", rollout_state="IN_PROGRESS")
    view = given(a_service(deployments=(newer, former)))
    back = msgspec.structs.replace(former, status="PRIMARY")
    failed = a_deployment(2, status="ACTIVE", rollout_state="FAILED")
    events = published(view, with_deployments(view, back, failed))
    assert [(told["detail"]["eventName"], told["detail"]["deploymentId"]) for told in events] == [
        ("SERVICE_DEPLOYMENT_FAILED", deployment_id(2)),
        ("SERVICE_DEPLOYMENT_IN_PROGRESS", deployment_id(1)),
    ]


def test_failed_only_with_breaker_or_alarms() -> None:
    view = given(a_service(deployments=(a_deployment(1, rollout_state="IN_PROGRESS"),)))
    failing = a_deployment(1, rollout_state="IN_PROGRESS", failed_tasks=50, failed_starts=50)
    assert published(view, with_deployments(view, failing)) == []
    failed = a_deployment(1, rollout_state="FAILED")
    (event,) = published(view, with_deployments(view, failed))
    assert event["detail"]["eventName"] == "SERVICE_DEPLOYMENT_FAILED"


def test_task_sets_have_no_deployment_events() -> None:
    service = a_service(deployment_controller="EXTERNAL")
    assert published(given(), lambda tx: tx.put(SERVICES, service)) == []


@pytest.mark.parametrize(
    ("status", "name", "kind"),
    [
        ("AWAITING_ACTION", "HOOK_AWAITING_ACTION", "INFO"),
        ("SUCCEEDED", "HOOK_SUCCEEDED", "INFO"),
        ("FAILED", "HOOK_FAILED", "ERROR"),
        ("TIMED_OUT", "HOOK_TIMED_OUT", "ERROR"),
    ],
)
def test_a_hook_event_is_whole(status: str, name: str, kind: str) -> None:
    arn = an_arn("service-deployment/default/web/abc")
    hook = HookRun(
        hook_id="ecs-pause-1",
        stage="POST_SCALE_UP",
        status="IN_PROGRESS",
        started_at=NOW,
        expires_at=later(60),
    )
    record = ServiceDeployment(
        arn=arn,
        service_arn=service_arn(),
        cluster_arn=cluster_arn(),
        created_at=NOW,
        hooks=(hook,),
    )
    view = given(record)
    news = msgspec.structs.replace(record, hooks=(msgspec.structs.replace(hook, status=status),))
    (event,) = published(view, lambda tx: tx.put(SERVICE_DEPLOYMENTS, news))
    assert (event["detail-type"], event["resources"]) == ("ECS Hook State Change", [arn])
    assert event["detail"] == {
        "eventType": kind,
        "eventName": name,
        "hookId": "ecs-pause-1",
        "hookType": "PAUSE",
        "expiresAt": "2026-03-01T12:01:00.000Z",
        "lifecycleStage": "POST_SCALE_UP",
        "clusterArn": cluster_arn(),
        "serviceArn": service_arn(),
        "serviceDeploymentArn": arn,
        "updatedAt": "2026-03-01T12:00:00.000Z",
    }
    steady = msgspec.structs.replace(news, status="IN_PROGRESS")
    assert published(view, lambda tx: tx.put(SERVICE_DEPLOYMENTS, steady)) == []
