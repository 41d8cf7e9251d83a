"""The deployment configuration of a service: percentages, strategies, and what may end them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.ecs.errors import invalid_parameter, unsupported_feature
from roadstead.ecs.rules.deployment.hooks import check_hooks
from roadstead.ecs.rules.deployment.stages import (
    CANARY_BAKE_MINUTES_DEFAULT,
    CANARY_PERCENT_DEFAULT,
    STEP_BAKE_MINUTES_DEFAULT,
    STEP_PERCENT_DEFAULT,
)

DEFAULTS: dict[str, Any] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
    "bakeTimeInMinutes": 0,
}
"""Of REPLICA services.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
"""
STRATEGIES = ("ROLLING", "BLUE_GREEN", "LINEAR", "CANARY")
BAKE_MINUTES_MAX = 1440
CONFIGURATION_BYTES_MAX = 65_536
"""Ours: each deployment keeps its configuration for 90 days. ECS names no bound of its own."""
_SHIFTS: dict[str, tuple[str, str, float, dict[str, float]]] = {
    "LINEAR": (
        "linearConfiguration",
        "stepPercent",
        3.0,
        {
            "stepPercent": STEP_PERCENT_DEFAULT,
            "stepBakeTimeInMinutes": STEP_BAKE_MINUTES_DEFAULT,
        },
    ),
    "CANARY": (
        "canaryConfiguration",
        "canaryPercent",
        0.1,
        {
            "canaryPercent": CANARY_PERCENT_DEFAULT,
            "canaryBakeTimeInMinutes": CANARY_BAKE_MINUTES_DEFAULT,
        },
    ),
}
"""Strategy: its member, the percent in it with the least it may be, and the defaults.

Source: botocore:ecs#LinearConfiguration, botocore:ecs#CanaryConfiguration
"""
_THRESHOLD_TYPES = ("COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT")
_CLEANUPS = ("BLOCKING", "DEFERRED")


def merged_configuration(
    existing: Mapping[str, Any], given: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The configuration once the members that were given are put over the existing ones.

    Raises: InvalidParameterException for percentages out of bounds, or that no deployment could
        ever satisfy, for an unknown strategy, and for parts that are not valid or not of this
        strategy; UnsupportedFeatureException for alarms and Lambda hooks.
    Units: percent of desiredCount.
    Shape: DeploymentConfiguration
    """
    changes = {name: value for name, value in (given or {}).items() if value is not None}
    _check_size(changes)
    merged = {**existing, **changes}
    _check_strategy(merged.get("strategy", "ROLLING"), existing, changes)
    strategy = merged.get("strategy", "ROLLING")
    _check_percentages(merged["minimumHealthyPercent"], merged["maximumPercent"])
    _check_bake_time("bakeTimeInMinutes", merged.get("bakeTimeInMinutes", 0))
    _check_breaker(changes.get("deploymentCircuitBreaker") or {})
    _check_early_success(merged, strategy)
    for name, (member, percent, least, defaults) in _SHIFTS.items():
        if name != strategy:
            merged.pop(member, None)
            continue
        shift = {**defaults, **(merged.get(member) or {})}
        _check_shift(shift, percent, least)
        merged[member] = shift
    check_hooks(merged.get("lifecycleHooks") or (), strategy)
    _check_alarms(changes.get("alarms"))
    return merged


def has_bake(configuration: Mapping[str, Any]) -> bool:
    """Whether a ROLLING deployment is not done as soon as its tasks are there and healthy.

    It bakes, succeeds early, or has hooks to wait for; its completion is then not the scheduler's.
    """
    return bool(
        configuration.get("bakeTimeInMinutes")
        or configuration.get("lifecycleHooks")
        or (configuration.get("earlySuccessCriteria") or {}).get("enable")
    )


def is_staged(configuration: Mapping[str, Any]) -> bool:
    """Whether source and target run side by side, each with its share of the desired count."""
    return (configuration.get("strategy") or "ROLLING") != "ROLLING"


def early_healthy_percent(configuration: Mapping[str, Any]) -> int | None:
    """The percent of healthy tasks that is success enough; None: all of them.

    Shape: DeploymentEarlySuccessCriteria.healthyPercent
    """
    criteria = configuration.get("earlySuccessCriteria") or {}
    return int(criteria["healthyPercent"]) if criteria.get("enable") else None


def _check_size(changes: Mapping[str, Any]) -> None:
    size = len(msgspec.json.encode(changes))
    if size > CONFIGURATION_BYTES_MAX:
        raise invalid_parameter(
            f"deploymentConfiguration may have up to {CONFIGURATION_BYTES_MAX} bytes as JSON, not "
            f"{size}."
        )


def _check_strategy(strategy: str, existing: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    if strategy not in STRATEGIES:
        raise invalid_parameter(
            f"deploymentConfiguration.strategy should be one of [{', '.join(STRATEGIES)}], "
            f"not {strategy[:100]!r}."
        )
    for name, (member, *_) in _SHIFTS.items():
        if changes.get(member) and strategy != name:
            raise invalid_parameter(f"{member} is only valid for the deployment strategy {name}.")
    if (
        strategy == "BLUE_GREEN"
        and existing.get("strategy") != "BLUE_GREEN"
        and "bakeTimeInMinutes" not in changes
    ):
        raise invalid_parameter(
            "bakeTimeInMinutes is required for the deployment strategy BLUE_GREEN."
        )


def _check_percentages(minimum: int, maximum: int) -> None:
    if not 0 <= minimum <= 100:
        raise invalid_parameter(f"minimumHealthyPercent must be between 0 and 100, not {minimum}.")
    if maximum < 100:
        raise invalid_parameter(f"maximumPercent must be at least 100, not {maximum}.")
    if minimum == maximum == 100:
        raise invalid_parameter(
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
            "deployments."
        )


def _check_bake_time(member: str, minutes: float) -> None:
    if not 0 <= minutes <= BAKE_MINUTES_MAX:
        raise invalid_parameter(
            f"{member} must be between 0 and {BAKE_MINUTES_MAX}, not {minutes}."
        )


def _check_breaker(breaker: Mapping[str, Any]) -> None:
    threshold = breaker.get("thresholdConfiguration")
    if threshold is None:
        return
    kind, value = threshold.get("type"), threshold.get("value")
    if kind not in _THRESHOLD_TYPES:
        raise invalid_parameter(
            f"thresholdConfiguration.type should be one of [{', '.join(_THRESHOLD_TYPES)}], "
            f"not {str(kind)[:100]!r}."
        )
    if value is None or value < 1 or (kind != "COUNT" and value > 100):
        bounds = "at least 1" if kind == "COUNT" else "between 1 and 100"
        raise invalid_parameter(
            f"thresholdConfiguration.value of type {kind} must be {bounds}, not {value}."
        )


def _check_early_success(merged: Mapping[str, Any], strategy: str) -> None:
    criteria = merged.get("earlySuccessCriteria") or {}
    if not criteria.get("enable"):
        return
    if strategy != "ROLLING":
        raise invalid_parameter(
            "earlySuccessCriteria is only valid for the deployment strategy ROLLING."
        )
    percent, cleanup = criteria.get("healthyPercent"), criteria.get("sourceServiceRevisionCleanup")
    if percent is None or cleanup is None:
        raise invalid_parameter(
            "healthyPercent and sourceServiceRevisionCleanup are required when "
            "earlySuccessCriteria is enabled."
        )
    if cleanup not in _CLEANUPS:
        raise invalid_parameter(
            f"sourceServiceRevisionCleanup should be one of [{', '.join(_CLEANUPS)}], "
            f"not {cleanup[:100]!r}."
        )
    minimum = merged["minimumHealthyPercent"]
    if not minimum <= percent <= 100:
        raise invalid_parameter(
            f"healthyPercent must be between minimumHealthyPercent, {minimum}, and 100, not "
            f"{percent}."
        )


def _check_shift(shift: Mapping[str, float], member: str, least: float) -> None:
    percent = shift[member]
    if not least <= percent <= 100 or abs(percent * 10 - round(percent * 10)) > 1e-6:
        raise invalid_parameter(
            f"{member} must be a multiple of 0.1 between {least} and 100.0, not {percent}."
        )
    for name, value in shift.items():
        if name != member:
            _check_bake_time(name, value)


def _check_alarms(alarms: Mapping[str, Any] | None) -> None:
    if alarms is None:
        return
    for member in ("alarmNames", "enable", "rollback"):
        if alarms.get(member) is None:
            raise invalid_parameter(f"{member} is required in alarms.")
    if not alarms["enable"]:
        return
    if not alarms["alarmNames"]:
        raise invalid_parameter("alarmNames cannot be empty when alarms are enabled.")
    raise unsupported_feature(
        "Deployment alarms: there is no CloudWatch here whose alarms could be looked at. Alarms "
        "with enable false are kept as they are given."
    )
