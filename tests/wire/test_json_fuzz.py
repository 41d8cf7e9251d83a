"""Whatever a body or a header holds, the answer is parameters or an error of the right form."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from wire_oracle import ECS, OPERATIONS, any_text, json_values, request_for

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.protocol.json import decode, encode_error


def _is_decoded_or_refused(request: HttpRequest) -> object:
    """What came out: parameters, or an error that the client can read. Anything else raises."""
    try:
        return decode(ECS, request)
    except ApiError as error:
        answer = encode_error(error, "request-1")
        body = json.loads(answer.body)
        assert answer.status in (400, 413)
        assert list(body) == ["__type", "message"]
        assert body["__type"] == dict(answer.headers)["x-amzn-errortype"]
        return body


@given(operation=st.sampled_from(OPERATIONS), body=json_values)
@settings(max_examples=300, deadline=None)
def test_any_json_is_decoded_or_refused(operation: str, body: object) -> None:
    _is_decoded_or_refused(request_for(operation, json.dumps(body).encode()))


@given(data=st.data(), operation=st.sampled_from(OPERATIONS))
@settings(max_examples=400, deadline=None)
def test_any_json_under_the_right_names_is_decoded_or_refused(
    data: st.DataObject, operation: str
) -> None:
    shape = ECS.operations[operation].input
    assert shape is not None
    names = st.sampled_from(sorted(shape.members)) if shape.members else any_text
    body = data.draw(st.dictionaries(names, json_values | st.lists(json_values), max_size=4))
    outcome = _is_decoded_or_refused(request_for(operation, json.dumps(body).encode()))
    # Null for what is absent changes nothing, though it is read in another way.
    nulls = {name: None for name in shape.members if name not in body}
    body_with_nulls = json.dumps(body | nulls).encode()
    assert _is_decoded_or_refused(request_for(operation, body_with_nulls)) == outcome


@given(body=st.binary(), target=st.text(), media_type=st.text(), method=st.text())
@settings(max_examples=200, deadline=None)
def test_any_bytes_and_headers_are_decoded_or_refused(
    body: bytes, target: str, media_type: str, method: str
) -> None:
    _is_decoded_or_refused(request_for("ListTasks", body))
    headers = {"x-amz-target": target, "content-type": media_type}
    _is_decoded_or_refused(HttpRequest(method, "/", "", headers, body))
    headers = {**request_for("ListTasks", b"").headers, "content-type": media_type}
    _is_decoded_or_refused(HttpRequest("POST", "/", "", headers, body))
