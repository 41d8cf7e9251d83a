"""botocore speaks `query` and `ec2` to us and we to it: what one writes, the other reads back."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from forms_oracle import (
    MODELS,
    as_xml_has_it,
    client_model,
    client_request,
    client_response,
    free_model,
    without_empties,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_oracle import full_value, value_of

from roadstead.aws.errors import ApiError
from roadstead.aws.protocol import ec2, query
from roadstead.aws.responses import check_response
from roadstead.ec2.operations.table import READS, WRITES

MODULES: dict[str, ModuleType] = {"ec2": ec2, "elbv2": query, "elb": query}
EVERY = [(name, operation) for name, model in MODELS.items() for operation in model.operations]
DRAWN = [
    (name, operation)
    for name, operation in EVERY
    if name != "ec2" or operation in {*READS, *WRITES}
]
"""EC2 has 830 operations: values are drawn for those that are implemented."""

_few = settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def _decoded(service: str, operation: str, parameters: dict[str, Any]) -> tuple[str, Any]:
    """What we read of botocore's request."""
    request = client_request(service, operation, parameters)
    read: tuple[str, Any] = MODULES[service].decode(free_model(service), request)
    return read


@pytest.mark.parametrize(("service", "operation"), EVERY, ids=str)
def test_no_member_of_a_request_is_lost(service: str, operation: str) -> None:
    shape = client_model(service).operation_model(operation).input_shape
    parameters = {} if shape is None else full_value(shape)
    assert _decoded(service, operation, parameters) == (operation, parameters)


@pytest.mark.parametrize(("service", "operation"), EVERY, ids=str)
def test_no_member_of_a_response_is_lost(service: str, operation: str) -> None:
    shape = client_model(service).operation_model(operation).output_shape
    response = {} if shape is None else full_value(shape)
    check_response(MODELS[service], operation, response)
    encoded = MODULES[service].encode(MODELS[service], operation, response, "request-1")
    parsed = client_response(service, operation, encoded)
    assert parsed.pop("ResponseMetadata")["RequestId"] == "request-1"
    assert parsed == response


@pytest.mark.parametrize(("service", "operation"), DRAWN, ids=str)
def test_what_botocore_serializes_we_decode_to_the_same(service: str, operation: str) -> None:
    @_few
    @given(parameters=value_of(client_model(service).operation_model(operation).input_shape))
    def check(parameters: dict[str, Any]) -> None:
        read = _decoded(service, operation, parameters)
        assert read[0] == operation
        assert without_empties(read[1]) == without_empties(parameters)

    _unless_shapeless(client_model(service).operation_model(operation).input_shape, check)


@pytest.mark.parametrize(("service", "operation"), DRAWN, ids=str)
def test_what_we_encode_botocore_parses_to_the_same(service: str, operation: str) -> None:
    shape = client_model(service).operation_model(operation).output_shape

    @_few
    @given(response=st.just({}) if shape is None else value_of(shape))
    def check(response: dict[str, Any]) -> None:
        encoded = MODULES[service].encode(MODELS[service], operation, response, "request-1")
        parsed = client_response(service, operation, encoded)
        del parsed["ResponseMetadata"]
        assert parsed == as_xml_has_it(response)

    check()


@pytest.mark.parametrize("service", MODELS)
def test_an_error_reaches_the_client_with_code_and_message(service: str) -> None:
    error = ApiError("Some.Code", "less < more & \x01 \r\n ]]>", status=412)
    encoded = MODULES[service].encode_error(error, "request-1")
    assert encoded.status == 412
    operation = next(iter(MODELS[service].operations))
    parsed = client_response(service, operation, encoded)
    assert parsed["Error"]["Code"] == "Some.Code"
    assert parsed["Error"]["Message"] == "less < more & \ufffd \r\n ]]>"
    assert parsed["ResponseMetadata"]["RequestId"] == "request-1"


@pytest.mark.parametrize(("status", "kind"), [(400, "Sender"), (500, "Receiver")])
def test_a_query_error_says_whose_fault_it_is(status: int, kind: str) -> None:
    encoded = query.encode_error(ApiError("Code", "m", status=status), "request-1")
    assert client_response("elbv2", "DescribeTags", encoded)["Error"]["Type"] == kind


def _unless_shapeless(shape: object, check: Callable[[], None]) -> None:
    if shape is not None:
        check()
