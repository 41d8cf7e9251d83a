"""The deployment configuration of a service: percentages now, strategies and alarms later."""

from collections.abc import Mapping
from typing import Any

from roadstead.ecs.errors import invalid_parameter, unsupported_feature

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
_STRATEGIES = ("ROLLING", "BLUE_GREEN", "LINEAR", "CANARY")
_SWITCHED = {
    "deploymentCircuitBreaker": "The deployment circuit breaker",
    "alarms": "Deployment alarms",
    "earlySuccessCriteria": "Early success criteria",
}
_LATER = {
    "lifecycleHooks": "Deployment lifecycle hooks",
    "linearConfiguration": "The deployment strategy LINEAR",
    "canaryConfiguration": "The deployment strategy CANARY",
    "bakeTimeInMinutes": "A bake time",
}


def merged_configuration(
    existing: Mapping[str, Any], given: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The configuration once the members that were given are put over the existing ones.

    Raises: InvalidParameterException for percentages out of bounds, or that no deployment could
        ever satisfy, and for an unknown strategy; UnsupportedFeatureException for what is not
        implemented yet.
    Units: percent of desiredCount.
    Shape: DeploymentConfiguration
    """
    changes = {name: value for name, value in (given or {}).items() if value is not None}
    _refuse_later_parts(changes)
    merged = {**existing, **changes}
    minimum, maximum = merged["minimumHealthyPercent"], merged["maximumPercent"]
    if not 0 <= minimum <= 100:
        raise invalid_parameter(f"minimumHealthyPercent must be between 0 and 100, not {minimum}.")
    if maximum < 100:
        raise invalid_parameter(f"maximumPercent must be at least 100, not {maximum}.")
    if minimum == maximum == 100:
        raise invalid_parameter(
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
            "deployments."
        )
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


def _refuse_later_parts(changes: Mapping[str, Any]) -> None:
    strategy = changes.get("strategy", "ROLLING")
    if strategy not in _STRATEGIES:
        raise invalid_parameter(
            f"deploymentConfiguration.strategy should be one of [{', '.join(_STRATEGIES)}], "
            f"not {strategy[:100]!r}."
        )
    if strategy != "ROLLING":
        raise _not_yet(f"The deployment strategy {strategy}")
    for member, name in _SWITCHED.items():
        if (changes.get(member) or {}).get("enable"):
            raise _not_yet(name)
    for member, name in _LATER.items():
        if changes.get(member):
            raise _not_yet(name)


def _not_yet(what: str) -> Exception:
    return unsupported_feature(f"{what}: not implemented yet. See docs/parity.md for what is.")
