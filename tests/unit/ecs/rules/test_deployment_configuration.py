"""What a deployment configuration may say, and what is refused with which words."""

from typing import Any

import pytest

from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.deployment.configuration import (
    CONFIGURATION_BYTES_MAX,
    DEFAULTS,
    has_bake,
    merged_configuration,
)
from roadstead.ecs.rules.deployment.hooks import pause_hooks

LAMBDA = {
    "targetType": "AWS_LAMBDA",
    "hookTargetArn": "arn:aws:lambda:us-east-1:123456789012:function:check",
    "roleArn": "arn:aws:iam::123456789012:role/hooks",
    "lifecycleStages": ["PRE_SCALE_UP"],
}
PAUSE = {"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}
EARLY = {"enable": True, "healthyPercent": 100, "sourceServiceRevisionCleanup": "DEFERRED"}
BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}


def merged(**given: Any) -> dict[str, Any]:
    return merged_configuration(DEFAULTS, given)


def refusal(**given: Any) -> tuple[str, str]:
    with pytest.raises(ApiError) as refused:
        merged(**given)
    return refused.value.code, refused.value.message


def invalid(**given: Any) -> str:
    code, message = refusal(**given)
    assert code == "InvalidParameterException"
    return message


def hooked(hook: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**BLUE_GREEN, "lifecycleHooks": [{**hook, **changes}]}


def test_defaults_are_those_of_a_rolling_update() -> None:
    assert merged() == DEFAULTS
    assert not has_bake(merged())


def test_linear_and_canary_get_their_defaults_and_lose_each_others() -> None:
    linear = merged(strategy="LINEAR")
    assert linear["linearConfiguration"] == {"stepPercent": 10.0, "stepBakeTimeInMinutes": 6}
    canary = merged_configuration(linear, {"strategy": "CANARY"})
    assert canary["canaryConfiguration"] == {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}
    assert "linearConfiguration" not in canary
    assert "canaryConfiguration" not in merged_configuration(canary, {"strategy": "ROLLING"})


@pytest.mark.parametrize(
    "given",
    [
        {"strategy": "GREEN"},
        {"strategy": "BLUE_GREEN"},
        {**BLUE_GREEN, "bakeTimeInMinutes": 1441},
        {**BLUE_GREEN, "bakeTimeInMinutes": -1},
        {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2.9}},
        {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 10.05}},
        {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 100.1}},
        {"strategy": "LINEAR", "linearConfiguration": {"stepBakeTimeInMinutes": 1441}},
        {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 0.0}},
        {"strategy": "CANARY", "canaryConfiguration": {"canaryBakeTimeInMinutes": -1}},
        {"linearConfiguration": {"stepPercent": 10.0}},
        {"strategy": "LINEAR", "canaryConfiguration": {"canaryPercent": 10.0}},
        {"minimumHealthyPercent": 101},
        {"maximumPercent": 99},
    ],
)
def test_validation_of_strategies(given: dict[str, Any]) -> None:
    invalid(**given)


def test_bounds_of_strategies_are_accepted() -> None:
    merged(strategy="BLUE_GREEN", bakeTimeInMinutes=1440)
    merged(strategy="LINEAR", linearConfiguration={"stepPercent": 3.0, "stepBakeTimeInMinutes": 0})
    merged(strategy="CANARY", canaryConfiguration={"canaryPercent": 0.1})
    merged(strategy="CANARY", canaryConfiguration={"canaryPercent": 33.3})


@pytest.mark.parametrize(
    "threshold",
    [
        {"type": "MANY", "value": 1},
        {"type": "COUNT", "value": 0},
        {"type": "COUNT"},
        {"type": "BOUNDED_PERCENT", "value": 101},
        {"type": "UNBOUNDED_PERCENT", "value": 0},
    ],
)
def test_validation_of_the_circuit_breaker(threshold: dict[str, Any]) -> None:
    breaker = {"enable": True, "rollback": True, "thresholdConfiguration": threshold}
    assert "thresholdConfiguration" in invalid(deploymentCircuitBreaker=breaker)


@pytest.mark.parametrize(
    "changes",
    [
        {"healthyPercent": None},
        {"sourceServiceRevisionCleanup": None},
        {"healthyPercent": 99},
        {"healthyPercent": 101},
        {"sourceServiceRevisionCleanup": "LATER"},
    ],
)
def test_validation_of_early_success_criteria(changes: dict[str, Any]) -> None:
    invalid(earlySuccessCriteria={**EARLY, **changes})


def test_only_rolling() -> None:
    assert has_bake(merged(earlySuccessCriteria=EARLY))
    assert "ROLLING" in invalid(**BLUE_GREEN, earlySuccessCriteria=EARLY)
    merged(**BLUE_GREEN, earlySuccessCriteria={"enable": False})


def test_alarms_need_all_their_members_and_are_refused_when_they_are_to_be_looked_at() -> None:
    alarms = {"alarmNames": ["errors"], "enable": False, "rollback": True}
    assert merged(alarms=alarms)["alarms"] == alarms
    for member in alarms:
        given = {name: value for name, value in alarms.items() if name != member}
        assert member in invalid(alarms=given)
    assert "alarmNames" in invalid(alarms={**alarms, "enable": True, "alarmNames": []})
    code, message = refusal(alarms={**alarms, "enable": True})
    assert code == "UnsupportedFeatureException"
    assert "CloudWatch" in message


def test_validation_of_target_types() -> None:
    message = invalid(**hooked(PAUSE, targetType="EMAIL"))
    assert message == "Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE"


@pytest.mark.parametrize(
    "given",
    [
        hooked(LAMBDA, hookTargetArn=None),
        hooked(LAMBDA, roleArn=None),
        hooked(LAMBDA, timeoutConfiguration={"timeoutInMinutes": 1441}),
        hooked(PAUSE, hookTargetArn=LAMBDA["hookTargetArn"]),
        hooked(PAUSE, roleArn=LAMBDA["roleArn"]),
        hooked(PAUSE, lifecycleStages=[]),
        hooked(PAUSE, lifecycleStages=["SCALE_UP"]),
        hooked(PAUSE, lifecycleStages=["BAKE_TIME"]),
        hooked(PAUSE, lifecycleStages=["TEST_TRAFFIC_SHIFT"]),
        hooked(PAUSE, lifecycleStages=["SOME_TIME"]),
        hooked(PAUSE, timeoutConfiguration={"timeoutInMinutes": 20_161}),
        hooked(PAUSE, timeoutConfiguration={"timeoutInMinutes": 0}),
        hooked(PAUSE, timeoutConfiguration={"action": "SHRUG"}),
        {"lifecycleHooks": [{**PAUSE, "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}]},
        {**BLUE_GREEN, "lifecycleHooks": [PAUSE] * 11},
        {**BLUE_GREEN, "lifecycleHooks": [LAMBDA] * 11},
    ],
)
def test_validation_of_hooks(given: dict[str, Any]) -> None:
    invalid(**given)


def test_a_hook_of_lambda_is_checked_and_then_refused() -> None:
    for kind in ("AWS_LAMBDA", None):
        code, message = refusal(**hooked(LAMBDA, targetType=kind))
        assert code == "UnsupportedFeatureException"
        assert "PAUSE" in message


def test_a_hook_names_a_stage_once() -> None:
    stages = ["POST_SCALE_UP", "PRE_SCALE_UP", "POST_SCALE_UP"]
    assert "twice" in invalid(**hooked(PAUSE, lifecycleStages=stages))


def test_a_configuration_has_a_size_that_can_be_kept() -> None:
    details = "x" * CONFIGURATION_BYTES_MAX
    assert "65536 bytes" in invalid(**hooked(PAUSE, hookDetails=details))
    merged(**hooked(PAUSE, hookDetails=details[:-1000]))


def test_a_pause_hook_waits_for_a_day_and_rolls_back_unless_told_otherwise() -> None:
    (hook,) = pause_hooks(merged(**hooked(PAUSE)))
    assert (hook.stages, hook.timeout_minutes, hook.timeout_action) == (
        ("POST_SCALE_UP",),
        1440,
        "ROLLBACK",
    )
    timeout = {"timeoutInMinutes": 20_160, "action": "CONTINUE"}
    (hook,) = pause_hooks(merged(**hooked(PAUSE, timeoutConfiguration=timeout)))
    assert (hook.timeout_minutes, hook.timeout_action) == (20_160, "CONTINUE")


def test_rolling_deployments_may_also_carry_hooks() -> None:
    stages = ["RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP"]
    assert has_bake(merged(lifecycleHooks=[{**PAUSE, "lifecycleStages": stages}]))


@pytest.mark.parametrize(
    ("minimum", "maximum", "is_right"),
    [
        (0, 100, True),
        (100, 101, True),
        (99, 100, True),
        (-1, 200, False),
        (101, 200, False),
        (50, 99, False),
        (100, 100, False),
    ],
)
def test_percent_ranges(minimum: int, maximum: int, is_right: bool) -> None:
    """SV-53."""
    given = {"minimumHealthyPercent": minimum, "maximumPercent": maximum}
    if is_right:
        assert merged_configuration(DEFAULTS, given) == {**DEFAULTS, **given}
        return
    with pytest.raises(ApiError) as refused:
        merged_configuration(DEFAULTS, given)
    assert refused.value.code == "InvalidParameterException"


def test_percent_ranges_may_not_both_be_100() -> None:
    with pytest.raises(ApiError) as refused:
        merged_configuration(DEFAULTS, {"maximumPercent": 100})
    assert refused.value.message == (
        "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
        "deployments."
    )
