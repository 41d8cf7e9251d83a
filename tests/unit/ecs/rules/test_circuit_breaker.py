"""How many failed tasks trip the circuit breaker."""

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from roadstead.ecs.rules.deployment.circuit_breaker import failure_threshold, is_tripped


def breaker(**threshold: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"enable": True, "rollback": True}
    if threshold:
        found["thresholdConfiguration"] = threshold
    return {"deploymentCircuitBreaker": found}


@pytest.mark.parametrize(
    ("desired", "threshold"), [(0, 3), (1, 3), (5, 3), (25, 13), (400, 200), (800, 200)]
)
def test_default_threshold_examples(desired: int, threshold: int) -> None:
    assert failure_threshold(breaker(), desired) == threshold


@pytest.mark.parametrize(
    ("kind", "value", "desired", "threshold"),
    [
        ("BOUNDED_PERCENT", 10, 100, 10),
        ("BOUNDED_PERCENT", 10, 10, 3),
        ("BOUNDED_PERCENT", 100, 1000, 200),
        ("UNBOUNDED_PERCENT", 10, 1, 1),
        ("UNBOUNDED_PERCENT", 10, 0, 1),
        ("UNBOUNDED_PERCENT", 100, 1000, 1000),
        ("UNBOUNDED_PERCENT", 33, 10, 4),
        ("COUNT", 7, 1000, 7),
    ],
)
def test_a_threshold_of_each_type(kind: str, value: int, desired: int, threshold: int) -> None:
    assert failure_threshold(breaker(type=kind, value=value), desired) == threshold


@drawn(st.integers(0, 5000), st.integers(0, 5000))
def test_it_trips_at_the_threshold_and_only_when_enabled(desired: int, failed: int) -> None:
    assert is_tripped(breaker(), desired, failed) == (
        failed >= failure_threshold(breaker(), desired)
    )
    assert not is_tripped({}, desired, failed)
