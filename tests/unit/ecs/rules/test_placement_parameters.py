"""What a client may say of placement."""

from typing import Any

import pytest

from given import a_task_definition
from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.placement.parameters import (
    check_definition_constraints,
    check_placed_by_us,
    check_total,
    checked_constraints,
    checked_strategy,
)
from roadstead.ecs.rules.placement.wishes import NO_WISHES, Preference, wishes_of

MEMBER = {"type": "memberOf", "expression": "attribute:a exists"}
DISTINCT = {"type": "distinctInstance"}
RANDOM = {"type": "random"}


def refusal(check: Any, *given: Any) -> tuple[str, str]:
    with pytest.raises(ApiError) as no:
        check(*given)
    return no.value.code, no.value.message


def test_constraints_are_kept_as_they_came() -> None:
    assert checked_constraints(None) == checked_constraints([]) == ()
    assert checked_constraints([MEMBER, {**DISTINCT, "expression": ""}]) == (MEMBER, DISTINCT)


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        (
            {"type": "near"},
            "placementConstraints[0].type should be one of [distinctInstance, memberOf], "
            "not 'near'.",
        ),
        ({}, "placementConstraints[0].type should be one of"),
        (
            {**DISTINCT, "expression": "attribute:a exists"},
            "placementConstraints[0].expression should be absent: distinctInstance has none.",
        ),
        ({"type": "memberOf"}, "placementConstraints[0].expression is required: memberOf needs"),
        ({"type": "memberOf", "expression": " "}, "placementConstraints[0].expression is required"),
        (
            {"type": "memberOf", "expression": "x" * 2001},
            "placementConstraints[0].expression can have up to 2000 characters, not 2001.",
        ),
        (
            {"type": "memberOf", "expression": "attribute:a = b"},
            "Invalid expression in placementConstraints[0], at position 13: found '=', expected an "
            "operator of attribute:a: exists,",
        ),
    ],
)
def test_a_wrong_constraint_is_told_what_would_be_right(
    constraint: dict[str, Any], message: str
) -> None:
    code, said = refusal(checked_constraints, [constraint])
    assert code == "InvalidParameterException"
    assert said.startswith(message)


def test_max_10_constraints() -> None:
    assert len(checked_constraints([MEMBER] * 10)) == 10
    assert refusal(checked_constraints, [MEMBER] * 11) == (
        "InvalidParameterException",
        "placementConstraints can have up to 10 elements, not 11.",
    )
    check_total([MEMBER] * 4, [MEMBER] * 6)
    assert refusal(check_total, [MEMBER] * 5, [MEMBER] * 6) == (
        "InvalidParameterException",
        "The task definition has 5 placement constraints and the request 6: together there can be "
        "up to 10.",
    )


def test_definitions_have_memberOf_only() -> None:
    check_definition_constraints([MEMBER] * 10)
    for wrong in ([DISTINCT], [{"type": "memberOf"}], [{}], [MEMBER] * 11):
        assert refusal(check_definition_constraints, wrong)[0] == "ClientException"
    code, message = refusal(
        check_definition_constraints, [MEMBER, {"type": "memberOf", "expression": "a"}]
    )
    assert code == "ClientException"
    assert message.startswith("Invalid expression in placementConstraints[1], at position 1:")


def test_max_5_strategies() -> None:
    assert len(checked_strategy([RANDOM] * 5)) == 5
    assert refusal(checked_strategy, [RANDOM] * 6) == (
        "InvalidParameterException",
        "placementStrategy can have up to 5 elements, not 6.",
    )


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        ({"type": "binpack", "field": "MEMORY"}, {"type": "binpack", "field": "memory"}),
        ({"type": "binpack", "field": "Cpu"}, {"type": "binpack", "field": "cpu"}),
        ({"type": "spread", "field": "InstanceID"}, {"type": "spread", "field": "instanceId"}),
        ({"type": "spread", "field": "host"}, {"type": "spread", "field": "instanceId"}),
        (
            {"type": "spread", "field": "attribute:Rack"},
            {"type": "spread", "field": "attribute:Rack"},
        ),
        ({"type": "random", "field": ""}, {"type": "random"}),
    ],
)
def test_fields_of_strategies_have_one_form(step: dict[str, str], kept: dict[str, str]) -> None:
    assert checked_strategy([step]) == (kept,)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"type": "binpack"}, "binpack should be one of [cpu, memory], not ''."),
        ({"type": "binpack", "field": "gpu"}, "binpack should be one of [cpu, memory], not 'gpu'."),
        ({"type": "binpack", "field": "instanceId"}, "binpack should be one of [cpu, memory]"),
        ({"type": "spread"}, "spread should be instanceId, host or attribute:<name>"),
        ({"type": "spread", "field": "cpu"}, "spread should be instanceId, host or"),
        ({"type": "spread", "field": "attribute:"}, "spread should be instanceId, host or"),
        ({"type": "spread", "field": "attribute:a b"}, "spread should be instanceId, host or"),
        ({"type": "random", "field": "cpu"}, "should be absent: the strategy random has none"),
        ({"type": "fastest"}, "should be one of [random, spread, binpack], not 'fastest'."),
        ({}, "should be one of [random, spread, binpack], not ''."),
    ],
)
def test_invalid_field(step: dict[str, str], message: str) -> None:
    code, said = refusal(checked_strategy, [RANDOM, step])
    assert code == "InvalidParameterException"
    assert said.startswith("placementStrategy[1]")
    assert message in said


def test_fargate_ignores() -> None:
    check_placed_by_us("EC2", [MEMBER], [RANDOM])
    check_placed_by_us("FARGATE", [], [])
    assert refusal(check_placed_by_us, "FARGATE", [MEMBER], []) == (
        "InvalidParameterException",
        "Placement constraints are not supported with FARGATE launch type.",
    )
    assert refusal(check_placed_by_us, "FARGATE", [], [RANDOM]) == (
        "InvalidParameterException",
        "Placement strategies are not supported with FARGATE launch type.",
    )


def test_wishes_join_those_of_the_definition_and_the_request() -> None:
    definition = a_task_definition(document={"placementConstraints": [MEMBER]})
    other = {"type": "memberOf", "expression": "attribute:b exists"}
    steps = checked_strategy(
        [
            {"type": "spread", "field": "attribute:ecs.availability-zone"},
            {"type": "spread", "field": "host"},
            {"type": "binpack", "field": "CPU"},
            RANDOM,
        ]
    )
    wishes = wishes_of(definition, (other, DISTINCT, MEMBER), steps)
    assert [query.text for query in wishes.queries] == ["attribute:a exists", "attribute:b exists"]
    assert wishes.is_distinct
    assert wishes.is_random
    assert wishes.strategy == (
        Preference("spread", "ecs.availability-zone"),
        Preference("spread", "instanceId"),
        Preference("binpack", "cpu"),
        Preference("random"),
    )
    assert wishes_of(definition, (other, DISTINCT, MEMBER), steps) is wishes
    assert wishes_of(a_task_definition()) is wishes_of(None) is NO_WISHES
