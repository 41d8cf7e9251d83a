"""The stages of a deployment: its course as a table, and how far along it may go now.

A course is what a strategy and its numbers make of `STAGES`: LINEAR and CANARY pass the stages of
the production shift once a step. What a stage waits for is said by `needs`; whoever moves the
deployment along brings the facts. Nothing goes back: a rollback leaves the course.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from itertools import pairwise
from math import ceil
from typing import Any

import msgspec


class Need(StrEnum):
    """What a stage waits for."""

    HOOKS = "HOOKS"
    """All hooks of the stage succeeded."""
    STALE_GONE = "STALE_GONE"
    """Revisions that are neither source nor target have no task left."""
    READY = "READY"
    """The target has its tasks, and they are healthy."""
    SHIFTED = "SHIFTED"
    """The listeners lead traffic as the stage says."""
    BAKE = "BAKE"
    """The stage has lasted for its bake time."""
    SOURCE_GONE = "SOURCE_GONE"
    """The source has no task left."""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of a course."""

    name: str
    step: int = 0
    needs: tuple[Need, ...] = ()
    bake_minutes: float = 0.0
    target_percent: float | None = None
    """Share of the desired count that the target keeps; None: a rolling update decides."""
    source_percent: float | None = None
    production_percent: float = 0.0
    """Traffic on the target."""
    test_percent: float = 0.0


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is so at the moment of a look."""

    minutes_in_stage: float = 0.0
    are_hooks_done: bool = True
    """Of the stage that the deployment is in."""
    hook_stages: frozenset[str] = frozenset()
    """Stages that have hooks: they wait when they are reached."""
    is_stale_gone: bool = True
    is_target_ready: bool = False
    has_listeners: bool = False
    """Traffic is shifted by listeners, which are told once a stage is entered."""
    is_shifted: bool = True
    is_source_gone: bool = True


class Walk(msgspec.Struct, frozen=True):
    """How far a deployment gets now."""

    entered: tuple[Stage, ...] = ()
    is_done: bool = False


STAGES: dict[str, tuple[Need, ...]] = {
    "RECONCILE_SERVICE": (Need.HOOKS, Need.STALE_GONE),
    "PRE_SCALE_UP": (Need.HOOKS,),
    "SCALE_UP": (Need.READY,),
    "POST_SCALE_UP": (Need.HOOKS,),
    "TEST_TRAFFIC_SHIFT": (Need.SHIFTED,),
    "POST_TEST_TRAFFIC_SHIFT": (Need.HOOKS,),
    "PRE_PRODUCTION_TRAFFIC_SHIFT": (Need.HOOKS,),
    "PRODUCTION_TRAFFIC_SHIFT": (Need.SHIFTED, Need.BAKE),
    "POST_PRODUCTION_TRAFFIC_SHIFT": (Need.HOOKS,),
    "BAKE_TIME": (Need.BAKE,),
    "CLEAN_UP": (Need.SOURCE_GONE,),
}
"""All stages in their order, with what each waits for."""

PER_STEP = (
    "PRE_PRODUCTION_TRAFFIC_SHIFT",
    "PRODUCTION_TRAFFIC_SHIFT",
    "POST_PRODUCTION_TRAFFIC_SHIFT",
)
"""Stages that LINEAR and CANARY pass once a step."""
_ORDER = tuple(STAGES)
_ROLLING = ("SCALE_UP", "POST_SCALE_UP", "BAKE_TIME", "CLEAN_UP")
ROLLING_HOOK_STAGES = ("RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP")
"""Stages whose hooks a ROLLING deployment passes."""

STEP_PERCENT_DEFAULT = 10.0
STEP_BAKE_MINUTES_DEFAULT = 6
CANARY_PERCENT_DEFAULT = 5.0
CANARY_BAKE_MINUTES_DEFAULT = 10
"""Source: botocore:ecs#LinearConfiguration, botocore:ecs#CanaryConfiguration"""


def hook_stages(configuration: Mapping[str, Any]) -> frozenset[str]:
    """The stages for which the configuration has hooks."""
    return frozenset(
        stage
        for hook in configuration.get("lifecycleHooks") or ()
        for stage in hook["lifecycleStages"]
    )


def course(configuration: Mapping[str, Any]) -> tuple[Stage, ...]:
    """The stages of a deployment with this configuration, in order.

    Units: percent of traffic, of desiredCount; minutes.
    Shape: DeploymentConfiguration
    """
    strategy = configuration.get("strategy") or "ROLLING"
    bake_minutes = float(configuration.get("bakeTimeInMinutes") or 0)
    if strategy == "ROLLING":
        return _rolling_course(configuration, bake_minutes)
    steps = traffic_steps(configuration)
    found = []
    for name in _ORDER:
        if name == PER_STEP[0]:
            found += [stage for number in range(len(steps)) for stage in _step(steps, number)]
        elif name not in PER_STEP:
            found.append(
                Stage(
                    name=name,
                    step=len(steps) - 1 if name in ("BAKE_TIME", "CLEAN_UP") else 0,
                    needs=STAGES[name],
                    bake_minutes=bake_minutes if name == "BAKE_TIME" else 0.0,
                    target_percent=100.0 if _is_at_least(name, "SCALE_UP") else 0.0,
                    source_percent=0.0 if name == "CLEAN_UP" else 100.0,
                    production_percent=100.0 if _is_at_least(name, "BAKE_TIME") else 0.0,
                    test_percent=100.0 if _is_at_least(name, "TEST_TRAFFIC_SHIFT") else 0.0,
                )
            )
    return tuple(found)


def traffic_steps(configuration: Mapping[str, Any]) -> tuple[tuple[float, float], ...]:
    """The percents of production traffic on the target, step by step, and each one's bake.

    The last step's bake is the deployment's own, BAKE_TIME.
    """
    match configuration.get("strategy"):
        case "LINEAR":
            given = configuration.get("linearConfiguration") or {}
            percent = float(given.get("stepPercent") or STEP_PERCENT_DEFAULT)
            bake = float(given.get("stepBakeTimeInMinutes", STEP_BAKE_MINUTES_DEFAULT))
            count = ceil(100 / percent - 1e-9)
            shifted = [round(percent * number, 1) for number in range(1, count)]
        case "CANARY":
            given = configuration.get("canaryConfiguration") or {}
            percent = float(given.get("canaryPercent") or CANARY_PERCENT_DEFAULT)
            bake = float(given.get("canaryBakeTimeInMinutes", CANARY_BAKE_MINUTES_DEFAULT))
            shifted = [percent] if percent < 100 else []
        case _:
            shifted, bake = [], 0.0
    return (*((each, bake) for each in shifted), (100.0, 0.0))


def first_stage(stages: tuple[Stage, ...], *, has_stale: bool) -> Stage:
    """Where a deployment begins: reconciling only what there is to reconcile."""
    if has_stale or stages[0].name != "RECONCILE_SERVICE":
        return stages[0]
    return stages[1]


def stage_at(stages: tuple[Stage, ...], name: str, step: int) -> int:
    """Where on the course a deployment is; the nearest step if its numbers have changed since."""
    found = [at for at, each in enumerate(stages) if each.name == name and each.step <= step]
    if found:
        return found[-1]
    behind = (at for at, each in enumerate(stages) if _is_at_least(each.name, name))
    return next(behind, len(stages) - 1)


def walk(stages: tuple[Stage, ...], at: int, facts: Facts) -> Walk:
    """The stages that a deployment enters now, one after the other, until one has to wait."""
    entered: list[Stage] = []
    while all(_is_met(need, stages[at], facts) for need in stages[at].needs):
        if at == len(stages) - 1:
            return Walk(tuple(entered), is_done=True)
        at += 1
        entered.append(stages[at])
        facts = on_entry(facts, stages[at].name)
    return Walk(tuple(entered))


def on_entry(facts: Facts, name: str) -> Facts:
    """The facts once the stage is entered, in the same look."""
    return msgspec.structs.replace(
        facts,
        minutes_in_stage=0.0,
        are_hooks_done=name not in facts.hook_stages,
        is_shifted=not facts.has_listeners,
    )


def mermaid() -> str:
    """The stages as a mermaid diagram, with what each waits for."""
    arrows = [f"    {name} --> {after}{_label(name)}" for name, after in pairwise(_ORDER)]
    again = f"    {PER_STEP[-1]} --> {PER_STEP[0]}: next step (LINEAR, CANARY)"
    return "\n".join(
        (
            "stateDiagram-v2",
            "    [*] --> RECONCILE_SERVICE: if older revisions are left",
            "    [*] --> PRE_SCALE_UP",
            *arrows,
            again,
            f"    {_ORDER[-1]} --> [*]{_label(_ORDER[-1])}",
        )
    )


def _label(name: str) -> str:
    return ": " + " and ".join(STAGES[name]) if STAGES[name] else ""


def _is_met(need: Need, stage: Stage, facts: Facts) -> bool:
    match need:
        case Need.HOOKS:
            return facts.are_hooks_done
        case Need.STALE_GONE:
            return facts.is_stale_gone
        case Need.READY:
            return facts.is_target_ready
        case Need.SHIFTED:
            return facts.is_shifted
        case Need.BAKE:
            return facts.minutes_in_stage >= stage.bake_minutes
        case Need.SOURCE_GONE:
            return facts.is_source_gone


def _rolling_course(configuration: Mapping[str, Any], bake_minutes: float) -> tuple[Stage, ...]:
    """Source and target are held apart only while hooks come before the first new task."""
    hooks = hook_stages(configuration)
    held = [
        Stage(name=name, needs=STAGES[name], target_percent=0.0, source_percent=100.0)
        for name in ("RECONCILE_SERVICE", "PRE_SCALE_UP")
        if name in hooks
    ]
    criteria = configuration.get("earlySuccessCriteria") or {}
    is_deferred = (
        bool(criteria.get("enable")) and criteria.get("sourceServiceRevisionCleanup") == "DEFERRED"
    )
    rest = [
        Stage(
            name=name,
            needs=() if name == "CLEAN_UP" and is_deferred else STAGES[name],
            bake_minutes=bake_minutes if name == "BAKE_TIME" else 0.0,
        )
        for name in _ROLLING
    ]
    return (*held, *rest)


def _step(steps: Collection[tuple[float, float]], number: int) -> list[Stage]:
    """The stages of one step of the production shift."""
    shifts = [percent for percent, _ in steps]
    bakes = [bake for _, bake in steps]
    before = shifts[number - 1] if number else 0.0
    return [
        Stage(
            name=name,
            step=number,
            needs=STAGES[name],
            bake_minutes=bakes[number] if name == "PRODUCTION_TRAFFIC_SHIFT" else 0.0,
            target_percent=100.0,
            source_percent=100.0,
            production_percent=before if name == PER_STEP[0] else shifts[number],
            test_percent=100.0,
        )
        for name in PER_STEP
    ]


def _is_at_least(name: str, other: str) -> bool:
    return _ORDER.index(name) >= _ORDER.index(other)
