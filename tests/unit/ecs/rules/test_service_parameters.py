"""What a service may be told: by its controller, its strategy, and for its zones."""

from typing import Any

import pytest

from given import a_service
from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.service_parameters.controllers import (
    check_code_deploy_update,
    check_controlled_configuration,
    configuration_defaults,
)
from roadstead.ecs.rules.service_parameters.rebalancing import (
    checked_rebalancing,
    why_not_rebalanced,
)
from roadstead.ecs.rules.task_protection import checked_minutes
from roadstead.ecs.rules.task_set import checked_scale

ZONES_FIRST = (
    {"type": "spread", "field": "attribute:ecs.availability-zone"},
    {"type": "binpack", "field": "cpu"},
)
IN_A_ZONE = {
    "type": "memberOf",
    "expression": "attribute:ecs.availability-zone in [us-east-1a, us-east-1b]",
}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, ""),
        ({"placement_strategy": ZONES_FIRST}, ""),
        ({"placement_constraints": ({"type": "distinctInstance"},)}, ""),
        ({"scheduling_strategy": "DAEMON"}, "the scheduling strategy is DAEMON"),
        ({"deployment_controller": "EXTERNAL"}, "the deployment controller is EXTERNAL"),
        ({"deployment_controller": "CODE_DEPLOY"}, "the deployment controller is CODE_DEPLOY"),
        ({"launch_type": "EXTERNAL"}, "the launch type is EXTERNAL"),
        ({"maximum_percent": 100}, "maximumPercent is 100"),
        (
            {"placement_strategy": ZONES_FIRST[::-1]},
            "the first placement strategy is not spread over attribute:ecs.availability-zone",
        ),
        (
            {"placement_constraints": (IN_A_ZONE,)},
            "a placement constraint names ecs.availability-zone",
        ),
    ],
)
def test_eligibility(fields: dict[str, Any], problem: str) -> None:
    service = a_service(**fields)
    assert why_not_rebalanced(service) == problem
    assert checked_rebalancing(None, service, ()) == ("DISABLED" if problem else "ENABLED")
    assert checked_rebalancing("DISABLED", service, ()) == "DISABLED"
    if problem:
        with pytest.raises(ApiError, match=f"InvalidParameterException: .*{problem}"):
            checked_rebalancing("ENABLED", service, ())
    else:
        assert checked_rebalancing("ENABLED", service, ()) == "ENABLED"


def test_eligibility_ends_with_a_constraint_of_the_definition() -> None:
    assert checked_rebalancing(None, a_service(), (IN_A_ZONE,)) == "DISABLED"


@pytest.mark.parametrize(
    ("request_", "what"),
    [
        ({"taskDefinition": "web:2"}, "update task definition"),
        ({"networkConfiguration": {"awsvpcConfiguration": {}}}, "update network parameters"),
        ({"platformVersion": "LATEST"}, "update platform version"),
        ({"loadBalancers": [{}]}, "update load balancers"),
        ({"forceNewDeployment": True}, "force a new deployment"),
    ],
)
def test_code_deploy_update_limited(request_: dict[str, Any], what: str) -> None:
    """No such service can be created yet: they need load balancers."""
    with pytest.raises(ApiError) as refusal:
        check_code_deploy_update(request_)
    assert refusal.value.code == "InvalidParameterException"
    assert refusal.value.message == (
        f"Unable to {what} on services with a CODE_DEPLOY deployment controller. Use AWS "
        "CodeDeploy to trigger a new deployment."
    )


def test_code_deploy_update_limited_to_numbers_placement_and_tags() -> None:
    check_code_deploy_update(
        {
            "desiredCount": 1,
            "deploymentConfiguration": {"minimumHealthyPercent": 50},
            "healthCheckGracePeriodSeconds": 1,
            "placementConstraints": [],
            "placementStrategy": [{"type": "random"}],
            "enableECSManagedTags": True,
            "propagateTags": "SERVICE",
        }
    )


@pytest.mark.parametrize(
    "configuration",
    [
        {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        {"alarms": {"alarmNames": ["a"], "enable": True, "rollback": False}},
        {"earlySuccessCriteria": {"enable": True}},
        {"strategy": "BLUE_GREEN"},
        {"lifecycleHooks": [{"targetType": "PAUSE"}]},
    ],
)
@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "EXTERNAL"])
def test_what_only_ecs_deployments_have_is_refused_elsewhere(
    configuration: dict[str, Any], controller: str
) -> None:
    with pytest.raises(ApiError, match="InvalidParameterException: "):
        check_controlled_configuration(controller, configuration)
    check_controlled_configuration("ECS", configuration)


def test_percentages_are_code_deploys_but_not_externals_to_choose() -> None:
    check_controlled_configuration("CODE_DEPLOY", {"minimumHealthyPercent": 50})
    check_controlled_configuration("EXTERNAL", {"maximumPercent": 200})
    check_controlled_configuration("EXTERNAL", None)
    with pytest.raises(ApiError, match="minimumHealthyPercent cannot be chosen"):
        check_controlled_configuration("EXTERNAL", {"minimumHealthyPercent": 50})


def test_a_daemon_service_stops_before_it_starts() -> None:
    defaults = configuration_defaults("DAEMON")
    assert (defaults["minimumHealthyPercent"], defaults["maximumPercent"]) == (0, 100)
    assert configuration_defaults("REPLICA")["maximumPercent"] == 200


def test_a_scale_is_a_percentage() -> None:
    assert checked_scale(None) == checked_scale({"unit": "PERCENT"}) == 0.0
    assert checked_scale({"value": 33.3}) == 33.3
    for scale in ({"value": 100.1}, {"value": float("nan")}, {"value": 1.0, "unit": "COUNT"}):
        with pytest.raises(ApiError, match="InvalidParameterException: "):
            checked_scale(scale)


def test_protection_lasts_two_hours_unless_said_otherwise() -> None:
    assert [checked_minutes(each) for each in (None, 1, 2880)] == [120, 1, 2880]
    for minutes in (0, 2881):
        with pytest.raises(ApiError, match="expiresInMinutes must be between 1 and 2880"):
            checked_minutes(minutes)
