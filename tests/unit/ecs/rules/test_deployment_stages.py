"""Courses of deployments: which stages they pass, and that they always end."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from roadstead.ecs.rules.deployment.stages import (
    PER_STEP,
    STAGES,
    Facts,
    course,
    first_stage,
    mermaid,
    stage_at,
    traffic_steps,
    walk,
)

PAGE = Path(__file__).resolve().parents[4] / "docs" / "design" / "deployments.md"
NOTHING_WAITS = Facts(minutes_in_stage=1e9, is_target_ready=True)

tenths = st.integers(1, 1000).map(lambda tenth: tenth / 10)
configurations = st.one_of(
    st.builds(
        lambda bake: {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": bake}, st.integers(0, 9)
    ),
    st.builds(
        lambda percent, bake: {
            "strategy": "LINEAR",
            "linearConfiguration": {
                "stepPercent": max(3.0, percent),
                "stepBakeTimeInMinutes": bake,
            },
        },
        tenths,
        st.integers(0, 9),
    ),
    st.builds(
        lambda percent, bake: {
            "strategy": "CANARY",
            "canaryConfiguration": {"canaryPercent": percent, "canaryBakeTimeInMinutes": bake},
        },
        tenths,
        st.integers(0, 9),
    ),
    st.builds(
        lambda stages, bake: {
            "strategy": "ROLLING",
            "bakeTimeInMinutes": bake,
            "lifecycleHooks": [{"lifecycleStages": stages}],
        },
        st.lists(st.sampled_from(["RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP"])),
        st.integers(0, 9),
    ),
)


def names(configuration: dict[str, Any]) -> list[str]:
    return [stage.name for stage in course(configuration)]


def test_a_blue_green_deployment_passes_every_stage_in_order() -> None:
    assert names({"strategy": "BLUE_GREEN"}) == list(STAGES)


def test_a_linear_deployment_passes_the_production_shift_once_a_step() -> None:
    linear = {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 50.0}}
    assert [name for name in names(linear) if name in PER_STEP] == [*PER_STEP, *PER_STEP]


@pytest.mark.parametrize(
    ("configuration", "steps"),
    [
        ({"strategy": "BLUE_GREEN"}, [(100.0, 0.0)]),
        ({"strategy": "CANARY"}, [(5.0, 10.0), (100.0, 0.0)]),
        (
            {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 100.0}},
            [(100.0, 0.0)],
        ),
        (
            {
                "strategy": "LINEAR",
                "linearConfiguration": {"stepPercent": 30.0, "stepBakeTimeInMinutes": 0},
            },
            [(30.0, 0.0), (60.0, 0.0), (90.0, 0.0), (100.0, 0.0)],
        ),
        (
            {"strategy": "LINEAR"},
            [*((10.0 * number, 6.0) for number in range(1, 10)), (100.0, 0.0)],
        ),
    ],
)
def test_steps_of_traffic(configuration: dict[str, Any], steps: list[tuple[float, float]]) -> None:
    assert list(traffic_steps(configuration)) == steps


def test_a_rolling_deployment_holds_back_its_tasks_only_for_hooks_before_them() -> None:
    assert names({}) == ["SCALE_UP", "POST_SCALE_UP", "BAKE_TIME", "CLEAN_UP"]
    hooked = {"lifecycleHooks": [{"lifecycleStages": ["PRE_SCALE_UP"]}]}
    held, *rest = course(hooked)
    assert (held.name, held.target_percent, held.source_percent) == ("PRE_SCALE_UP", 0.0, 100.0)
    assert {(each.target_percent, each.source_percent) for each in rest} == {(None, None)}


def test_reconciling_comes_first_only_if_there_is_something_to_reconcile() -> None:
    stages = course({"strategy": "BLUE_GREEN"})
    assert first_stage(stages, has_stale=True).name == "RECONCILE_SERVICE"
    assert first_stage(stages, has_stale=False).name == "PRE_SCALE_UP"


@drawn(configurations)
def test_a_deployment_that_waits_for_nothing_ends(configuration: dict[str, Any]) -> None:
    stages = course(configuration)
    at, looks = 0, 0
    while not (walked := walk(stages, at, NOTHING_WAITS)).is_done:
        assert walked.entered, stages[at]
        last = walked.entered[-1]
        assert stage_at(stages, last.name, last.step) > at
        at = stages.index(last)
        looks += 1
        assert looks <= len(stages)


@drawn(configurations)
def test_traffic_never_moves_back_and_ends_on_the_target(configuration: dict[str, Any]) -> None:
    stages = course(configuration)
    production = [stage.production_percent for stage in stages]
    test = [stage.test_percent for stage in stages]
    assert production == sorted(production)
    assert test == sorted(test)
    if configuration["strategy"] != "ROLLING":
        assert (production[0], production[-1]) == (0.0, 100.0)


@drawn(configurations)
def test_green_is_whole_before_any_traffic_and_blue_until_the_bake_is_over(
    configuration: dict[str, Any],
) -> None:
    for stage in course(configuration):
        if stage.production_percent or stage.test_percent:
            assert stage.target_percent == 100.0
        if stage.name != "CLEAN_UP" and stage.source_percent is not None:
            assert stage.source_percent == 100.0


@drawn(configurations, st.integers(0, 9), st.data())
def test_a_deployment_whose_numbers_changed_finds_its_place(
    configuration: dict[str, Any], step: int, data: st.DataObject
) -> None:
    stages = course(configuration)
    name = data.draw(st.sampled_from(list(STAGES)))
    assert 0 <= stage_at(stages, name, step) < len(stages)


def test_the_diagram_of_stages_is_drawn_from_the_table() -> None:
    assert f"```mermaid\n{mermaid()}\n```" in PAGE.read_text()
