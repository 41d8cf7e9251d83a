"""ListServiceDeployments, as boto3 sees it."""

from datetime import timedelta
from typing import Any

import pytest
from services import refusal_of
from staged import a_service, roll_out, work


@pytest.fixture(autouse=True)
def instances(cluster: str, register_instances: Any) -> list[str]:
    arns: list[str] = register_instances(2)
    return arns


def listed(ecs: Any, **parameters: Any) -> list[str]:
    answer = ecs.list_service_deployments(service="web", **parameters)
    return [each["serviceDeploymentArn"] for each in answer["serviceDeployments"]]


def test_list(ecs: Any, server: Any) -> None:
    a_service(ecs, server)
    server.advance(10)
    second = roll_out(ecs, server)
    server.advance(10)
    third = roll_out(ecs, server)
    found = ecs.list_service_deployments(service="web")["serviceDeployments"]
    assert [each["serviceDeploymentArn"] for each in found][:2] == [third, second]
    assert [each["status"] for each in found] == ["IN_PROGRESS", "STOPPED", "SUCCESSFUL"]
    assert "finishedAt" not in found[0]
    assert found[0]["targetServiceRevisionArn"]
    assert found[1]["statusReason"]
    assert listed(ecs, status=["STOPPED"]) == [second]
    assert listed(ecs, status=["STOPPED", "IN_PROGRESS"]) == [third, second]
    before, after = (found[1]["createdAt"] + timedelta(seconds=each) for each in (-5, 5))
    assert listed(ecs, createdAt={"after": before}) == [third, second]
    assert listed(ecs, createdAt={"before": before}) == [found[2]["serviceDeploymentArn"]]
    assert listed(ecs, createdAt={"before": after, "after": before}) == [second]


def test_pages_follow_each_other(ecs: Any, server: Any) -> None:
    a_service(ecs, server)
    for _ in range(4):
        roll_out(ecs, server)
        server.advance(1)
    whole = listed(ecs)
    assert len(whole) == 5
    token: dict[str, str] = {}
    found: list[str] = []
    while True:
        answer = ecs.list_service_deployments(service="web", maxResults=2, **token)
        found += [each["serviceDeploymentArn"] for each in answer["serviceDeployments"]]
        if "nextToken" not in answer:
            break
        token = {"nextToken": answer["nextToken"]}
    assert found == whole


def test_a_deleted_service_has_none(ecs: Any, server: Any) -> None:
    a_service(ecs, server)
    ecs.delete_service(service="web", force=True)
    work(ecs, server)
    assert refusal_of(listed, ecs)[0] == "ServiceNotFoundException"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"cluster": "nowhere"}, "ClusterNotFoundException"),
        ({"service": "nothing"}, "ServiceNotFoundException"),
        ({"status": ["DONE"]}, "InvalidParameterException"),
        ({"maxResults": 0}, "InvalidParameterException"),
        ({"maxResults": 101}, "InvalidParameterException"),
        ({"nextToken": "else"}, "InvalidParameterException"),
    ],
)
def test_what_is_refused(ecs: Any, server: Any, parameters: dict[str, Any], code: str) -> None:
    a_service(ecs, server)
    refusal = refusal_of(ecs.list_service_deployments, **{"service": "web", **parameters})
    assert refusal[0] == code
