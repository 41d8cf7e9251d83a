"""Next tokens: where a list goes on, as an opaque string.

A token holds the key after which the next page starts and a digest of the question (the
operation and the request without its paging members). It is bound to the question by a
checksum, not kept secret: it grants nothing, for the list it continues is authorised anew.
Tokens stay good across restarts and on every server.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping

import msgspec

from roadstead.aws.errors import ApiError

Key = str | int | tuple["Key", ...]

_VERSION = b"\x01"
_DIGEST_BYTES = 12
_TOKEN_CHARACTERS_MAX = 4096
_PAGING_MEMBERS = frozenset({"nextToken", "maxResults"})


def next_token(operation: str, request: Mapping[str, object], after: Key) -> str:
    """The token for the page that starts behind `after`, in the answer to this very request."""
    after_json = msgspec.json.encode(after)
    return (
        base64.urlsafe_b64encode(_VERSION + _digest(operation, request, after_json) + after_json)
        .rstrip(b"=")
        .decode()
    )


def after_token(
    operation: str,
    request: Mapping[str, object],
    *,
    code: str = "InvalidParameterException",
) -> Key | None:
    """The key after which the requested page starts; None for the first page.

    Raises: `code` when the request's nextToken was not made by `next_token` for the same
        operation and filters.
    """
    token = request.get("nextToken")
    if token is None or token == "":
        return None
    refusal = ApiError(
        code,
        f"Invalid token: nextToken does not continue this {operation} request. "
        "Pass the nextToken of the previous page, and the same filters.",
    )
    if not isinstance(token, str) or len(token) > _TOKEN_CHARACTERS_MAX or not token.isascii():
        raise refusal
    try:
        raw = base64.b64decode(
            token.encode() + b"=" * (-len(token) % 4), altchars=b"-_", validate=True
        )
    except binascii.Error:
        raise refusal from None
    start = len(_VERSION) + _DIGEST_BYTES
    after_json = raw[start:]
    if raw[:start] != _VERSION + _digest(operation, request, after_json):
        raise refusal
    return _as_key(msgspec.json.decode(after_json))


def _digest(operation: str, request: Mapping[str, object], after_json: bytes) -> bytes:
    question = {
        name: value
        for name, value in request.items()
        if value is not None and name not in _PAGING_MEMBERS
    }
    text = msgspec.json.encode([operation, question], order="deterministic")
    return hashlib.blake2b(
        text + b"\0" + after_json, digest_size=_DIGEST_BYTES, person=b"roadstead-page"
    ).digest()


def _as_key(value: object) -> Key:
    """JSON has no tuples: what was one comes back as a list."""
    if isinstance(value, list):
        return tuple(_as_key(part) for part in value)
    assert isinstance(value, str | int), value
    return value
