"""What the signature tests share: two keys, and botocore as the one who signs."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import msgspec
import pytest

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest
from roadstead.aws.refusals import JSON_REFUSALS, Refusals
from roadstead.aws.sigv4 import AccessKey, Caller, authenticate

NOW = datetime(2026, 11, 21, 20, 39, 48, tzinfo=UTC)
STAMP = "20261121T203948Z"
KEY = AccessKey("AKIDEXAMPLE", "secret/+key", "123456789012", "arn:aws:iam::123456789012:root")
TEMPORARY = AccessKey(
    "ASIAEXAMPLE",
    "other",
    "123456789012",
    "arn:aws:sts::123456789012:assumed-role/task/session",
    session_token="token/with+odd=characters==",
    expires=NOW + timedelta(hours=1),
)
BODY = b'{"cluster":"default"}'
CALLER = Caller("AKIDEXAMPLE", "123456789012", "us-east-1", "ecs", KEY.arn)


class FixedKeys:
    """Two keys: a lasting one and a temporary one."""

    def find(self, access_key_id: str) -> AccessKey | None:
        return {key.access_key_id: key for key in (KEY, TEMPORARY)}.get(access_key_id)


KEYS = FixedKeys()


def signed_by_botocore(
    url: str = "http://127.0.0.1:8080/",
    *,
    method: str = "POST",
    body: bytes = BODY,
    headers: dict[str, str] | None = None,
    key: AccessKey = KEY,
    region: str = "us-east-1",
    service: str = "ecs",
    presigned_seconds: int | None = None,
) -> HttpRequest:
    """The request as it arrives after botocore has signed it."""
    target = {"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListTasks"}
    sent = botocore.awsrequest.AWSRequest(
        method, url, data=body, headers=target if headers is None else headers
    )
    credentials = botocore.credentials.Credentials(key.access_key_id, key.secret, key.session_token)
    if presigned_seconds is None:
        signer = botocore.auth.SigV4Auth(credentials, service, region)
    else:
        signer = botocore.auth.SigV4QueryAuth(
            credentials, service, region, expires=presigned_seconds
        )
    signer.add_auth(sent)
    parts = urlsplit(sent.url)
    arrived = {name.lower(): str(value) for name, value in sent.headers.items()}
    arrived.setdefault("host", parts.netloc)
    return HttpRequest(method, parts.path, parts.query, arrived, sent.data or b"")


def presigned(**changes: object) -> HttpRequest:
    return signed_by_botocore(
        "http://127.0.0.1:8080/acs/ws?clusterArn=default&seqNum=1",
        method="GET",
        body=b"",
        headers={},
        presigned_seconds=300,
        **changes,  # type: ignore[arg-type]  # keywords of the same function
    )


def refusal(
    request: HttpRequest,
    now: datetime = NOW,
    *,
    service: str | None = None,
    refusals: Refusals = JSON_REFUSALS,
) -> ApiError:
    with pytest.raises(ApiError) as refused:
        authenticate(request, KEYS, now, service=service, refusals=refusals)
    return refused.value


def with_headers(request: HttpRequest, **changes: str | None) -> HttpRequest:
    headers = dict(request.headers)
    for name, value in changes.items():
        headers.pop(name.replace("_", "-"), None)
        if value is not None:
            headers[name.replace("_", "-")] = value
    return msgspec.structs.replace(request, headers=headers)
