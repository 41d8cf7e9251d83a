"""What is said of a service between its deletion and the end of its tasks."""

import pytest

from given import (
    a_call,
    a_cluster,
    a_family,
    a_service,
    a_task,
    a_task_definition,
    an_instance,
    given,
    service_arn,
)
from roadstead.aws.errors import ApiError
from roadstead.ecs.operations.services.create import create_service
from roadstead.ecs.operations.services.delete import delete_service
from roadstead.ecs.operations.services.describe import describe_services
from roadstead.ecs.operations.services.listing import list_services
from roadstead.ecs.operations.services.update import update_service
from roadstead.state.view import Tx


def a_draining_service() -> Tx:
    view = given(
        a_cluster(),
        an_instance(),
        a_family(),
        a_task_definition(),
        a_service(status="DRAINING", desired_count=0),
        a_task(service="web"),
    )
    return Tx(view)


def test_create_while_draining() -> None:
    request = {"serviceName": "web", "taskDefinition": "web", "desiredCount": 1}
    with pytest.raises(ApiError, match="Unable to Start a service that is still Draining\\."):
        create_service(a_draining_service(), a_call(), request)


def test_update_unknown_while_it_drains() -> None:
    with pytest.raises(ApiError, match=r"ServiceNotActiveException: Service was not ACTIVE\."):
        update_service(a_draining_service(), a_call(), {"service": "web", "desiredCount": 1})


def test_deleting_it_again_changes_nothing() -> None:
    tx = a_draining_service()
    answer = delete_service(tx, a_call(), {"service": "web", "force": True})
    assert answer["service"]["status"] == "DRAINING"
    assert tx.changes() == []


def test_draining_not_listed_but_described() -> None:
    view = a_draining_service()
    described = describe_services(view, a_call(), {"services": ["web"]})
    assert [each["serviceArn"] for each in described["services"]] == [service_arn()]
    assert list_services(view, a_call(), {}) == {"serviceArns": []}
