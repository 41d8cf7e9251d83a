"""ListServices, as boto3 sees it."""

from typing import Any

import pytest
from services import refusal_of, register_web


@pytest.fixture
def arns(ecs: Any, cluster: str) -> list[str]:
    """The ARNs of twelve services, in order."""
    register_web(ecs)
    return sorted(
        ecs.create_service(serviceName=f"s{number:02}", taskDefinition="web", desiredCount=0)[
            "service"
        ]["serviceArn"]
        for number in range(12)
    )


def test_list_services(ecs: Any, arns: list[str]) -> None:
    first = ecs.list_services()
    assert first["serviceArns"] == arns[:10]
    last = ecs.list_services(nextToken=first["nextToken"])
    assert last["serviceArns"] == arns[10:]
    assert "nextToken" not in last
    assert ecs.list_services(maxResults=100)["serviceArns"] == arns


def test_the_paginator_finds_all(ecs: Any, arns: list[str]) -> None:
    pages = ecs.get_paginator("list_services").paginate(PaginationConfig={"PageSize": 5})
    assert [arn for page in pages for arn in page["serviceArns"]] == arns


def test_only_active_services_are_listed(ecs: Any, arns: list[str]) -> None:
    ecs.delete_service(service=arns[0])
    assert ecs.list_services(maxResults=100)["serviceArns"] == arns[1:]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"launchType": "EC2"}, 12),
        ({"launchType": "FARGATE"}, 0),
        ({"schedulingStrategy": "REPLICA"}, 12),
        ({"schedulingStrategy": "DAEMON"}, 0),
        ({"resourceManagementType": "CUSTOMER"}, 12),
        ({"resourceManagementType": "ECS"}, 0),
    ],
)
def test_filters(ecs: Any, arns: list[str], filters: dict[str, str], found: int) -> None:
    assert len(ecs.list_services(maxResults=100, **filters)["serviceArns"]) == found


def test_another_clusters_services_are_not_listed(ecs: Any, arns: list[str]) -> None:
    ecs.create_cluster(clusterName="other")
    assert ecs.list_services(cluster="other")["serviceArns"] == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"maxResults": 0},
        {"maxResults": 101},
        {"nextToken": "made up"},
        {"launchType": "MOON"},
        {"schedulingStrategy": "CRON"},
        {"resourceManagementType": "ME"},
        {"cluster": "a b"},
    ],
)
def test_a_parameter_that_is_not_valid_is_refused(
    ecs: Any, cluster: str, parameters: dict[str, Any]
) -> None:
    assert refusal_of(ecs.list_services, **parameters)[0] == "InvalidParameterException"


def test_a_token_of_another_filter_is_refused(ecs: Any, arns: list[str]) -> None:
    token = ecs.list_services()["nextToken"]
    refusal = refusal_of(ecs.list_services, nextToken=token, launchType="EC2")
    assert refusal[0] == "InvalidParameterException"


def test_an_unknown_cluster_is_refused(ecs: Any) -> None:
    assert refusal_of(ecs.list_services, cluster="nowhere")[0] == "ClusterNotFoundException"
