"""What a request may look like beyond what botocore would send, and how the rest is refused."""

import json
from typing import Any

import pytest
from wire_oracle import ECS, request_for

from roadstead.aws.errors import ApiError
from roadstead.aws.http import BODY_BYTES_MAX, HttpRequest
from roadstead.aws.protocol.json import decode, encode, encode_error
from roadstead.aws.protocol.json_typed import DOCUMENT_DEPTH_MAX
from roadstead.aws.shapes import ServiceModel, read_model


def _decoded(operation: str, body: object) -> dict[str, Any]:
    return decode(ECS, request_for(operation, json.dumps(body).encode()))[1]


def _refusal(request: HttpRequest, model: ServiceModel = ECS) -> tuple[str, str]:
    with pytest.raises(ApiError) as refused:
        decode(model, request)
    return refused.value.code, refused.value.message


def _body_refusal(operation: str, body: bytes) -> tuple[str, str]:
    return _refusal(request_for(operation, body))


def test_unknown_members_are_dropped_at_every_depth() -> None:
    body = {
        "notInTheModel": "5539340d",
        "cluster": "proto",
        "attributes": [{"name": "ecs.os-type", "value": "linux", "novel": {"a": [1, None]}}],
    }
    assert _decoded("RegisterContainerInstance", body) == {
        "cluster": "proto",
        "attributes": [{"name": "ecs.os-type", "value": "linux"}],
    }


def test_a_null_member_is_an_absent_one() -> None:
    body = {
        "cluster": None,
        "taskDefinition": "app",
        "overrides": {"containerOverrides": [{"name": "app", "cpu": None}], "cpu": None},
    }
    assert _decoded("RunTask", body) == {
        "taskDefinition": "app",
        "overrides": {"containerOverrides": [{"name": "app"}]},
    }


def test_a_whole_number_may_be_written_with_a_decimal_point() -> None:
    request = request_for("RunTask", b'{"taskDefinition":"app","count":2.0}')
    assert decode(ECS, request)[1] == {"taskDefinition": "app", "count": 2}


def test_of_a_member_given_twice_the_last_counts() -> None:
    request = request_for("ListTasks", b'{"cluster":"a","cluster":"b"}')
    assert decode(ECS, request)[1] == {"cluster": "b"}


def test_a_document_is_kept_as_it_came() -> None:
    details = {"a": [1, None, {"b": None}], "c": 1.5}
    body = {
        "service": "web",
        "deploymentConfiguration": {"lifecycleHooks": [{"hookDetails": details}]},
    }
    assert _decoded("UpdateService", body) == body


def test_a_document_may_be_nested_but_not_without_end() -> None:
    def body(depth: int) -> bytes:
        hook = b'{"hookDetails":' + b'{"a":' * (depth - 1) + b"{}" + b"}" * depth
        return b'{"service":"w","deploymentConfiguration":{"lifecycleHooks":[' + hook + b"]}}"

    assert decode(ECS, request_for("UpdateService", body(DOCUMENT_DEPTH_MAX)))
    assert _body_refusal("UpdateService", body(DOCUMENT_DEPTH_MAX + 1)) == (
        "SerializationException",
        "'deploymentConfiguration.lifecycleHooks[0].hookDetails' can not be accepted: "
        "a document is nested deeper than 64",
    )


def test_a_recursive_shape_nested_beyond_measure_is_refused() -> None:
    model = _small_model({"type": "structure", "members": {"v": {"shape": "Value"}}})
    body = b'{"value":' + b'{"v":' * 900 + b"{}" + b"}" * 901
    assert _refusal(_small_request(body), model) == (
        "SerializationException",
        "The request body is nested too deeply",
    )


def test_an_enumeration_of_ecs_is_left_to_the_operation() -> None:
    assert _decoded("ListTasks", {"launchType": "MAINFRAME"}) == {"launchType": "MAINFRAME"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[]", "START_ARRAY can not be converted to a structure: at the request body"),
        (b'"x"', "STRING_VALUE can not be converted to a structure: at the request body"),
        (b"null", "NULL_VALUE can not be converted to a structure: at the request body"),
        (
            b'{"taskDefinition":5}',
            "NUMBER_VALUE can not be converted to a String: at 'taskDefinition'",
        ),
        (
            b'{"taskDefinition":"a","count":"1"}',
            "STRING_VALUE can not be converted to an Integer: at 'count'",
        ),
        (
            b'{"taskDefinition":"a","count":true}',
            "TRUE_VALUE can not be converted to an Integer: at 'count'",
        ),
        (
            b'{"taskDefinition":"a","count":1.5}',
            "DECIMAL_VALUE can not be converted to an Integer: at 'count'",
        ),
        (
            b'{"taskDefinition":"a","count":2147483648}',
            "'count' must be from -2147483648 to 2147483647",
        ),
        (
            b'{"taskDefinition":"a","overrides":{"containerOverrides":[{},{"name":[]}]}}',
            "START_ARRAY can not be converted to a String: "
            "at 'overrides.containerOverrides[1].name'",
        ),
        (
            b'{"taskDefinition":"a","tags":{}}',
            "START_OBJECT can not be converted to a list: at 'tags'",
        ),
        (
            b'{"taskDefinition":"a","enableECSManagedTags":0}',
            "NUMBER_VALUE can not be converted to a Boolean: at 'enableECSManagedTags'",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_its_place(body: bytes, message: str) -> None:
    assert _body_refusal("RunTask", body) == ("SerializationException", message)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"cluster":"\xff"}',
        b'{"cluster":"\\ud800"}',
        b'{"cluster":NaN}',
        b'{"maxResults":Infinity}',
        b'{"maxResults":1e999}',
        b'{"maxResults":' + b"9" * 5000 + b"}",
        b'{"other":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"cluster":' + b'{"a":' * 50_000,
        b"{} {}",
        b"\xef\xbb\xbf{}",
        b"cluster=default",
    ],
    ids=range(14),
)
def test_a_body_that_is_no_json_object_is_a_serialization_error(body: bytes) -> None:
    assert _body_refusal("ListTasks", body)[0] == "SerializationException"


@pytest.mark.parametrize("seconds", [1e300, -1e300, 1_700_000_000_000, -62135596801])
def test_a_time_beyond_the_calendar_is_a_serialization_error(seconds: float) -> None:
    body = json.dumps({"pullStartedAt": seconds}).encode()
    assert _body_refusal("SubmitTaskStateChange", body) == (
        "SerializationException",
        "'pullStartedAt' must be a time in seconds since 1970",
    )


def test_a_body_over_the_limit_is_refused_unread() -> None:
    refused = _body_refusal("ListTasks", b" " * (BODY_BYTES_MAX + 1))
    assert refused[0] == "RequestEntityTooLargeException"


@pytest.mark.parametrize(
    ("operation", "body", "found"),
    [
        ("RunTask", {}, ["Value null at 'taskDefinition'", "Member must not be null"]),
        (
            "PutAccountSetting",
            {},
            ["2 validation errors", "Value null at 'name'", "Value null at 'value'"],
        ),
        (
            "TagResource",
            {"resourceArn": "a", "tags": [{"key": "a"}, {"key": "", "value": "x" * 257}]},
            [
                "Value '' at 'tags.2.member.key' failed to satisfy constraint: "
                "Member must have length greater than or equal to 1",
                f"Value '{'x' * 257}' at 'tags.2.member.value' failed to satisfy constraint: "
                "Member must have length less than or equal to 256",
            ],
        ),
        (
            "TagResource",
            {"resourceArn": "a", "tags": [{"key": "snow☃man"}]},
            ["Value 'snow☃man'", "Member must satisfy regular expression pattern: "],
        ),
        (
            "RunTask",
            {
                "taskDefinition": "a",
                "capacityProviderStrategy": [{"capacityProvider": "p", "weight": 1001}],
            },
            [
                "Value '1001' at 'capacityProviderStrategy.1.member.weight' failed to satisfy "
                "constraint: Member must have value less than or equal to 1000"
            ],
        ),
        (
            "DescribeClusters",
            {"clusters": ["a", None]},
            ["Value null at 'clusters.2.member' failed to satisfy constraint: Member must not be"],
        ),
        (
            "TagResource",
            {"resourceArn": "a", "tags": [{"key": "k"}] * 51},
            ["Value at 'tags' failed to satisfy constraint: Member must have length less than"],
        ),
    ],
)
def test_what_the_model_forbids_is_an_invalid_parameter_of_ecs(
    operation: str, body: object, found: list[str]
) -> None:
    code, message = _body_refusal(operation, json.dumps(body).encode())
    assert code == "InvalidParameterException"
    for part in found:
        assert part in message


def test_a_secret_value_is_not_repeated_in_the_error() -> None:
    model = _small_model({"type": "string", "max": 3, "sensitive": True})
    code, message = _refusal(_small_request(b'{"value":"hunter2"}'), model)
    assert code == "ValidationException"
    assert message.startswith("1 validation error detected: Value at 'value' failed")
    assert "hunter2" not in message


def test_letters_of_any_alphabet_match_where_the_pattern_asks_for_letters() -> None:
    tags = [{"key": "größe 漢字", "value": "Ⅷ:1"}]
    body = {"resourceArn": "a", "tags": tags}
    assert _decoded("TagResource", body) == body


@pytest.mark.parametrize("letters", ["abc\n", "a☃"])
def test_a_pattern_is_for_the_whole_text(letters: str) -> None:
    body = json.dumps({"resourceArn": "a", "tags": [{"key": letters}]}).encode()
    assert _body_refusal("TagResource", body)[0] == "InvalidParameterException"


def test_two_members_of_a_union_at_once_are_refused() -> None:
    model = _small_model(
        {"type": "structure", "union": True, "members": {"a": {"shape": "S"}, "b": {"shape": "S"}}}
    )
    assert decode(model, _small_request(b'{"value":{"a":"1"}}'))[1] == {"value": {"a": "1"}}
    code, message = _refusal(_small_request(b'{"value":{"a":"1","b":"2"}}'), model)
    assert (code, "Exactly one" in message) == ("ValidationException", True)


def test_a_service_that_checks_enumerations_refuses_other_values() -> None:
    model = _small_model({"type": "string", "enum": ["ON", "OFF"]})
    assert decode(model, _small_request(b'{"value":"ON"}'))[1] == {"value": "ON"}
    assert _refusal(_small_request(b'{"value":"on"}'), model) == (
        "ValidationException",
        "1 validation error detected: Value 'on' at 'value' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ON, OFF]",
    )


def test_bytes_travel_as_base64() -> None:
    model = _small_model({"type": "blob", "min": 2, "max": 4})
    assert decode(model, _small_request(b'{"value":"AAEC"}'))[1] == {"value": b"\x00\x01\x02"}
    assert encode(model, "Do", {"value": b"\x00\x01\x02"}).body == b'{"value":"AAEC"}'
    assert _refusal(_small_request(b'{"value":"?"}'), model) == (
        "SerializationException",
        "'value' must be base64",
    )
    assert _refusal(_small_request(b'{"value":"AA=="}'), model)[0] == "ValidationException"


def test_a_shape_within_itself_is_read_and_written() -> None:
    model = _small_model(
        {"type": "structure", "members": {"at": {"shape": "T"}, "next": {"shape": "Value"}}}
    )
    body = b'{"value":{"at":1.5,"next":{"at":2.5,"next":{"at":3.5}}}}'
    parameters = decode(model, _small_request(body))[1]
    assert parameters["value"]["next"]["next"]["at"].timestamp() == 3.5
    assert encode(model, "Do", parameters).body == body


def _small_model(value: dict[str, Any]) -> ServiceModel:
    """A service with one operation, `Do`, which takes and gives one member, `value`."""
    return read_model(
        "small",
        {
            "metadata": {
                "apiVersion": "1",
                "protocol": "json",
                "jsonVersion": "1.1",
                "targetPrefix": "Small",
                "endpointPrefix": "small",
            },
            "operations": {"Do": {"input": {"shape": "Body"}, "output": {"shape": "Body"}}},
            "shapes": {
                "Body": {"type": "structure", "members": {"value": {"shape": "Value"}}},
                "Value": value,
                "S": {"type": "string"},
                "T": {"type": "timestamp"},
            },
        },
    )


def _small_request(body: bytes) -> HttpRequest:
    return request_for("Do", body, x_amz_target="Small.Do")


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"x_amz_target": ""}, "X-Amz-Target header is missing"),
        ({"x_amz_target": "ListTasks"}, "'.ListTasks'"),
        ({"x_amz_target": "DynamoDB_20120810.ListTasks"}, "'DynamoDB_20120810.ListTasks'"),
        ({"x_amz_target": f"{ECS.target_prefix}.listTasks"}, ".listTasks'"),
        ({"content_type": "application/json"}, "Content-Type must be application/x-amz-json-1.1"),
        ({"content_type": ""}, "Content-Type must be application/x-amz-json-1.1"),
    ],
)
def test_a_request_for_no_operation_of_ecs_is_unknown(
    headers: dict[str, str], message: str
) -> None:
    code, found = _refusal(request_for("ListTasks", b"{}", **headers))
    assert code == "UnknownOperationException"
    assert message in found


def test_the_media_type_may_have_parameters() -> None:
    request = request_for(
        "ListTasks", b"{}", content_type="Application/X-Amz-Json-1.1; charset=utf-8"
    )
    assert decode(ECS, request) == ("ListTasks", {})


def test_an_operation_is_called_with_post() -> None:
    request = request_for("ListTasks", b"{}")
    request = HttpRequest("GET", "/", "", request.headers, b"{}")
    assert _refusal(request)[0] == "UnknownOperationException"


def test_an_error_message_that_is_no_unicode_is_still_sent() -> None:
    answer = encode_error(ApiError("ClientException", "bad \ud800"), "request-1")
    assert json.loads(answer.body)["message"] == "bad ?"
