"""DescribeServiceDeployments, as boto3 sees it."""

import re
from typing import Any

import pytest
from services import refusal_of, the_service
from staged import STAGED, a_service, described, roll_out, work

MISSING = "arn:aws:ecs:us-east-1:123456789012:service-deployment/default/web/aaaaaaaaaaaaaaaaaaaaa"


@pytest.fixture(autouse=True)
def instances(cluster: str, register_instances: Any) -> list[str]:
    arns: list[str] = register_instances(2)
    return arns


def test_service_currentServiceDeployment_while_one_is_under_way(ecs: Any, server: Any) -> None:
    before = a_service(ecs, server)
    assert "currentServiceDeployment" not in before
    arn = roll_out(ecs, server)
    name = r"arn:aws:ecs:us-east-1:123456789012:service-deployment/default/web/[A-Za-z0-9_-]{21}"
    assert re.fullmatch(name, arn)
    under_way = described(ecs, arn)
    assert (under_way["status"], under_way["serviceDeploymentArn"]) == ("IN_PROGRESS", arn)
    assert under_way["deploymentCircuitBreaker"] == {
        "status": "DISABLED",
        "failureCount": 0,
        "threshold": 3,
    }
    target, source = the_service(ecs)["currentServiceRevisions"]
    assert under_way["targetServiceRevision"] == target | {
        "requestedTaskCount": 2,
        "runningTaskCount": 0,
        "pendingTaskCount": 2,
    }
    assert under_way["sourceServiceRevisions"] == [source]
    work(ecs, server)
    done = described(ecs, arn)
    assert done["status"] == "SUCCESSFUL"
    assert done["createdAt"] <= done["startedAt"] <= done["finishedAt"] == done["updatedAt"]
    assert done["targetServiceRevision"]["runningTaskCount"] == 2
    assert [each["requestedTaskCount"] for each in done["sourceServiceRevisions"]] == [0]
    assert "currentServiceDeployment" not in the_service(ecs)


def test_a_deployment_with_stages_shows_them_with_traffic_and_hooks(ecs: Any, server: Any) -> None:
    a_service(ecs, server)
    arn = roll_out(ecs, server, **STAGED)
    assert described(ecs, arn)["lifecycleStage"] == "SCALE_UP"
    work(ecs, server)
    shown = described(ecs, arn)
    assert shown["lifecycleStage"] == "POST_SCALE_UP"
    (hook,) = shown["lifecycleHookDetails"]
    assert hook.pop("expiresAt") > shown["startedAt"]
    assert hook.pop("hookId").startswith("ecs-pause-")
    assert hook == {
        "targetType": "PAUSE",
        "status": "AWAITING_ACTION",
        "timeoutAction": "ROLLBACK",
    }
    assert shown["targetServiceRevision"]["requestedProductionTrafficWeight"] == 0.0
    (source,) = shown["sourceServiceRevisions"]
    assert source["requestedProductionTrafficWeight"] == 100.0
    assert shown["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"


def test_monitors_status_of_alarms_that_are_not_looked_at(ecs: Any, server: Any) -> None:
    a_service(ecs, server)
    alarms = {"alarmNames": ["errors"], "enable": False, "rollback": False}
    assert described(ecs, roll_out(ecs, server, alarms=alarms))["alarms"] == {
        "status": "DISABLED",
        "alarmNames": ["errors"],
        "triggeredAlarmNames": [],
    }


def test_what_is_not_there_is_a_failure(ecs: Any, server: Any) -> None:
    a_service(ecs, server)
    answer = ecs.describe_service_deployments(serviceDeploymentArns=[MISSING])
    assert answer["serviceDeployments"] == []
    assert answer["failures"] == [{"arn": MISSING, "reason": "MISSING"}]


@pytest.mark.parametrize(
    "arns",
    [
        [],
        [MISSING] * 21,
        ["web"],
        [MISSING.replace("us-east-1", "us-east-2")],
        ["arn:aws:ecs:us-east-1:123456789012:service/default/web"],
    ],
)
def test_a_list_that_is_not_valid_is_refused(ecs: Any, arns: list[str]) -> None:
    code, _ = refusal_of(ecs.describe_service_deployments, serviceDeploymentArns=arns)
    assert code == "InvalidParameterException"
