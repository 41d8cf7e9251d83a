"""Telemetry frames: signed one by one with the connection's path and query."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.signed_frames import open_frame, signed_frame
from roadstead.aws.sigv4 import AccessKey, Credentials, sign

NOW = datetime(2026, 11, 21, 19, 8, 45, tzinfo=UTC)
KEY = AccessKey("AKIDEXAMPLE", "secret", "123456789012", "arn:aws:iam::123456789012:root")
CREDENTIALS = Credentials(KEY.access_key_id, KEY.secret)
CONNECTION = HttpRequest(
    "GET",
    "/tcs/ws",
    "agentVersion=1.105.1&cluster=proto&dockerVersion=20.10.24%2Bdfsg1",
    {"host": "127.0.0.1:18080", "upgrade": "websocket"},
    b"",
)
MESSAGE = b'{"type":"PublishMetricsRequest","message":{"a":"\xc3\xa4\\r\\n\\r\\n"}}'


class OneKey:
    """Knows KEY."""

    def find(self, access_key_id: str) -> AccessKey | None:
        return KEY if access_key_id == KEY.access_key_id else None


def _frame() -> bytes:
    return signed_frame(MESSAGE, CONNECTION, CREDENTIALS, "us-east-1", "ecs", NOW)


def test_a_frame_is_a_block_of_headers_an_empty_line_and_the_message() -> None:
    block = (
        rb"Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/ecs/"
        rb"aws4_request, SignedHeaders=host;x-amz-date, Signature=[0-9a-f]{64}\r\n"
        rb"Host: 127\.0\.0\.1:18080\r\nX-Amz-Date: 20261121T190845Z\r\n\r\n"
    )
    assert re.fullmatch(block + re.escape(MESSAGE), _frame())


def test_a_signed_frame_gives_its_sender_and_its_message() -> None:
    caller, message = open_frame(_frame(), CONNECTION, OneKey(), NOW)
    assert message == MESSAGE
    assert caller is not None
    assert (caller.arn, caller.region, caller.service) == (KEY.arn, "us-east-1", "ecs")


def test_lines_may_end_without_a_carriage_return() -> None:
    head, _, message = _frame().partition(b"\r\n\r\n")
    frame = head.replace(b"\r\n", b"\n") + b"\n\n" + message
    assert open_frame(frame, CONNECTION, OneKey(), NOW)[1] == MESSAGE


def test_the_signature_is_that_of_a_get_with_the_message_as_body() -> None:
    request = HttpRequest(
        "GET", CONNECTION.path, CONNECTION.query, {"host": "127.0.0.1:18080"}, MESSAGE
    )
    authorization = sign(request, CREDENTIALS, "us-east-1", "ecs", NOW)["authorization"]
    assert authorization.encode() in _frame()


def test_a_frame_without_headers_is_the_message_of_no_one_in_particular() -> None:
    assert open_frame(MESSAGE, CONNECTION, OneKey(), NOW) == (None, MESSAGE)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (_frame() + b" ", "InvalidSignatureException"),
        (_frame().replace(b"18080", b"18081"), "InvalidSignatureException"),
        (_frame().replace(b"AKIDEXAMPLE", b"AKIDOTHER"), "UnrecognizedClientException"),
        (b"Host: h\r\n\r\n{}", "MissingAuthenticationTokenException"),
        (b"Host: h", "IncompleteSignatureException"),
        (b"", "IncompleteSignatureException"),
        (b"a: b\n" * 33 + b"\n{}", "IncompleteSignatureException"),
        (b"\xff\xfe: \x00\r\n\r\n{}", "MissingAuthenticationTokenException"),
    ],
)
def test_a_frame_that_does_not_prove_its_sender_is_refused(frame: bytes, code: str) -> None:
    with pytest.raises(ApiError) as refused:
        open_frame(frame, CONNECTION, OneKey(), NOW)
    assert refused.value.code == code


def test_a_frame_of_another_connection_or_of_yesterday_is_refused() -> None:
    elsewhere = msgspec.structs.replace(CONNECTION, query="cluster=other")
    for connection, now in ((elsewhere, NOW), (CONNECTION, NOW + timedelta(days=1))):
        with pytest.raises(ApiError) as refused:
            open_frame(_frame(), connection, OneKey(), now)
        assert refused.value.code == "InvalidSignatureException"
