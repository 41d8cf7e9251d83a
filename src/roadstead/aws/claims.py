"""What a request says about its own signature, before anyone has checked it.

The signature stands in the Authorization header or, presigned, in the query. Reading it is the
first half of `authenticate`; `aws/sigv4.py` then looks whether it is true.
"""

import re
from datetime import timedelta

import msgspec

from roadstead.aws.canonical import (
    ALGORITHM,
    TERMINATOR,
    Scope,
    canonical_query,
    decoded,
    query_pairs,
    stamp_of_http_date,
)
from roadstead.aws.http import HttpRequest
from roadstead.aws.refusals import Refusals

PRESIGNED_SECONDS_MAX = 7 * 24 * 3600

# What every SDK and agent sends. Anything else is read part by part, to say what is wrong with it.
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/(\d{8})/([^/,\s]+)/([^/,\s]+)/aws4_request, ?"
    r"SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})",
    re.ASCII,
)
_SIGNATURE = re.compile(r"[0-9a-f]{64}")


class Claim(msgspec.Struct, frozen=True):
    """A signature and all that is needed to compute it again."""

    scope: Scope
    signed_headers: str
    signature: str
    stamp: str
    canonical_query: str
    session_token: str | None
    lasts: timedelta | None
    """of a presigned request"""


def read_claim(request: HttpRequest, refusals: Refusals) -> Claim:
    """The claim in the header, or else in the query.

    Raises: the refusal for a claim that is missing, incomplete or malformed.
    """
    headers = request.headers
    authorization = headers.get("authorization")
    if not authorization:
        return _claim_in_query(request, refusals)
    fields = _AUTHORIZATION.fullmatch(authorization)
    if fields is not None:
        key_id, day, region, service, signed_headers, given = fields.groups()
        scope = Scope(key_id, day, region, service)
    else:
        scope, signed_headers, given = _read_authorization(authorization, refusals)
    stamp: str | None = headers.get("x-amz-date")
    if stamp is None:
        if "date" not in headers:
            raise refusals.incomplete(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                "header."
            )
        stamp = stamp_of_http_date(headers["date"]) or headers["date"]
    return Claim(
        scope=scope,
        signed_headers=signed_headers,
        signature=given,
        stamp=stamp,
        canonical_query=canonical_query(query_pairs(request.query)),
        session_token=headers.get("x-amz-security-token"),
        lasts=None,
    )


def _read_authorization(authorization: str, refusals: Refusals) -> tuple[Scope, str, str]:
    """Scope, signed headers and signature of a header that is written in some unusual way.

    Raises: the refusal that names what is missing or malformed.
    Source: observed: AWS's messages for each of these
    """
    algorithm, _, rest = authorization.strip().partition(" ")
    if not algorithm.startswith("AWS4-"):
        raise refusals.missing()
    if algorithm != ALGORITHM:
        raise refusals.incomplete(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    fields: dict[str, str] = {}
    for field in rest.split(","):
        name, _, value = field.strip().partition("=")
        fields[name] = value.strip()
    lacking = [n for n in ("Credential", "Signature", "SignedHeaders") if not fields.get(n)]
    if lacking:
        raise refusals.incomplete(
            " ".join(f"Authorization header requires '{name}' parameter." for name in lacking)
        )
    scope = _read_scope(fields["Credential"], refusals)
    return scope, fields["SignedHeaders"], _read_signature(fields["Signature"], refusals)


def _claim_in_query(request: HttpRequest, refusals: Refusals) -> Claim:
    """The claim of a presigned request."""
    pairs = query_pairs(request.query)
    fields = {name: decoded(value) for name, value in pairs if name.startswith("X-Amz-")}
    if "X-Amz-Signature" not in fields and "X-Amz-Algorithm" not in fields:
        raise refusals.missing()
    for name in ("Algorithm", "Credential", "Signature", "SignedHeaders", "Date", "Expires"):
        if not fields.get(f"X-Amz-{name}"):
            raise refusals.incomplete(
                f"AWS query-string parameters must include 'X-Amz-{name}'. "
                "Re-examine the query-string parameters."
            )
    if fields["X-Amz-Algorithm"] != ALGORITHM:
        raise refusals.incomplete(f"Unsupported AWS 'algorithm': '{fields['X-Amz-Algorithm']}'.")
    return Claim(
        scope=_read_scope(fields["X-Amz-Credential"], refusals),
        signed_headers=fields["X-Amz-SignedHeaders"],
        signature=_read_signature(fields["X-Amz-Signature"], refusals),
        stamp=fields["X-Amz-Date"],
        canonical_query=canonical_query([p for p in pairs if p[0] != "X-Amz-Signature"]),
        session_token=fields.get("X-Amz-Security-Token"),
        lasts=_read_expires(fields["X-Amz-Expires"], refusals),
    )


def _read_expires(text: str, refusals: Refusals) -> timedelta:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise refusals.incomplete("X-Amz-Expires should be a number")
    if int(text) > PRESIGNED_SECONDS_MAX:
        raise refusals.incomplete(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires "
            f"must be less than {PRESIGNED_SECONDS_MAX} seconds"
        )
    return timedelta(seconds=int(text))


def _read_scope(credential: str, refusals: Refusals) -> Scope:
    fields = credential.split("/")
    if len(fields) != 5 or not all(fields):
        raise refusals.incomplete(
            "Credential must have exactly 5 slash-delimited elements, "
            f"e.g. keyid/date/region/service/term, got '{credential}'"
        )
    key_id, day, region, service, terminator = fields
    if terminator != TERMINATOR:
        raise refusals.mismatch(
            f"Credential should be scoped with a valid terminator: '{TERMINATOR}', "
            f"not '{terminator}'."
        )
    return Scope(key_id, day, region, service)


def _read_signature(text: str, refusals: Refusals) -> str:
    if _SIGNATURE.fullmatch(text) is None:
        raise refusals.incomplete("The signature must have 64 lowercase hexadecimal digits.")
    return text
