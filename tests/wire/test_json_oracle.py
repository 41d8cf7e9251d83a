"""botocore speaks to us and we to it: what one writes, the other reads back unchanged."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import botocore
import pytest
from dateutil.parser import parse as parse_date
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_oracle import (
    ECS,
    OPERATIONS,
    client_model,
    client_request,
    client_response,
    full_value,
    request_for,
    value_of,
)

from roadstead.aws.errors import ApiError
from roadstead.aws.protocol.json import decode, encode, encode_error
from roadstead.aws.responses import check_response

_few = settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def test_our_model_has_the_88_operations_that_the_client_has() -> None:
    assert sorted(ECS.operations) == OPERATIONS
    assert len(OPERATIONS) == 88


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_botocore_serializes_we_decode_to_the_same_parameters(operation: str) -> None:
    shape = client_model().operation_model(operation).input_shape

    @_few
    @given(parameters=value_of(shape))
    def check(parameters: dict[str, Any]) -> None:
        request = client_request(operation, parameters)
        assert decode(ECS, request) == (operation, parameters)
        # A null sends the body down the slow road: both must lead to the same.
        for absent in ECS.shapes[shape.name].members.keys() - parameters.keys():
            body = json.dumps(parameters | {absent: None}, default=datetime.timestamp).encode()
            assert decode(ECS, request_for(operation, body)) == (operation, parameters)
            break

    check()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_we_encode_botocore_parses_to_the_same_response(operation: str) -> None:
    @_few
    @given(response=value_of(client_model().operation_model(operation).output_shape))
    def check(response: dict[str, Any]) -> None:
        encoded = encode(ECS, operation, response, "request-1")
        assert encoded.status == 200
        assert client_response(operation, encoded) == response

    check()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_member_of_the_model_is_lost_on_either_way(operation: str) -> None:
    client = client_model().operation_model(operation)
    parameters = full_value(client.input_shape)
    assert decode(ECS, client_request(operation, parameters)) == (operation, parameters)
    response = full_value(client.output_shape)
    check_response(ECS, operation, response)
    assert client_response(operation, encode(ECS, operation, response)) == response


@given(moment=st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
@settings(max_examples=100, deadline=None)
def test_a_time_reaches_the_client_to_the_millisecond(moment: datetime) -> None:
    response = {"task": {"createdAt": moment}}
    encoded = encode(ECS, "StopTask", response)
    difference = client_response("StopTask", encoded)["task"]["createdAt"] - moment
    assert abs(difference.total_seconds()) <= 0.000501
    assert response == {"task": {"createdAt": moment}}


def test_members_that_are_none_are_not_written_but_inside_documents() -> None:
    hook = {"hookTargetArn": None, "hookDetails": {"a": None}}
    service = {
        "serviceArn": "s",
        "roleArn": None,
        "deploymentConfiguration": {"lifecycleHooks": [hook]},
    }
    body = encode(ECS, "UpdateService", {"service": service}).body
    assert json.loads(body) == {
        "service": {
            "serviceArn": "s",
            "deploymentConfiguration": {"lifecycleHooks": [{"hookDetails": {"a": None}}]},
        }
    }


def test_the_word_null_in_a_text_is_kept() -> None:
    assert encode(ECS, "ListTasks", {"taskArns": [":null"]}).body == b'{"taskArns":[":null"]}'


def test_an_error_reaches_the_client_with_code_message_and_members() -> None:
    error = ApiError("ConflictException", "Used before.", members={"resourceIds": ["a", "b"]})
    encoded = encode_error(error, "request-1")
    parsed = client_response("RunTask", encoded)
    assert parsed["Error"] == {"Code": "ConflictException", "Message": "Used before."}
    assert parsed["ResponseMetadata"]["RequestId"] == "request-1"
    assert json.loads(encoded.body)["resourceIds"] == ["a", "b"]
    assert ("x-amzn-errortype", "ConflictException") in encoded.headers


def _examples() -> list[tuple[str, dict[str, Any]]]:
    path = Path(botocore.__file__).parent / "data/ecs/2014-11-13/examples-1.json"
    examples = json.loads(path.read_text())["examples"]
    return [(operation, example) for operation in examples for example in examples[operation]]


@pytest.mark.parametrize(
    ("operation", "example"), [pytest.param(*each, id=each[1]["id"]) for each in _examples()]
)
def test_an_example_of_awss_own_is_read_and_answered(
    operation: str, example: dict[str, Any]
) -> None:
    parameters = example.get("input", {})
    assert decode(ECS, client_request(operation, parameters)) == (operation, parameters)
    shape = client_model().operation_model(operation).output_shape
    response = _in_python(shape, example.get("output", {}))
    check_response(ECS, operation, response)
    assert client_response(operation, encode(ECS, operation, response)) == response


def _in_python(shape: Any, value: Any) -> Any:
    """An example's value as the client would have it: the examples write times as text or numbers.

    Some examples show members that the model has dropped since; those are left out.
    """
    match shape.type_name:
        case "structure":
            return {
                name: _in_python(shape.members[name], member)
                for name, member in value.items()
                if name in shape.members
            }
        case "list":
            return [_in_python(shape.member, element) for element in value]
        case "timestamp" if isinstance(value, str):
            moment: datetime = parse_date(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        case "timestamp":
            return datetime.fromtimestamp(value, UTC)
        case _:
            return value
