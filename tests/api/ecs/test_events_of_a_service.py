"""What the world hears while a service is created, settles, grows and loses an instance."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from services import agents_work, register_web

from api_server import ApiServer
from roadstead.ecs.records.event import EVENT_BATCHES
from roadstead.ecs.records.expiry import ALL
from roadstead.ecs.views.events import event_json

News = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def news(server: ApiServer) -> News:
    """What was published since it was last asked for."""
    read = [0]

    def new() -> list[dict[str, Any]]:
        view = server.plane.store.view
        found = []
        for batch in view.walk(EVENT_BATCHES, ALL, after=read[0]):
            found += [
                json.loads(event_json(view, batch, number))
                for number in range(batch.first, batch.last + 1)
            ]
            read[0] = batch.last
        return found

    return lambda: list(server.on_loop(new))


def told(events: list[dict[str, Any]]) -> list[str]:
    """Each event in a word or two."""
    said = []
    for event in events:
        detail = event["detail"]
        match event["detail-type"]:
            case "ECS Task State Change":
                said.append(f"task {detail['lastStatus']}/{detail['desiredStatus']}")
            case "ECS Container Instance State Change":
                said.append(f"instance {detail['status']}")
            case _:
                said.append(detail["eventName"])
    return said


@pytest.fixture
def service_arn(
    ecs: Any, server: ApiServer, cluster: str, register_instances: Any, news: News
) -> str:
    """A service `web` of two tasks that were just placed."""
    register_instances(2)
    register_web(ecs)
    assert set(told(news())) == {"instance ACTIVE"}
    answer = ecs.create_service(serviceName="web", taskDefinition="web", desiredCount=2)
    server.settle()
    return str(answer["service"]["serviceArn"])


def test_a_new_service_is_told_from_its_deployment_to_its_steady_state(
    server: ApiServer, service_arn: str, news: News
) -> None:
    created = told(news())
    assert created[0] == "SERVICE_DEPLOYMENT_IN_PROGRESS"
    assert sorted(created) == [
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "TASKS_STARTED",
        *["instance ACTIVE"] * 2,
        *["task PENDING/RUNNING"] * 2,
    ]
    agents_work(server, service_arn)
    assert told(news()) == ["task RUNNING/RUNNING"] * 2
    server.advance(41)
    assert sorted(told(news())) == ["SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_STEADY_STATE"]


def test_a_change_of_the_count_and_what_follows_is_told(
    ecs: Any, server: ApiServer, service_arn: str, news: News
) -> None:
    agents_work(server, service_arn)
    server.advance(41)
    news()
    ecs.update_service(service="web", desiredCount=1)
    server.settle()
    events = told(news())
    assert events[0] == "SERVICE_DESIRED_COUNT_UPDATED"
    assert sorted(events[1:]) == [
        "SERVICE_STEADY_STATE",
        "TASKS_STOPPED",
        "instance ACTIVE",
        "task RUNNING/STOPPED",
    ]


def test_a_deregistration_by_force_is_told_with_its_orphans(
    ecs: Any, server: ApiServer, service_arn: str, news: News
) -> None:
    agents_work(server, service_arn)
    server.advance(41)
    news()
    (arn, _) = ecs.list_container_instances()["containerInstanceArns"]
    ecs.deregister_container_instance(containerInstance=arn, force=True)
    events = news()
    assert told(events)[:2] == ["task STOPPED/STOPPED", "instance INACTIVE"]
    assert events[1]["resources"] == [arn]


def test_registering_a_task_definition_is_told_to_nobody(
    ecs: Any, server: ApiServer, news: News
) -> None:
    register_web(ecs)
    assert news() == []
