"""DeleteService, as boto3 sees it."""

from typing import Any

import pytest
from services import agents_work, refusal_of, register_web, the_service


@pytest.fixture
def service_arn(ecs: Any, server: Any, cluster: str, register_instances: Any) -> str:
    """A service `web` with two RUNNING tasks."""
    register_instances()
    register_web(ecs)
    answer = ecs.create_service(
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        tags=[{"key": "team", "value": "web"}],
    )
    server.settle()
    arn: str = answer["service"]["serviceArn"]
    agents_work(server, arn)
    return arn


def test_a_service_that_wants_tasks_is_deleted_only_by_force(ecs: Any, service_arn: str) -> None:
    assert refusal_of(ecs.delete_service, service="web") == (
        "InvalidParameterException",
        "The service cannot be stopped while it is scaled above 0.",
    )
    assert the_service(ecs)["status"] == "ACTIVE"


def test_delete_returns_draining(ecs: Any, server: Any, service_arn: str) -> None:
    deleted = ecs.delete_service(service="web", force=True)["service"]
    assert (deleted["status"], deleted["desiredCount"]) == ("DRAINING", 0)
    server.settle()
    assert the_service(ecs)["status"] == "INACTIVE"
    agents_work(server, service_arn)
    tasks = ecs.list_tasks(desiredStatus="STOPPED")["taskArns"]
    stopped = ecs.describe_tasks(tasks=tasks)["tasks"]
    assert {task["stopCode"] for task in stopped} == {"ServiceSchedulerInitiated"}


def test_console_delete_scales_to_zero_first(ecs: Any, server: Any, service_arn: str) -> None:
    ecs.update_service(service="web", desiredCount=0)
    server.settle()
    assert ecs.delete_service(service="web")["service"]["status"] == "INACTIVE"


def test_draining_not_listed_but_described(ecs: Any, server: Any, service_arn: str) -> None:
    ecs.delete_service(service=service_arn, force=True)
    assert ecs.list_services()["serviceArns"] == []
    assert the_service(ecs)["serviceArn"] == service_arn


def test_SV_43_its_tags_and_revisions_go_with_it(ecs: Any, server: Any, service_arn: str) -> None:
    ecs.delete_service(service="web", force=True)
    server.settle()
    service = the_service(ecs)
    assert (service["tags"], service["currentServiceRevisions"]) == ([], [])


def test_inactive_eventually_missing(ecs: Any, server: Any, service_arn: str) -> None:
    ecs.delete_service(service="web", force=True)
    server.settle()
    server.advance(3601)
    answer = ecs.describe_services(services=["web"])
    assert answer["services"] == []
    assert answer["failures"] == [{"arn": service_arn, "reason": "MISSING"}]


def test_an_unknown_service_is_refused(ecs: Any, cluster: str) -> None:
    expected = ("ServiceNotFoundException", "Service not found.")
    assert refusal_of(ecs.delete_service, service="nobody") == expected


def test_an_inactive_service_is_not_found(ecs: Any, server: Any, service_arn: str) -> None:
    ecs.delete_service(service="web", force=True)
    server.settle()
    assert refusal_of(ecs.delete_service, service="web")[0] == "ServiceNotFoundException"


def test_a_service_named_by_nonsense_is_refused(ecs: Any, cluster: str) -> None:
    assert refusal_of(ecs.delete_service, service="a b")[0] == "InvalidParameterException"


def test_an_unknown_cluster_is_refused(ecs: Any) -> None:
    refusal = refusal_of(ecs.delete_service, service="web", cluster="nowhere")
    assert refusal[0] == "ClusterNotFoundException"
