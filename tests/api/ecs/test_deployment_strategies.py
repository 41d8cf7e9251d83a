"""Strategies and the circuit breaker as boto3 sees them: who may have them, and what they do."""

from typing import Any

import pytest
from reports import stopped
from services import refusal_of, register_web, the_service
from staged import STAGED, a_service, described, roll_out, work

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@pytest.fixture(autouse=True)
def instances(cluster: str, register_instances: Any) -> list[str]:
    arns: list[str] = register_instances(2)
    return arns


def fail(ecs: Any, server: Any) -> None:
    """Every task of the newest deployment ends before it runs, until the circuit breaker trips."""
    failing = the_service(ecs)["deployments"][0]["id"]
    for _ in range(5):
        for task in ecs.list_tasks(startedBy=failing)["taskArns"]:
            stopped(ecs, task, exit_code=1)
        server.advance(30)


@pytest.mark.parametrize("strategy", [{}, {**STAGED, "lifecycleHooks": []}])
def test_only_rolling_ECS(ecs: Any, server: Any, strategy: dict[str, Any]) -> None:
    before = a_service(ecs, server)
    arn = roll_out(ecs, server, **BREAKER, **strategy)
    assert described(ecs, arn)["deploymentCircuitBreaker"]["status"] == "MONITORING"
    fail(ecs, server)
    ended = described(ecs, arn)
    assert ended["status"] == "ROLLBACK_SUCCESSFUL"
    assert ended["deploymentCircuitBreaker"]["status"] == "TRIGGERED"
    service = the_service(ecs)
    assert service["taskDefinition"] == before["taskDefinition"]
    messages = [each["message"] for each in service["events"]]
    assert any("deployment failed: tasks failed to start." in each for each in messages)
    assert any("rolling back to deployment ecs-svc/" in each for each in messages)


@pytest.mark.parametrize("configuration", [BREAKER, STAGED])
def test_external_services_have_neither(ecs: Any, configuration: dict[str, Any]) -> None:
    code, _ = refusal_of(
        ecs.create_service,
        serviceName="web",
        deploymentController={"type": "EXTERNAL"},
        desiredCount=1,
        deploymentConfiguration=configuration,
    )
    assert code == "InvalidParameterException"


@pytest.mark.parametrize(
    "configuration",
    [
        {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0},
        {"strategy": "LINEAR"},
        {"bakeTimeInMinutes": 1},
        {"lifecycleHooks": STAGED["lifecycleHooks"]},
    ],
)
def test_daemon_services_are_rolled_out_in_one_way_only(
    ecs: Any, configuration: dict[str, Any]
) -> None:
    register_web(ecs)
    code, message = refusal_of(
        ecs.create_service,
        serviceName="web",
        taskDefinition="web",
        schedulingStrategy="DAEMON",
        deploymentConfiguration=configuration,
    )
    assert code == "InvalidParameterException"
    assert "ROLLING" in message


@pytest.mark.parametrize(
    "configuration",
    [
        {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 50.0}},
        {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 25.0}},
    ],
)
def test_a_strategy_is_shown_with_its_defaults_and_carried_out(
    ecs: Any, server: Any, configuration: dict[str, Any]
) -> None:
    a_service(ecs, server)
    arn = roll_out(ecs, server, **configuration)
    shown = the_service(ecs)["deploymentConfiguration"]
    (member,) = (name for name in configuration if name != "strategy")
    assert shown["strategy"] == configuration["strategy"]
    assert len(shown[member]) == 2
    work(ecs, server)
    target = described(ecs, arn)["targetServiceRevision"]
    assert target["requestedProductionTrafficWeight"] == next(iter(configuration[member].values()))
    server.advance(600)
    assert described(ecs, arn)["status"] == "SUCCESSFUL"
