"""What a service deployment says of why it failed."""

from roadstead.ecs.rules.deployment.rollback_reasons import (
    CIRCUIT_BREAKER,
    hooks_failed,
    stop_requested,
    took_too_long,
)


def test_statusReason_texts() -> None:
    assert CIRCUIT_BREAKER.rolled_back() == (
        "Service deployment rolled back because the circuit breaker threshold was exceeded."
    )
    arn = "arn:aws:lambda:us-east-1:123456789012:function:look"
    assert hooks_failed("PRE_SCALE_UP", [arn], "FAILED").rolled_back() == (
        "Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. "
        f"{arn} returned FAILED status."
    )


def test_a_cause_is_told_in_every_place_that_asks_for_it() -> None:
    stopped = stop_requested("ecs-svc/1")
    assert stopped.rolled_back() == (
        "Service deployment rolled back because StopServiceDeployment was called."
    )
    assert stopped.stopped() == (
        "Service deployment stopped because StopServiceDeployment was called."
    )
    assert stopped.rollout_reason == "ECS deployment ecs-svc/1 was stopped."
    assert CIRCUIT_BREAKER.rolling_back_to("ecs-svc/2") == (
        "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/2."
    )
    assert took_too_long("the stage SCALE_UP", 24).stopped() == (
        "Service deployment stopped because the stage SCALE_UP did not complete within 24 hours."
    )
