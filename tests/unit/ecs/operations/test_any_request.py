"""Whatever a request of the model holds: an answer of the model, or one of its refusals."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from given import (
    a_call,
    a_cluster,
    a_family,
    a_service,
    a_task,
    a_task_definition,
    a_task_set,
    an_external_service,
    an_instance,
    deployment_id,
)
from given import given as a_view
from roadstead.aws.constraints import check_constraints
from roadstead.aws.errors import ApiError
from roadstead.aws.models import service_model
from roadstead.aws.responses import check_response
from roadstead.aws.shapes import Shape
from roadstead.ecs.operations.table import READS, WRITES
from roadstead.state.view import Tx

MODEL = service_model("ecs")
WORDS = st.sampled_from(
    [
        "",
        "default",
        "web",
        "web:1",
        "app",
        "db",
        "1",
        "256",
        "512",
        "1-2",
        "container-instance",
        "sets",
        deployment_id(1),
        "aws:x",
        "arn:aws:ecs:us-east-1:123456789012:cluster/default",
        "arn:aws:ecs:us-east-1:123456789012:task-definition/web:1",
        f"arn:aws:ecs:us-east-1:123456789012:container-instance/default/{1:032x}",
        "arn:aws:ecs:us-east-1:123456789012:service/default/none",
        "arn:aws:ecs:us-east-1:123456789012:",
        "arn:",
    ]
)
TEXT = WORDS | st.text(max_size=6)
NUMBERS = st.sampled_from([-1, 0, 1, 2, 6, 30, 64, 80, 100, 512, 65535, 2**31 - 1])


@cache
def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Values of a shape's type; whether the model allows them is found out later."""
    match shape.type:
        case "structure":
            members = {name: values(member.shape) for name, member in shape.members.items()}
            required = {name: members.pop(name) for name in shape.required}
            return st.fixed_dictionaries(required, optional=members)
        case "list":
            assert shape.element is not None
            return st.lists(values(shape.element.shape), max_size=2)
        case "map":
            assert shape.key is not None
            assert shape.value is not None
            return st.dictionaries(values(shape.key.shape), values(shape.value.shape), max_size=2)
        case "string":
            return st.sampled_from(sorted(shape.enum)) | TEXT if shape.enum else TEXT
        case "integer" | "long":
            return NUMBERS
        case "float" | "double":
            return NUMBERS.map(float)
        case "boolean":
            return st.booleans()
        case "timestamp":
            return st.just(datetime(2026, 1, 1, tzinfo=UTC))
        case _:
            return st.binary(max_size=4)


@pytest.mark.parametrize("operation", [*WRITES, *READS])
@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    deadline=None,
    max_examples=20,
)
@given(data=st.data())
def test_any_request_is_answered_or_refused(operation: str, data: st.DataObject) -> None:
    shape = MODEL.operations[operation].input
    assert shape is not None
    request = data.draw(values(shape))
    try:
        check_constraints(MODEL, shape, request)
    except ApiError:
        return
    sets = a_task_set(service="sets")
    records = a_cluster(), an_instance(), a_task(), a_service(), a_task_definition(), a_family()
    tx = Tx(a_view(*records, sets, an_external_service(sets, name="sets")))
    perform: Any = WRITES.get(operation) or READS[operation]
    try:
        response = perform(tx, a_call(), request)
    except ApiError as refusal:
        declared = {*MODEL.operations[operation].errors, "UnsupportedFeatureException"}
        assert refusal.code in declared, refusal.message  # noqa: PT017  # most are refused
        assert refusal.message, refusal.code  # noqa: PT017
    else:
        check_response(MODEL, operation, response)


def some_of(shape: Shape, *, without: frozenset[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Up to three members of a structure, so that most of the others' rules are passed."""
    names = sorted(shape.members.keys() - without)
    return st.sets(st.sampled_from(names), max_size=3).flatmap(
        lambda chosen: st.fixed_dictionaries(
            {name: values(shape.members[name].shape) for name in sorted(chosen)}
        )
    )


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(data=st.data())
def test_any_member_of_an_else_valid_definition_is_registered_or_refused(
    data: st.DataObject,
) -> None:
    request_shape = MODEL.shapes["RegisterTaskDefinitionRequest"]
    container_shape = MODEL.shapes["ContainerDefinition"]
    named = frozenset({"family", "containerDefinitions", "name", "image"})
    request = {
        "family": "web",
        "containerDefinitions": [
            {
                "name": name,
                "image": "busybox",
                "memory": 64,
                **data.draw(some_of(container_shape, without=named)),
            }
            for name in ("app", "db")
        ],
        **data.draw(some_of(request_shape, without=named)),
    }
    try:
        check_constraints(MODEL, request_shape, request)
    except ApiError:
        return
    try:
        response = WRITES["RegisterTaskDefinition"](Tx(a_view()), a_call(), request)
    except ApiError as refusal:
        assert refusal.message, refusal.code  # noqa: PT017  # most requests are refused
    else:
        check_response(MODEL, "RegisterTaskDefinition", response)
