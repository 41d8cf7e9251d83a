"""Signatures that are right: botocore's, our own, and AWS's published example."""

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import botocore.auth
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sigv4_oracle import (
    BODY,
    CALLER,
    KEY,
    KEYS,
    NOW,
    STAMP,
    TEMPORARY,
    presigned,
    signed_by_botocore,
    with_headers,
)

from roadstead.aws.canonical import stamp_of_http_date
from roadstead.aws.http import HttpRequest
from roadstead.aws.sigv4 import Credentials, authenticate, presign, sign


def test_a_request_that_botocore_signed_is_its_callers(clock: None) -> None:
    assert authenticate(signed_by_botocore(), KEYS, NOW, service="ecs") == CALLER


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-2", "us-gov-west-1", "eusc-de-east-1"])
def test_the_region_comes_from_the_credential_scope(clock: None, region: str) -> None:
    assert authenticate(signed_by_botocore(region=region), KEYS, NOW).region == region


def test_a_temporary_key_is_believed_with_its_token(clock: None) -> None:
    caller = authenticate(signed_by_botocore(key=TEMPORARY), KEYS, NOW)
    assert caller.arn == TEMPORARY.arn


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:8080",
        "http://[::1]:8080/",
        "http://localhost:8080/acs/ws",
        "http://localhost:8080/a/../b/./c//d/",
        "http://localhost:8080/with%20space/and~tilde",
        "http://localhost:8080/?b=2&a=1&a=0&c",
        "http://localhost:8080/?Action=DescribeInstances&Filter.1.Name=tag%3Aa%20b&empty=",
        "http://localhost:8080/?letters=%C3%A4%E6%BC%A2&tilde=~-_.",
    ],
)
def test_any_path_host_and_query_that_botocore_signs_is_believed(clock: None, url: str) -> None:
    request = signed_by_botocore(url, headers={})
    assert authenticate(request, KEYS, NOW) == CALLER


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Amz-Meta": "  several   spaces  within "},
        {"X-Amz-Meta": ""},
        {"Date": "now"},
        {"User-Agent": "changed by no one", "Amz-Sdk-Request": "attempt=1"},
        {"X-Amz-Content-SHA256": botocore.auth.sha256(BODY).hexdigest()},
    ],
)
def test_any_headers_that_botocore_signs_are_believed(clock: None, headers: dict[str, str]) -> None:
    assert authenticate(signed_by_botocore(headers=headers), KEYS, NOW) == CALLER


def test_a_presigned_request_of_botocore_is_believed_until_it_expires(clock: None) -> None:
    assert authenticate(presigned(), KEYS, NOW) == CALLER
    assert authenticate(presigned(key=TEMPORARY), KEYS, NOW).arn == TEMPORARY.arn
    assert authenticate(presigned(), KEYS, NOW + timedelta(seconds=300)) == CALLER


def test_a_plus_in_the_query_is_the_space_that_was_signed(clock: None) -> None:
    """AWS's container agent sends its websocket's query in a form's encoding."""
    request = signed_by_botocore(
        "http://127.0.0.1:8080/acs/ws?dockerVersion=DockerVersion%3A%2020.10.24%2Bdfsg1&seqNum=1",
        method="GET",
        body=b"",
        headers={},
    )
    query = "seqNum=1&dockerVersion=DockerVersion:+20.10.24%2Bdfsg1"
    assert authenticate(msgspec.structs.replace(request, query=query), KEYS, NOW) == CALLER


def test_awss_own_example_of_a_signature_is_reproduced() -> None:
    """Source: AWS Signature Version 4 test suite, get-vanilla."""
    request = HttpRequest("GET", "/", "", {"host": "example.amazonaws.com"}, b"")
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    now = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
    assert sign(request, credentials, "us-east-1", "service", now) == {
        "x-amz-date": "20150830T123600Z",
        "authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, Signature="
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
        ),
    }


@pytest.mark.parametrize("authorization", ["{0},{1},{2}", "{2},  {1}, {0}", "{0}, {1}, {2} "])
def test_the_parts_of_the_header_may_be_spaced_and_ordered_freely(
    clock: None, authorization: str
) -> None:
    request = signed_by_botocore()
    algorithm, _, rest = request.headers["authorization"].partition(" ")
    header = f"{algorithm} {authorization.format(*rest.split(', '))}"
    assert authenticate(with_headers(request, authorization=header), KEYS, NOW) == CALLER


@given(
    path=st.text("/abc.~ %é", max_size=8),
    query=st.lists(st.tuples(st.text("aé +&=/", max_size=3), st.text("b ~+/", max_size=3))),
    body=st.binary(max_size=20),
    meta=st.text(" a;,\t", max_size=8),
    token=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_whatever_we_sign_we_believe(
    path: str, query: list[tuple[str, str]], body: bytes, meta: str, token: bool
) -> None:
    headers = {"host": "h:1", "x-amz-meta": meta}
    request = HttpRequest("POST", "/" + quote(path), urlencode(query), headers, body)
    key = TEMPORARY if token else KEY
    credentials = Credentials(key.access_key_id, key.secret, key.session_token)
    added = sign(request, credentials, "us-east-1", "ecs", NOW)
    signed = msgspec.structs.replace(request, headers=headers | added)
    assert authenticate(signed, KEYS, NOW).arn == key.arn
    with_query = msgspec.structs.replace(
        request, query=presign(request, credentials, "us-east-1", "ecs", NOW, 60)
    )
    assert authenticate(with_query, KEYS, NOW).arn == key.arn


@pytest.mark.parametrize("zone", ["UTC0", "EST5EDT"])
def test_a_date_header_is_read_in_utc_wherever_the_server_stands(
    monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    for text in ("Sat, 21 Nov 2026 20:39:48 -0000", "Sat, 21 Nov 2026 20:39:48 GMT", STAMP):
        assert stamp_of_http_date(text) == STAMP
    monkeypatch.undo()
    time.tzset()
