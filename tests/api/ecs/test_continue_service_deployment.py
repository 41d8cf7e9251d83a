"""ContinueServiceDeployment, as boto3 sees it."""

from typing import Any

import pytest
from services import refusal_of
from staged import described, paused, work

MISSING = "arn:aws:ecs:us-east-1:123456789012:service-deployment/default/web/aaaaaaaaaaaaaaaaaaaaa"


@pytest.fixture(autouse=True)
def instances(cluster: str, register_instances: Any) -> list[str]:
    arns: list[str] = register_instances(2)
    return arns


@pytest.mark.parametrize(
    ("action", "hook_status", "status"),
    [
        ({}, "SUCCEEDED", "SUCCESSFUL"),
        ({"action": "CONTINUE"}, "SUCCEEDED", "SUCCESSFUL"),
        ({"action": "ROLLBACK"}, "FAILED", "ROLLBACK_SUCCESSFUL"),
    ],
)
def test_a_deployment_that_waits_goes_on_or_back(
    ecs: Any, server: Any, action: dict[str, str], hook_status: str, status: str
) -> None:
    arn, hook = paused(ecs, server)
    answer = ecs.continue_service_deployment(serviceDeploymentArn=arn, hookId=hook, **action)
    assert answer["serviceDeploymentArn"] == arn
    for _ in range(3):
        work(ecs, server)
    ended = described(ecs, arn)
    assert (ended["status"], ended["lifecycleHookDetails"][0]["status"]) == (status, hook_status)


def test_a_hook_is_answered_once(ecs: Any, server: Any) -> None:
    arn, hook = paused(ecs, server)
    asked = {"serviceDeploymentArn": arn, "hookId": hook}
    ecs.continue_service_deployment(**asked)
    code, message = refusal_of(ecs.continue_service_deployment, **asked)
    assert code == "InvalidParameterException"
    assert "SUCCEEDED" in message


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"serviceDeploymentArn": MISSING}, "ServiceDeploymentNotFoundException"),
        ({"serviceDeploymentArn": "web"}, "InvalidParameterException"),
        ({"hookId": "ecs-pause-none"}, "InvalidParameterException"),
        ({"action": "SHRUG"}, "InvalidParameterException"),
    ],
)
def test_what_is_refused(ecs: Any, server: Any, parameters: dict[str, Any], code: str) -> None:
    arn, hook = paused(ecs, server)
    asked = {"serviceDeploymentArn": arn, "hookId": hook, **parameters}
    assert refusal_of(ecs.continue_service_deployment, **asked)[0] == code
