"""Signature Version 4 from both sides: who sent this request, and signing our own.

`authenticate` is the second station of every request: nothing is decoded before it has said who
asks. `sign` and `presign` are for the agent and the command line, which do without botocore.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Protocol

import msgspec

from roadstead.aws.canonical import (
    ALGORITHM,
    Scope,
    canonical_query,
    canonical_request,
    encoded,
    moment_of,
    query_pairs,
    signature,
    stamp_of,
    string_to_sign,
)
from roadstead.aws.claims import Claim, read_claim
from roadstead.aws.http import HttpRequest
from roadstead.aws.refusals import JSON_REFUSALS, Refusals, mismatch_message

CLOCK_SKEW_MAX = timedelta(minutes=15)

_SERVICE = re.compile(r"[a-z0-9-]{1,64}")
_REGION = re.compile(r"[a-z]{2,8}(-[a-z]{1,16}){1,3}-[0-9]{1,2}")
# These decide what a request does and for whom, so leaving them out of the signature is refused.
_NAMES_ALWAYS_SIGNED = ("x-amz-target", "x-amz-security-token", "x-amz-date")


class AccessKey(msgspec.Struct, frozen=True):
    """A key that the server knows, and for whom it speaks.

    session_token is set for temporary keys, whose requests must carry it.
    """

    access_key_id: str
    secret: str
    account: str
    arn: str
    session_token: str | None = None
    expires: datetime | None = None

    def __repr__(self) -> str:
        """Without the secret: this may end in a log."""
        return f"AccessKey({self.access_key_id!r}, arn={self.arn!r})"


class Keys(Protocol):
    """Where access keys are looked up."""

    def find(self, access_key_id: str) -> AccessKey | None:
        """The key of this id, expired ones too, or None."""
        ...


class Credentials(msgspec.Struct, frozen=True):
    """What a client signs with."""

    access_key_id: str
    secret: str
    session_token: str | None = None

    def __repr__(self) -> str:
        """Without the secret: this may end in a log."""
        return f"Credentials({self.access_key_id!r})"


class Caller(msgspec.Struct, frozen=True):
    """Who sent a request, and the Region and service it was signed for."""

    access_key_id: str
    account: str
    region: str
    service: str
    arn: str


def authenticate(
    request: HttpRequest,
    keys: Keys,
    now: datetime,
    *,
    service: str | None = None,
    refusals: Refusals = JSON_REFUSALS,
) -> Caller:
    """Who signed the request.

    service: the signing name it must be signed for; None lets any pass, and Caller says which.
    Raises: ApiError with one of the codes of `refusals`; no other exception, whatever the request.
    """
    claim = read_claim(request, refusals)
    _check_scope(claim, service, refusals)
    _check_time(claim, now, refusals)
    _check_signed_headers(claim, request.headers, refusals)
    scope = claim.scope
    key = keys.find(scope.access_key_id)
    if key is None or not _same(key.session_token or "", claim.session_token or ""):
        raise refusals.unknown_key()
    canonical = canonical_request(
        request, claim.canonical_query, claim.signed_headers, request.body
    )
    text = string_to_sign(claim.stamp, scope, canonical)
    if not compare_digest(signature(key.secret, scope, text), claim.signature):
        raise refusals.mismatch(mismatch_message(_without_token(canonical, claim), text))
    if key.expires is not None and key.expires <= now:
        raise refusals.expired_token()
    return Caller(key.access_key_id, key.account, scope.region, scope.service, key.arn)


def sign(
    request: HttpRequest, credentials: Credentials, region: str, service: str, now: datetime
) -> dict[str, str]:
    """The headers to add to the request, by lower-case name, so that it is believed.

    The request must have its host header already. That, content-type and all x-amz-* are signed.
    """
    assert "host" in request.headers, "a request is signed with its host header"
    stamp = stamp_of(now)
    added = {"x-amz-date": stamp}
    if credentials.session_token is not None:
        added["x-amz-security-token"] = credentials.session_token
    dated = msgspec.structs.replace(request, headers={**request.headers, **added})
    names = sorted(
        name
        for name in dated.headers
        if name in ("host", "content-type") or name.startswith("x-amz-")
    )
    scope = Scope(credentials.access_key_id, stamp[:8], region, service)
    query = canonical_query(query_pairs(request.query))
    signed = _signature(dated, query, ";".join(names), credentials, scope, stamp)
    added["authorization"] = (
        f"{ALGORITHM} Credential={scope.access_key_id}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={signed}"
    )
    return added


def presign(
    request: HttpRequest,
    credentials: Credentials,
    region: str,
    service: str,
    now: datetime,
    expires_seconds: int,
) -> str:
    """The query, signature included, with which the request is believed until it expires.

    Only the host header is signed. The body is, too: as a rule it is empty.
    """
    stamp = stamp_of(now)
    scope = Scope(credentials.access_key_id, stamp[:8], region, service)
    fields = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{scope.access_key_id}/{scope}",
        "X-Amz-Date": stamp,
        "X-Amz-Expires": str(expires_seconds),
        "X-Amz-SignedHeaders": "host",
    }
    if credentials.session_token is not None:
        fields["X-Amz-Security-Token"] = credentials.session_token
    query = canonical_query(
        query_pairs(request.query) + [(name, encoded(value)) for name, value in fields.items()]
    )
    signed = _signature(request, query, "host", credentials, scope, stamp)
    return f"{query}&X-Amz-Signature={signed}"


def _check_scope(claim: Claim, service: str | None, refusals: Refusals) -> None:
    if service is not None and claim.scope.service != service:
        raise refusals.mismatch(f"Credential should be scoped to correct service: '{service}'. ")
    if _SERVICE.fullmatch(claim.scope.service) is None:
        raise refusals.mismatch("Credential should be scoped to a valid service. ")
    if _REGION.fullmatch(claim.scope.region) is None:
        raise refusals.mismatch("Credential should be scoped to a valid Region. ")


def _check_time(claim: Claim, now: datetime, refusals: Refusals) -> None:
    stamp, day = claim.stamp, claim.scope.day
    signed_at = moment_of(stamp)
    if signed_at is None:
        raise refusals.incomplete(
            "Date must be in ISO-8601 'basic format'. "
            f"Got '{stamp}'. See http://en.wikipedia.org/wiki/ISO_8601"
        )
    if stamp[:8] != day:
        raise refusals.mismatch(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{day}' != '{stamp[:8]}', from '{stamp}'."
        )
    lasts = CLOCK_SKEW_MAX if claim.lasts is None else claim.lasts
    if now - signed_at > lasts:
        raise refusals.mismatch(
            f"Signature expired: {stamp} is now earlier than {stamp_of(now - lasts)} "
            f"({stamp_of(now)} - {lasts.total_seconds() / 60:.15g} min.)"
        )
    if signed_at - now > CLOCK_SKEW_MAX:
        raise refusals.mismatch(
            f"Signature not yet current: {stamp} is still later than "
            f"{stamp_of(now + CLOCK_SKEW_MAX)} ({stamp_of(now)} + 15 min.)"
        )


def _check_signed_headers(claim: Claim, headers: Mapping[str, str], refusals: Refusals) -> None:
    signed = claim.signed_headers.split(";")
    if "host" not in signed:
        raise refusals.mismatch(
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization header."
        )
    for name in _NAMES_ALWAYS_SIGNED:
        if name in headers and name not in signed:
            raise refusals.mismatch(
                f"'{name}' must be a 'SignedHeader' in the AWS Authorization header."
            )


def _same(one: str, other: str) -> bool:
    return compare_digest(
        one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass")
    )


def _without_token(canonical: str, claim: Claim) -> str:
    """The canonical text for an error message, which may end in a client's log."""
    if claim.session_token is None:
        return canonical
    for token in (claim.session_token, encoded(claim.session_token)):
        canonical = canonical.replace(token, "<token>")
    return canonical


def _signature(
    request: HttpRequest,
    query: str,
    signed_headers: str,
    credentials: Credentials,
    scope: Scope,
    stamp: str,
) -> str:
    canonical = canonical_request(request, query, signed_headers, request.body)
    return signature(credentials.secret, scope, string_to_sign(stamp, scope, canonical))
