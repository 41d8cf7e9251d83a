"""What the simulated user asks of a service: how it is placed, how it is deployed."""

import random
from typing import Any

from sim.constraints import DISTINCT, EXPRESSIONS, member_of

PERCENTAGES = ((100, 200), (50, 100), (0, 100), (50, 200), (100, 150), (75, 125), (90, 110))
"""minimumHealthyPercent, maximumPercent."""
_ZONE = "attribute:ecs.availability-zone"
STRATEGIES: tuple[list[dict[str, str]], ...] = (
    [],
    [],
    [{"type": "random"}],
    [{"type": "spread", "field": "instanceId"}],
    [{"type": "binpack", "field": "cpu"}],
    [{"type": "spread", "field": _ZONE}, {"type": "binpack", "field": "memory"}],
    [{"type": "spread", "field": "attribute:disk"}, {"type": "random"}],
)
_ROLLING_STAGES = ("RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP")
_STAGES = (
    *_ROLLING_STAGES,
    "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
)


def constraints(rng: random.Random) -> list[dict[str, str]]:
    """None, mostly."""
    found: list[dict[str, str]] = []
    if rng.random() < 0.2:
        found.append({"type": DISTINCT})
    if rng.random() < 0.25:
        found.append(member_of(rng.choice(list(EXPRESSIONS))))
    return found


def placement(rng: random.Random, *, is_daemon: bool = False) -> dict[str, Any]:
    """Strategy and constraints of a service."""
    if is_daemon:
        only = [each for each in constraints(rng) if each["type"] != DISTINCT]
        return {"placementConstraints": only}
    return {"placementConstraints": constraints(rng), "placementStrategy": rng.choice(STRATEGIES)}


def rebalancing(rng: random.Random, asked: dict[str, Any]) -> str:
    """Whether the zones of a service that is asked for so are to be balanced, if they can be."""
    strategy = asked.get("placementStrategy") or [{}]
    configuration = asked.get("deploymentConfiguration") or {}
    is_possible = (
        configuration.get("maximumPercent", 200) > 100
        and strategy[0].get("field", _ZONE) == _ZONE
        and strategy[0].get("type", "spread") == "spread"
        and not any(
            _ZONE in each.get("expression", "") for each in asked.get("placementConstraints", ())
        )
    )
    return "ENABLED" if is_possible and rng.random() < 0.7 else "DISABLED"


def daemon_configuration(rng: random.Random) -> dict[str, Any]:
    return {
        "minimumHealthyPercent": rng.choice((0, 30, 50, 75)),
        "deploymentCircuitBreaker": _breaker(rng),
    }


def configuration(rng: random.Random, *, is_rolling: bool = False) -> dict[str, Any]:
    """A whole deployment configuration: whatever was before is no more."""
    minimum, maximum = rng.choice(PERCENTAGES)
    strategy = rng.choices(("ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"), (6, 2, 1, 1))[0]
    if is_rolling:
        strategy = "ROLLING"
    found: dict[str, Any] = {
        "minimumHealthyPercent": minimum,
        "maximumPercent": maximum,
        "deploymentCircuitBreaker": _breaker(rng),
        "strategy": strategy,
        "bakeTimeInMinutes": rng.choice((0, 0, 1, 2)),
        "lifecycleHooks": _hooks(rng, strategy),
        "earlySuccessCriteria": {"enable": False},
    }
    match strategy:
        case "ROLLING" if rng.random() < 0.2:
            found["earlySuccessCriteria"] = {
                "enable": True,
                "healthyPercent": rng.choice((minimum, 100)),
                "sourceServiceRevisionCleanup": rng.choice(("BLOCKING", "DEFERRED")),
            }
        case "LINEAR":
            bake = rng.choice((0, 1))
            found["linearConfiguration"] = {
                "stepPercent": rng.choice((25.0, 33.4)),
                "stepBakeTimeInMinutes": bake,
            }
        case "CANARY":
            found["canaryConfiguration"] = {"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 1}
    return found


def _breaker(rng: random.Random) -> dict[str, Any]:
    breaker: dict[str, Any] = {
        "enable": rng.random() < 0.5,
        "rollback": rng.random() < 0.6,
        "resetOnHealthyTask": rng.random() < 0.8,
    }
    if rng.random() < 0.5:
        breaker["thresholdConfiguration"] = {"type": "COUNT", "value": rng.choice((1, 3, 5))}
    return breaker


def _hooks(rng: random.Random, strategy: str) -> list[dict[str, Any]]:
    """Some of them are never answered; most of those time out while the world is looked at."""
    if rng.random() < 0.6:
        return []
    stages = _ROLLING_STAGES if strategy == "ROLLING" else _STAGES
    hooks = []
    for _ in range(rng.randint(1, 2)):
        hook: dict[str, Any] = {
            "targetType": "PAUSE",
            "lifecycleStages": rng.sample(stages, rng.randint(1, 2)),
        }
        if rng.random() < 0.8:
            hook["timeoutConfiguration"] = {
                "timeoutInMinutes": rng.choice((1, 2, 4)),
                "action": rng.choice(("ROLLBACK", "CONTINUE")),
            }
        hooks.append(hook)
    return hooks
