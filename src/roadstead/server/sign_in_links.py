"""SignInLinks: the tokens with which browsers get a key, in memory only; and POST /console/sign-in.

A token is good once and for a quarter of an hour. What is kept of it is a digest, so that not even
a picture of our memory signs anybody in. Whoever brings one is not signed: the token is the proof.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

import msgspec

from roadstead.aws.errors import ApiError
from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.aws.protocol import json
from roadstead.aws.sigv4 import AccessKey
from roadstead.clock import Clock
from roadstead.ids import Ids
from roadstead.server.key_ring import KeyRing

SIGN_IN_PATH = "/console/sign-in"
GOOD_FOR = timedelta(minutes=15)
LINKS_MAX = 128
"""Outstanding ones; a new one more ends the oldest."""
BODY_BYTES_MAX = 4096


class Link(msgspec.Struct, frozen=True):
    digest: bytes
    access_key_id: str
    expires_at: datetime


class Brought(msgspec.Struct, frozen=True):
    """What a browser sends."""

    token: str


class SignInLinks:
    """All outstanding links of one control plane; a restart ends them."""

    def __init__(self, keys: KeyRing, clock: Clock, ids: Ids) -> None:
        self._keys = keys
        self._clock = clock
        self._ids = ids
        self._links: list[Link] = []
        """Oldest first."""

    def make(self, access_key_id: str, now: datetime) -> tuple[str, datetime]:
        """A new token for that key, and when it ends."""
        token = self._ids.token()
        expires_at = now + GOOD_FOR
        self._links = self._good(now)[-(LINKS_MAX - 1) :]
        self._links.append(Link(_digest(token), access_key_id, expires_at))
        return token, expires_at

    def redeem(self, token: str, now: datetime) -> AccessKey:
        """The key that the token stands for, which is then good no more.

        Raises: InvalidSignInLinkException
        """
        digest = _digest(token)
        found = None
        self._links = self._good(now)
        for link in self._links:
            # All are compared, and each in full: time tells nothing.
            if hmac.compare_digest(link.digest, digest):
                found = link
        if found is not None:
            self._links.remove(found)
            key = self._keys.find(found.access_key_id)
            if key is not None:
                return key
        raise ApiError(
            "InvalidSignInLinkException",
            "This sign-in link is not good, or not any more: each is good once, for "
            f"{GOOD_FOR // timedelta(minutes=1)} minutes and until the control plane restarts. "
            "Run `roadstead console` for a new one.",
            status=403,
        )

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to POST /console/sign-in."""
        try:
            _check_sender(request)
            key = self.redeem(_token_of(request), self._clock.now())
        except ApiError as error:
            return json.encode_error(error, self._ids.uuid())
        body = {"accessKeyId": key.access_key_id, "secretAccessKey": key.secret}
        headers = [("content-type", "application/json")]
        return HttpResponse(200, headers, msgspec.json.encode(body))

    def _good(self, now: datetime) -> list[Link]:
        return [link for link in self._links if now < link.expires_at]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _check_sender(request: HttpRequest) -> None:
    """Only pages of this server may send a token, and programs that are no browser.

    Raises: AccessDeniedException
    """
    headers = request.headers
    origin = headers.get("origin")
    is_ours = origin is None or origin.partition("://")[2] == headers.get("host", "")
    if not is_ours or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ApiError(
            "AccessDeniedException",
            "Only the console of this control plane signs in here; this is another site's page.",
            status=403,
        )


def _token_of(request: HttpRequest) -> str:
    """Raises: SerializationException"""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or len(request.body) > BODY_BYTES_MAX:
        raise ApiError(
            "SerializationException",
            f"Send application/json of at most {BODY_BYTES_MAX} bytes.",
            status=415 if kind != "application/json" else 413,
        )
    try:
        return msgspec.json.decode(request.body, type=Brought).token
    except msgspec.DecodeError:  # its text might quote the token
        raise ApiError("SerializationException", 'Send {"token": "…"}.') from None
