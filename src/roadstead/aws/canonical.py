"""The arithmetic of Signature Version 4: what is signed, and how.

A request becomes a canonical text, its digest part of a string to sign, and that string is signed
with a key made from the secret, the day, the Region and the service. Client and server do the same;
`aws/sigv4.py` asks for it from both sides.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote_from_bytes, unquote_to_bytes

import msgspec

from roadstead.aws.http import HttpRequest

ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"

_UNRESERVED = "-_.~"
_STAMP_CHARACTERS = len("20261121T203948Z")


class Scope(msgspec.Struct, frozen=True):
    """For what a signature is good: one key, one day, one Region, one service."""

    access_key_id: str
    day: str
    region: str
    service: str

    def __str__(self) -> str:
        return f"{self.day}/{self.region}/{self.service}/{TERMINATOR}"


def canonical_request(
    request: HttpRequest, canonical_query: str, signed_headers: str, body: bytes
) -> str:
    """The text that stands for the request. A signed header that is missing counts as empty.

    The body's digest is always of the body that came: neither UNSIGNED-PAYLOAD nor a digest that
    the client claims in x-amz-content-sha256 takes its place, so an altered body never passes. AWS
    lets only a few services (S3 first) leave the body unsigned, none of which is served here.
    """
    headers = request.headers
    lines = [
        f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in signed_headers.split(";")
    ]
    return (
        f"{request.method}\n{canonical_path(request.path)}\n{canonical_query}\n"
        f"{''.join(lines)}\n{signed_headers}\n{sha256(body).hexdigest()}"
    )


def string_to_sign(stamp: str, scope: Scope, canonical: str) -> str:
    """What the key signs. Total for any text, also for one that is not valid Unicode."""
    digest = sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{ALGORITHM}\n{stamp}\n{scope}\n{digest}"


def signature(secret: str, scope: Scope, text: str) -> str:
    """The signature in hexadecimal."""
    key = _signing_key(secret, scope.day, scope.region, scope.service)
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()


@lru_cache(1024)
def _signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    """Four rounds of HMAC, the same for all requests of a day: worth keeping."""
    key = b"AWS4" + secret.encode()
    for part in (day, region, service, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def canonical_path(path: str) -> str:
    """The path without dot segments and empty segments, and encoded once more than on the wire."""
    if path in ("/", ""):
        return "/"
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    end = "/" if kept and path.endswith(("/", "/.", "/..")) else ""
    normal = f"/{'/'.join(kept)}{end}"
    return quote_from_bytes(normal.encode("utf-8", "surrogatepass"), safe="/" + _UNRESERVED)


def query_pairs(query: str) -> list[tuple[str, str]]:
    """The names and values of a query, each encoded in the one canonical way, in their order.

    A plus sign is a space, as in a form: AWS's own container agent sends it so and signs `%20`.
    """
    if not query:
        return []
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return [(_recoded(name), _recoded(value)) for name, _, value in pairs]


def canonical_query(pairs: list[tuple[str, str]]) -> str:
    """Encoded pairs, sorted by name and then by value."""
    return "&".join([f"{name}={value}" for name, value in sorted(pairs)])


def encoded(text: str) -> str:
    """Percent-encoded as Signature Version 4 wants it."""
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe=_UNRESERVED)


def decoded(text: str) -> str:
    """What `encoded` was given."""
    return unquote_to_bytes(text).decode("utf-8", "replace")


def _recoded(text: str) -> str:
    raw = unquote_to_bytes(text.replace("+", " ").encode("utf-8", "surrogatepass"))
    return quote_from_bytes(raw, safe=_UNRESERVED)


def stamp_of(moment: datetime) -> str:
    """A time in ISO 8601's basic format, in UTC: 20261121T203948Z."""
    moment = moment.astimezone(UTC)
    return (
        f"{moment.year:04}{moment.month:02}{moment.day:02}"
        f"T{moment.hour:02}{moment.minute:02}{moment.second:02}Z"
    )


def moment_of(stamp: str) -> datetime | None:
    """The time that a stamp says, or None when it is not one."""
    return _moment_of(stamp) if len(stamp) == _STAMP_CHARACTERS and stamp.isascii() else None


@lru_cache(256)
def _moment_of(stamp: str) -> datetime | None:
    """Kept, for the requests of one second all carry the same."""
    try:
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def stamp_of_http_date(text: str) -> str | None:
    """The stamp of a Date header, which may be in HTTP's format or a stamp already."""
    if moment_of(text) is not None:
        return text
    try:
        moment = parsedate_to_datetime(text)
        # "-0000" says UTC, and that nothing is known of the sender's own time zone.
        return stamp_of(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
