"""UpdateTaskSet and UpdateServicePrimaryTaskSet, as boto3 sees them."""

from typing import Any

import pytest
from services import agents_work, refusal_of, register_web, the_service
from task_sets import create, described, external_service, made_primary, scaled


@pytest.fixture
def service(ecs: Any, cluster: str) -> dict[str, Any]:
    """An EXTERNAL service `web` that wants 4 tasks."""
    return external_service(ecs)


def test_update_task_set_scale_only(
    ecs: Any, server: Any, service: dict[str, Any], register_instances: Any
) -> None:
    register_instances(2)
    before = create(ecs, 100)
    server.settle()
    agents_work(server, service["serviceArn"])
    after = scaled(ecs, before["taskSetArn"], 50)
    assert (after["scale"]["value"], after["computedDesiredCount"]) == (50.0, 2)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed <= {
        "scale",
        "computedDesiredCount",
        "updatedAt",
        "runningCount",
        "stabilityStatus",
        "stabilityStatusAt",
    }
    server.settle()
    server.advance(41)
    agents_work(server, service["serviceArn"])
    (shown,) = described(ecs)
    assert (shown["runningCount"], shown["stabilityStatus"]) == (2, "STEADY_STATE")
    members = ecs.meta.service_model.operation_model("UpdateTaskSet").input_shape.members
    assert set(members) == {"cluster", "service", "taskSet", "scale"}


def test_desiredCount_update_rescales_all_sets(ecs: Any, service: dict[str, Any]) -> None:
    create(ecs, 100)
    create(ecs, 30)
    ecs.update_service(service="web", desiredCount=11)
    assert [each["computedDesiredCount"] for each in described(ecs)] == [11, 4]
    ecs.update_service(service="web", desiredCount=0)
    assert [each["computedDesiredCount"] for each in described(ecs)] == [0, 0]


def test_update_primary_copies_to_service(ecs: Any, service: dict[str, Any]) -> None:
    newer = register_web(ecs)
    first, second = create(ecs, 100)["id"], create(ecs, 100, taskDefinition="web:2")["id"]
    assert "taskDefinition" not in the_service(ecs)
    assert made_primary(ecs, first)["status"] == "PRIMARY"
    assert the_service(ecs)["taskDefinition"].endswith("web:1")
    made_primary(ecs, second)
    assert the_service(ecs)["taskDefinition"] == newer
    assert [(each["id"], each["status"]) for each in described(ecs)] == [
        (first, "ACTIVE"),
        (second, "PRIMARY"),
    ]
    made_primary(ecs, second)
    assert [each["status"] for each in described(ecs)] == ["ACTIVE", "PRIMARY"]


def test_a_set_that_is_being_deleted_can_be_neither_scaled_nor_primary(
    ecs: Any, server: Any, service: dict[str, Any], register_instances: Any
) -> None:
    register_instances(2)
    identifier = create(ecs, 100)["id"]
    server.settle()
    agents_work(server, service["serviceArn"])
    ecs.delete_task_set(cluster="default", service="web", taskSet=identifier, force=True)
    for call in (lambda: scaled(ecs, identifier, 10), lambda: made_primary(ecs, identifier)):
        code, message = refusal_of(call)
        assert code == "InvalidParameterException"
        assert "is DRAINING" in message


@pytest.mark.parametrize(
    ("scale", "said"),
    [
        ({"value": 101.0, "unit": "PERCENT"}, "scale.value must be between 0.0 and 100.0"),
        ({"value": 1.0, "unit": "COUNT"}, "scale.unit should be PERCENT"),
    ],
)
def test_a_scale_that_is_not_valid_is_refused(
    ecs: Any, service: dict[str, Any], scale: dict[str, Any], said: str
) -> None:
    where = {"cluster": "default", "service": "web", "taskSet": create(ecs)["id"]}
    code, message = refusal_of(ecs.update_task_set, **where, scale=scale)
    assert code == "InvalidParameterException"
    assert said in message


def test_an_arn_of_another_services_set_is_refused(ecs: Any, service: dict[str, Any]) -> None:
    external_service(ecs, name="other")
    arn = create(ecs, service="other")["taskSetArn"]
    code, message = refusal_of(scaled, ecs, arn, 10)
    assert code == "InvalidParameterException"
    assert "is no task set of the service web in the cluster default" in message
