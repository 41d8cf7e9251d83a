"""Whatever is asked of our own API: an answer in its shape, or an error meant for people."""

import contextlib
import itertools
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from given import a_call, a_task, instance_arn, service_arn, task_arn
from roadstead.aws.errors import ApiError
from roadstead.aws.responses import check_response
from roadstead.control.model import control_model
from roadstead.control.operations import reads
from roadstead.control.planned import KINDS
from unit.control.picture import picture
from unit.control.test_planned_changes import a_state

OPERATIONS = [
    "PlanChange",
    "ExplainService",
    "ExplainTask",
    "ExplainPlacement",
    "DescribeProgress",
]
names = st.sampled_from(
    [
        "web", "web:1", "web:2", "default", "no", "i-00000000000000001", "i-", "", "0000", "é/…",
        instance_arn(2), service_arn(), task_arn(1), "arn:aws:ecs:us-east-1:1:task/a/b",
        f"{1:032x}", "arn:aws:ecs:us-east-1:123456789012:task/default/x/y", "9" * 300,
    ]
)  # fmt: skip
rules = st.lists(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["memberOf", "distinctInstance", "random", "spread", "x"])},
        optional={"expression": names, "field": names},
    ),
    max_size=2,
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Boolean": st.booleans(),
    "Integer": st.integers(-1, 20),
    "AssumedSeconds": st.floats(0, 86_400),
    "String": names,
    "Strings": st.lists(names, max_size=3),
    "Targets": st.lists(names, min_size=1, max_size=3),
    "PlacementRules": rules,
    "DeploymentConfiguration": st.fixed_dictionaries(
        {},
        optional={
            "minimumHealthyPercent": st.integers(0, 110),
            "maximumPercent": st.integers(90, 250),
            "strategy": st.sampled_from(["ROLLING", "BLUE_GREEN", "x"]),
        },
    ),
}


def values_of(shape: Any) -> st.SearchStrategy[Any]:
    if shape.name in VALUES:
        return VALUES[shape.name]
    if shape.enum:
        return st.sampled_from(shape.enum)
    members = {name: values_of(member.shape) for name, member in shape.members.items()}
    return st.fixed_dictionaries(
        {name: members[name] for name in shape.required},
        optional={name: each for name, each in members.items() if name not in shape.required},
    )


def plans_of(shape: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Requests that have what their operation takes."""
    members = shape.members["request"].shape.members
    return st.one_of(
        st.fixed_dictionaries(
            {
                "operation": st.just(operation),
                "request": st.fixed_dictionaries(
                    {kind.required: values_of(members[kind.required].shape)},
                    optional={
                        name: values_of(members[name].shape)
                        for name in sorted(kind.members - {kind.required, "cluster"})
                    },
                ),
            }
        )
        for operation, kind in KINDS.items()
    )


def no_link(access_key_id: str, now: datetime) -> tuple[str, datetime]:
    raise AssertionError("none of these questions asks for a sign-in link")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_question_is_answered_or_refused_and_changes_nothing(operation: str) -> None:
    model = control_model()
    shape = model.operations[operation].input
    assert shape is not None
    questions = values_of(shape)
    if operation == "PlanChange":
        questions |= plans_of(shape)
    ticks = itertools.count()
    answer = reads(lambda: next(ticks) / 10_000, no_link)[operation]
    view = a_state(a_task(9), a_task(10, last_status="STOPPED", stop_code="UserInitiated"))
    before = picture(view)
    answered = []

    @settings(max_examples=150, deadline=None)
    @drawn(questions)
    def ask(request: dict[str, Any]) -> None:
        with contextlib.suppress(ApiError):
            response = answer(view, a_call(), request)
            check_response(model, operation, response)
            answered.append(msgspec.json.encode(response))

    ask()
    assert answered, "no question was a good one"
    assert picture(view) == before
