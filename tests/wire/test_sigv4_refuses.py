"""Signatures that are wrong, late, incomplete or of a request that was changed afterwards."""

import re
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sigv4_oracle import (
    CALLER,
    KEY,
    KEYS,
    NOW,
    STAMP,
    TEMPORARY,
    FixedKeys,
    presigned,
    refusal,
    signed_by_botocore,
    with_headers,
)

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.refusals import QUERY_REFUSALS
from roadstead.aws.sigv4 import AccessKey, authenticate

Change = Callable[[HttpRequest], HttpRequest]

_TAMPERINGS: dict[str, Change] = {
    "body": lambda r: msgspec.structs.replace(r, body=r.body + b" "),
    "empty body": lambda r: msgspec.structs.replace(r, body=b""),
    "method": lambda r: msgspec.structs.replace(r, method="PUT"),
    "path": lambda r: msgspec.structs.replace(r, path="/other"),
    "query": lambda r: msgspec.structs.replace(r, query="Action=DeleteCluster"),
    "operation": lambda r: with_headers(r, x_amz_target="AmazonEC2.DeleteCluster"),
    "host": lambda r: with_headers(r, host="elsewhere"),
    "date": lambda r: with_headers(r, x_amz_date="20261121T203949Z"),
    "content hash": lambda r: with_headers(r, x_amz_content_sha256="UNSIGNED-PAYLOAD"),
    "signature": lambda r: _edited(r, "Signature=[0-9a-f]", "Signature=0"),
    "region": lambda r: _edited(r, "us-east-1", "us-east-2"),
    "service": lambda r: _edited(r, "/ecs/", "/ec2/"),
    "key": lambda r: _edited(r, "AKIDEXAMPLE", "ASIAEXAMPLE"),
}


def _edited(request: HttpRequest, pattern: str, replacement: str) -> HttpRequest:
    authorization = request.headers["authorization"]
    if pattern.startswith("Signature"):
        digit = "1" if "Signature=0" in authorization else "0"
        replacement = f"Signature={digit}"
    return with_headers(request, authorization=re.sub(pattern, replacement, authorization))


@pytest.mark.parametrize(
    "what", [name for name in _TAMPERINGS if name not in ("content hash", "key")]
)
def test_a_request_changed_after_signing_is_refused(clock: None, what: str) -> None:
    error = refusal(_TAMPERINGS[what](signed_by_botocore()))
    assert (error.code, error.status) == ("InvalidSignatureException", 400)
    assert error.message.startswith(
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. "
        "Consult the service documentation for details."
    )


def test_another_keys_id_without_its_token_is_refused(clock: None) -> None:
    error = refusal(_TAMPERINGS["key"](signed_by_botocore()))
    assert error.code == "UnrecognizedClientException"


def test_a_body_left_unsigned_is_refused(clock: None) -> None:
    unsigned = {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}
    assert refusal(signed_by_botocore(headers=unsigned)).code == "InvalidSignatureException"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("seqNum=1", "seqNum=2"),
        ("X-Amz-Expires=300", "X-Amz-Expires=301"),
        ("&seqNum=1", ""),
        ("clusterArn=default", "clusterArn=default&clusterArn=other"),
    ],
)
def test_a_presigned_request_changed_afterwards_is_refused(clock: None, old: str, new: str) -> None:
    request = presigned()
    assert old in request.query
    changed = msgspec.structs.replace(request, query=request.query.replace(old, new))
    assert refusal(changed).code == "InvalidSignatureException"


def test_the_refusal_shows_what_should_have_been_signed_but_not_the_token(clock: None) -> None:
    request = msgspec.structs.replace(signed_by_botocore(key=TEMPORARY), body=b"other")
    message = refusal(request).message
    assert "The Canonical String for this request should have been\n'POST\n/\n\n" in message
    assert f"The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n{STAMP}\n" in message
    assert "odd" not in message
    assert "x-amz-security-token:<token>" in message


def test_without_a_signature_the_token_is_missing() -> None:
    for authorization in (None, "", "Bearer abc", "AWS AKID:sig", "Basic Og=="):
        request = HttpRequest("POST", "/", "a=b", {"host": "h"}, b"{}")
        error = refusal(with_headers(request, authorization=authorization))
        assert (error.code, error.message, error.status) == (
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
            400,
        )


@pytest.mark.parametrize(
    ("pattern", "replacement", "code", "message"),
    [
        (
            " Credential=[^,]*,",
            "",
            "IncompleteSignatureException",
            "requires 'Credential' parameter.",
        ),
        (", Signature=.*", "", "IncompleteSignatureException", "requires 'Signature' parameter."),
        (
            " SignedHeaders=[^,]*,",
            "",
            "IncompleteSignatureException",
            "requires 'SignedHeaders' par",
        ),
        (
            "SHA256",
            "SHA1",
            "IncompleteSignatureException",
            "Unsupported AWS 'algorithm': 'AWS4-HMAC",
        ),
        ("/aws4_request", "", "IncompleteSignatureException", "exactly 5 slash-delimited elements"),
        (
            "aws4_request",
            "aws5",
            "InvalidSignatureException",
            "valid terminator: 'aws4_request', not",
        ),
        (
            "Signature=.*",
            "Signature=abc",
            "IncompleteSignatureException",
            "64 lowercase hexadecimal",
        ),
        ("us-east-1", "Mars", "InvalidSignatureException", "scoped to a valid Region"),
        ("/ecs/", "/e c s/", "InvalidSignatureException", "scoped to a valid service"),
        ("20261121/", "20261120/", "InvalidSignatureException", "'20261120' != '20261121', from"),
        (
            "host;",
            "",
            "InvalidSignatureException",
            "'Host' or ':authority' must be a 'SignedHeader'",
        ),
        (
            ";x-amz-target",
            "",
            "InvalidSignatureException",
            "'x-amz-target' must be a 'SignedHeader'",
        ),
        (";x-amz-date", "", "InvalidSignatureException", "'x-amz-date' must be a 'SignedHeader'"),
        (
            "AKIDEXAMPLE",
            "AKIDOTHER",
            "UnrecognizedClientException",
            "security token included in the",
        ),
    ],
)
def test_a_malformed_authorization_is_refused_with_its_reason(
    clock: None, pattern: str, replacement: str, code: str, message: str
) -> None:
    request = signed_by_botocore()
    authorization = re.sub(pattern, replacement, request.headers["authorization"])
    error = refusal(with_headers(request, authorization=authorization))
    assert error.code == code
    assert message in error.message


@pytest.mark.parametrize("name", ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders"])
def test_a_presigned_request_needs_all_its_parameters(clock: None, name: str) -> None:
    request = presigned()
    query = re.sub(rf"&?X-Amz-{name}=[^&]*", "", request.query)
    error = refusal(msgspec.structs.replace(request, query=query))
    assert error.code == "IncompleteSignatureException"
    assert f"must include 'X-Amz-{name}'" in error.message


@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        ("-1", "should be a number"),
        ("x", "should be a number"),
        ("604801", "less than a week"),
        ("9" * 5000, "should be a number"),
    ],
)
def test_a_presigned_request_lasts_a_week_at_most(clock: None, seconds: str, message: str) -> None:
    request = presigned()
    query = request.query.replace("Expires=300", f"Expires={seconds}")
    assert message in refusal(msgspec.structs.replace(request, query=query)).message


def test_the_date_header_will_do_where_there_is_no_x_amz_date(clock: None) -> None:
    request = with_headers(signed_by_botocore(), x_amz_date=None)
    error = refusal(request)
    assert error.code == "IncompleteSignatureException"
    assert "either a 'X-Amz-Date' or a 'Date' header" in error.message
    assert "ISO-8601" in refusal(with_headers(request, date="yesterday")).message


@pytest.mark.parametrize(
    "stamp", ["", "2026-11-21T20:39:48Z", "20261321T203948Z", "20261121T20394٣Z"]
)
def test_a_date_that_is_no_date_is_incomplete(clock: None, stamp: str) -> None:
    error = refusal(with_headers(signed_by_botocore(), x_amz_date=stamp))
    assert error.code == "IncompleteSignatureException"
    assert f"Got '{stamp}'" in error.message


def test_a_signature_is_good_for_fifteen_minutes(clock: None) -> None:
    request = signed_by_botocore()
    quarter, second = timedelta(minutes=15), timedelta(seconds=1)
    assert authenticate(request, KEYS, NOW + quarter) == CALLER
    assert authenticate(request, KEYS, NOW - quarter) == CALLER
    late = refusal(request, NOW + quarter + second)
    assert (late.code, late.message) == (
        "InvalidSignatureException",
        f"Signature expired: {STAMP} is now earlier than 20261121T203949Z "
        "(20261121T205449Z - 15 min.)",
    )
    early = refusal(request, NOW - quarter - second)
    assert early.message == (
        f"Signature not yet current: {STAMP} is still later than 20261121T203947Z "
        "(20261121T202447Z + 15 min.)"
    )
    assert "Signature expired" in refusal(presigned(), NOW + 300 * second + second).message


def test_a_signature_for_another_service_is_refused(clock: None) -> None:
    error = refusal(signed_by_botocore(service="s3"), service="ecs")
    assert error.code == "InvalidSignatureException"
    assert error.message == "Credential should be scoped to correct service: 'ecs'. "


def test_a_temporary_key_is_refused_without_its_token_or_after_its_time(clock: None) -> None:
    bare = msgspec.structs.replace(TEMPORARY, session_token=None)
    other = msgspec.structs.replace(TEMPORARY, session_token="other")
    assert refusal(signed_by_botocore(key=bare)).code == "UnrecognizedClientException"
    assert refusal(signed_by_botocore(key=other)).code == "UnrecognizedClientException"
    lasting = msgspec.structs.replace(KEY, session_token="left over")
    assert refusal(signed_by_botocore(key=lasting)).code == "UnrecognizedClientException"

    class Expired(FixedKeys):
        def find(self, access_key_id: str) -> AccessKey | None:
            return msgspec.structs.replace(TEMPORARY, expires=NOW)

    with pytest.raises(ApiError) as refused:
        authenticate(signed_by_botocore(key=TEMPORARY), Expired(), NOW)
    assert refused.value.code == "ExpiredTokenException"
    assert refused.value.message == "The security token included in the request is expired"


def test_a_wrong_secret_is_a_wrong_signature(clock: None) -> None:
    wrong = msgspec.structs.replace(KEY, secret="guess")
    assert refusal(signed_by_botocore(key=wrong)).code == "InvalidSignatureException"


def test_a_query_service_refuses_in_its_own_words(clock: None) -> None:
    def code_and_status(request: HttpRequest) -> tuple[str, int]:
        error = refusal(request, refusals=QUERY_REFUSALS)
        return error.code, error.status

    request = signed_by_botocore()
    nobody = msgspec.structs.replace(KEY, access_key_id="AKIDOTHER")
    assert code_and_status(_TAMPERINGS["body"](request)) == ("SignatureDoesNotMatch", 403)
    assert code_and_status(signed_by_botocore(key=nobody)) == ("InvalidClientTokenId", 403)
    assert code_and_status(with_headers(request, authorization=None)) == (
        "MissingAuthenticationToken",
        403,
    )
    assert code_and_status(with_headers(request, x_amz_date="x")) == ("IncompleteSignature", 400)


# Anything that can stand in a header or a query, near to and far from what should.
_pieces = st.sampled_from(
    ["AWS4-HMAC-SHA256", " ", ",", "=", "/", "Credential", "SignedHeaders", "Signature", "host",
     "AKIDEXAMPLE/20261121/us-east-1/ecs/aws4_request", "0" * 64, ";", "%", "X-Amz-", "&", "+",
     "Algorithm", "Expires", "Date", STAMP, "\ud800", "\x00", "ä", "x-amz-date"]
)  # fmt: skip
_odd = st.lists(_pieces, max_size=14).map("".join) | st.text(max_size=30)


@given(authorization=_odd, query=_odd, date=_odd, path=_odd, token=_odd, body=st.binary())
@settings(max_examples=400, deadline=None)
def test_whatever_is_sent_is_refused_with_an_api_error(
    authorization: str, query: str, date: str, path: str, token: str, body: bytes
) -> None:
    headers = {"host": "h", "authorization": authorization, "x-amz-date": date}
    refusal(HttpRequest("POST", path, query, headers, body))
    refusal(HttpRequest("GET", path, query, {"host": "h", "date": date}, body))
    for region, service in (("us-east-1", token), (token, "ecs"), ("us-east-1", "ecs")):
        whole = (
            f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/{region}/{service}/aws4_request, "
            f"SignedHeaders=host;x-amz-date;{query}, Signature={'0' * 64}"
        )
        headers = {"host": path, "authorization": whole, "x-amz-date": STAMP}
        refusal(HttpRequest("POST", path, query, headers, body))
    claimed = HttpRequest("POST", path, query, headers, b"")
    refusal(with_headers(claimed, x_amz_security_token=token))
