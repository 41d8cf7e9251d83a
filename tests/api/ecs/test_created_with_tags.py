"""Tags given to what creates something: all of it or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from registered import CONTAINER, register

from refusals import refused

RESERVED = [{"key": "AWS:mine", "value": "x"}]


def cluster_with(ecs: Any) -> Callable[..., Any]:
    return lambda **tags: ecs.create_cluster(clusterName="new", **tags)


def definition_with(ecs: Any) -> Callable[..., Any]:
    return lambda **tags: ecs.register_task_definition(
        family="new", containerDefinitions=[CONTAINER], **tags
    )


def tasks_with(ecs: Any) -> Callable[..., Any]:
    return lambda **tags: ecs.run_task(taskDefinition="web", **tags)


def service_with(ecs: Any) -> Callable[..., Any]:
    return lambda **tags: ecs.create_service(
        serviceName="new", taskDefinition="web", desiredCount=0, **tags
    )


def instance_with(ecs: Any) -> Callable[..., Any]:
    return lambda **tags: ecs.register_container_instance(**tags)


def everything(ecs: Any) -> list[Any]:
    return [
        ecs.list_clusters()["clusterArns"],
        ecs.list_task_definition_families()["families"],
        ecs.list_tasks()["taskArns"],
        ecs.list_services()["serviceArns"],
        ecs.list_container_instances()["containerInstanceArns"],
    ]


@pytest.mark.parametrize(
    "made_by", [cluster_with, definition_with, tasks_with, service_with, instance_with]
)
def test_TG_06_what_cannot_be_tagged_is_not_created(
    ecs: Any, cluster: str, register_instances: Any, made_by: Callable[[Any], Callable[..., Any]]
) -> None:
    register_instances()
    register(ecs)
    before = everything(ecs)
    code, message = refused(made_by(ecs), tags=RESERVED)
    assert (code, message.partition(":")[0]) == ("InvalidParameterException", "Tag key 'AWS")
    assert everything(ecs) == before
    made_by(ecs)(tags=[{"key": "team", "value": "web"}])
    assert everything(ecs) != before


def test_TK_81_a_services_tasks_get_its_tags_and_the_managed_ones_at_creation_only(
    ecs: Any, server: Any, cluster: str, register_instances: Any
) -> None:
    register_instances()
    register(ecs)
    team = {"key": "team", "value": "web"}
    service = ecs.create_service(
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        tags=[team],
        propagateTags="SERVICE",
        enableECSManagedTags=True,
    )["service"]
    server.settle()
    ecs.tag_resource(resourceArn=service["serviceArn"], tags=[{"key": "late", "value": ""}])
    (arn,) = ecs.list_tasks()["taskArns"]
    (task,) = ecs.describe_tasks(tasks=[arn], include=["TAGS"])["tasks"]
    assert task["tags"] == [
        team,
        {"key": "aws:ecs:clusterName", "value": "default"},
        {"key": "aws:ecs:serviceName", "value": "web"},
    ]


def test_TG_07_a_task_that_ended_has_no_tags(
    ecs: Any, cluster: str, register_instances: Any
) -> None:
    register_instances()
    register(ecs)
    (task,) = ecs.run_task(taskDefinition="web", tags=[{"key": "a", "value": "b"}])["tasks"]
    report = {"containerName": "app", "status": "STOPPED", "exitCode": 0}
    ecs.submit_task_state_change(task=task["taskArn"], status="STOPPED", containers=[report])
    assert ecs.list_tags_for_resource(resourceArn=task["taskArn"])["tags"] == []
