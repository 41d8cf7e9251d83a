"""The deployment circuit breaker: how many tasks may fail in a row before a deployment has failed.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

THRESHOLD_MIN = 3
THRESHOLD_MAX = 200
"""Of BOUNDED_PERCENT, the default.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""
PERCENT_DEFAULT = 50


def is_enabled(configuration: Mapping[str, Any]) -> bool:
    """Whether a deployment configuration has the circuit breaker switched on."""
    return bool(_breaker(configuration).get("enable"))


def rolls_back(configuration: Mapping[str, Any]) -> bool:
    """Whether a deployment that has failed is taken back."""
    return bool(_breaker(configuration).get("rollback"))


def resets_on_healthy_task(configuration: Mapping[str, Any]) -> bool:
    """Whether a task that becomes healthy ends the row of failures."""
    return _breaker(configuration).get("resetOnHealthyTask") is not False


def failure_threshold(configuration: Mapping[str, Any], desired_count: int) -> int:
    """How many failed tasks make a failed deployment.

    Units: percent of desiredCount, rounded up.
    Shape: ThresholdConfiguration
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
    """
    threshold = _breaker(configuration).get("thresholdConfiguration") or {}
    value = int(threshold.get("value") or PERCENT_DEFAULT)
    match threshold.get("type"):
        case "COUNT":
            return max(1, value)
        case "UNBOUNDED_PERCENT":
            return max(1, ceil(value * desired_count / 100))
        case _:
            share = ceil(value * desired_count / 100)
            return min(THRESHOLD_MAX, max(THRESHOLD_MIN, share))


def is_tripped(configuration: Mapping[str, Any], desired_count: int, failed_tasks: int) -> bool:
    """Whether so many failed tasks are too many."""
    return is_enabled(configuration) and failed_tasks >= failure_threshold(
        configuration, desired_count
    )


def _breaker(configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    return configuration.get("deploymentCircuitBreaker") or {}
