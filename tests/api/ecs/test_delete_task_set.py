"""DeleteTaskSet and DescribeTaskSets, as boto3 sees them; and the service that has task sets."""

from typing import Any

import pytest
from services import agents_work, refusal_of, the_service
from task_sets import create, described, external_service, made_primary, scaled


@pytest.fixture
def service(ecs: Any, cluster: str, register_instances: Any) -> dict[str, Any]:
    """An EXTERNAL service `web` that wants 4 tasks, and instances for them."""
    register_instances(2)
    return external_service(ecs)


def delete(ecs: Any, task_set: str, **parameters: Any) -> dict[str, Any]:
    where = {"cluster": "default", "service": "web", "taskSet": task_set}
    return dict(ecs.delete_task_set(**where, **parameters)["taskSet"])


def test_delete_task_set(ecs: Any, server: Any, service: dict[str, Any]) -> None:
    identifier = create(ecs, 100)["id"]
    server.settle()
    agents_work(server, service["serviceArn"])
    code, message = refusal_of(delete, ecs, identifier)
    assert code == "InvalidParameterException"
    assert "cannot be deleted while it is scaled above 0" in message
    gone = delete(ecs, identifier, force=True)
    assert (gone["status"], gone["computedDesiredCount"]) == ("DRAINING", 0)
    server.settle()
    (draining,) = described(ecs)
    assert draining["status"] == "DRAINING"  # its tasks were asked to stop and have not ended
    assert delete(ecs, identifier)["status"] == "DRAINING"
    agents_work(server, service["serviceArn"])
    server.settle()
    assert described(ecs) == []
    assert the_service(ecs)["taskSets"] == []


def test_delete_task_set_that_is_primary_is_refused(ecs: Any, service: dict[str, Any]) -> None:
    identifier = create(ecs)["id"]
    made_primary(ecs, identifier)
    code, message = refusal_of(delete, ecs, identifier, force=True)
    assert code == "InvalidParameterException"
    assert "is the PRIMARY one of its service" in message


def test_delete_task_set_that_is_scaled_to_none_needs_no_force(
    ecs: Any, server: Any, service: dict[str, Any]
) -> None:
    identifier = create(ecs, 10)["id"]
    scaled(ecs, identifier, 0)
    assert delete(ecs, identifier)["status"] == "DRAINING"
    server.settle()
    agents_work(server, service["serviceArn"])
    server.settle()
    assert described(ecs) == []


def test_the_other_sets_go_on(ecs: Any, server: Any, service: dict[str, Any]) -> None:
    first, second = create(ecs, 50)["id"], create(ecs, 50)["id"]
    server.settle()
    agents_work(server, service["serviceArn"])
    delete(ecs, first, force=True)
    server.settle()
    agents_work(server, service["serviceArn"])
    server.advance(41)
    assert [(each["id"], each["runningCount"]) for each in described(ecs)] == [(second, 2)]


def test_sets_are_described_by_id_and_arn_and_others_are_missing(
    ecs: Any, service: dict[str, Any]
) -> None:
    first, second = create(ecs), create(ecs)
    assert [each["id"] for each in described(ecs)] == [first["id"], second["id"]]
    answer = ecs.describe_task_sets(
        cluster="default",
        service="web",
        taskSets=[second["taskSetArn"], first["id"], "ecs-svc/1"],
    )
    assert [each["id"] for each in answer["taskSets"]] == [second["id"], first["id"]]
    missing = first["taskSetArn"].replace(first["id"], "ecs-svc/1")
    assert answer["failures"] == [{"arn": missing, "reason": "MISSING"}]


def test_an_unknown_field_and_nonsense_are_refused(ecs: Any, service: dict[str, Any]) -> None:
    where = {"cluster": "default", "service": "web"}
    code, _ = refusal_of(ecs.describe_task_sets, **where, include=["ALL"])
    assert code == "InvalidParameterException"
    arn = service["serviceArn"]
    code, _ = refusal_of(ecs.describe_task_sets, **where, taskSets=[arn])
    assert code == "InvalidParameterException"


def test_a_service_with_task_sets_is_deleted_by_force(
    ecs: Any, server: Any, service: dict[str, Any]
) -> None:
    create(ecs, 100)
    server.settle()
    agents_work(server, service["serviceArn"])
    ecs.update_service(service="web", desiredCount=0)
    server.settle()
    assert refusal_of(ecs.delete_service, service="web") == (
        "InvalidParameterException",
        "The service cannot be stopped while deployments are active.",
    )
    deleted = ecs.delete_service(service="web", force=True)["service"]
    assert [each["status"] for each in deleted["taskSets"]] in ([], ["DRAINING"])
    server.settle()
    shown = the_service(ecs)
    assert (shown["status"], shown["taskSets"]) == ("INACTIVE", [])


def test_a_service_with_running_task_sets_stops_them_all(
    ecs: Any, server: Any, service: dict[str, Any]
) -> None:
    create(ecs, 100)
    create(ecs, 50)
    server.settle()
    agents_work(server, service["serviceArn"])
    assert the_service(ecs)["runningCount"] == 6
    assert ecs.delete_service(service="web", force=True)["service"]["status"] == "DRAINING"
    server.settle()
    assert (the_service(ecs)["status"], the_service(ecs)["runningCount"]) == ("INACTIVE", 0)
    agents_work(server, service["serviceArn"])
    external = ecs.create_service(
        serviceName="web", desiredCount=1, deploymentController={"type": "EXTERNAL"}
    )["service"]
    assert (external["status"], external["taskSets"]) == ("ACTIVE", [])
