"""ConsolePages: what is under /console/: the built console, its settings, and the sign-in.

Nothing here is signed: the files are public, the settings tell nothing secret, and who signs in
brings a token. Paths without a file belong to the console's own router and get its index page.
"""

import logging
from pathlib import Path
from urllib.parse import unquote_to_bytes

import msgspec

from roadstead.aws.http import HttpRequest, HttpResponse
from roadstead.server.console_site import ASSETS, INDEX, ConsoleSite, SiteFile, places
from roadstead.server.sign_in_links import SIGN_IN_PATH, SignInLinks

CONSOLE_PATH = "/console/"
SECURITY_HEADERS = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
]
FOR_EVER = "public, max-age=31536000, immutable"
"""For files whose names say what is in them."""
ASK_AGAIN = "no-cache"
NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Roadstead</title></head>
<body>
<h1>The console is not built</h1>
<p>This control plane works without it: the AWS CLI, SDKs and the <code>roadstead</code> command
need none. To get it, install Node.js with npm and run <code>make console</code> in the checkout, or
install the package again with npm at hand. Then load this page again.</p>
<p>Looked for in: {places}</p>
</body>
</html>
"""

log = logging.getLogger(__name__)


class ConsolePages:
    """Answers everything under /console/."""

    def __init__(
        self, chosen: Path | None, links: SignInLinks, *, region: str, version: str
    ) -> None:
        self._site = ConsoleSite(chosen)
        self._links = links
        self._config = msgspec.json.encode({"region": region, "version": version})

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The answer to a request for /console, or a path below it. Never raises."""
        try:
            return self._answer(request)
        except Exception:  # the last resort; what was asked is not logged: it may be a token
            log.exception("a %s for the console failed", request.method)
            return _response(500, _plain(), b"Something went wrong; the server's log has it.\n")

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.path == SIGN_IN_PATH and request.method == "POST":
            answer = self._links.answer(request)
            headers = [*answer.headers, ("cache-control", "no-store")]
            return _response(answer.status, headers, answer.body)
        if request.method not in ("GET", "HEAD"):
            return _response(405, [("allow", "GET, HEAD"), *_plain()], b"GET or HEAD.\n")
        if request.path == CONSOLE_PATH.rstrip("/"):
            return _response(307, [("location", CONSOLE_PATH)])
        name = _decoded(request.path.removeprefix(CONSOLE_PATH))
        if name == "config.json":
            headers = [("content-type", "application/json"), ("cache-control", "no-store")]
            return _response(200, headers, self._config)
        return self._file(name, request)

    def _file(self, name: str, request: HttpRequest) -> HttpResponse:
        accepted = _accepted(request.headers.get("accept-encoding", ""))
        found = self._site.file(name, accepted)
        if found is not None:
            is_lasting = name.startswith(f"{ASSETS}/")
            return _sent(found, FOR_EVER if is_lasting else ASK_AGAIN, request)
        if name.startswith(f"{ASSETS}/"):
            # Not the index page: a script that is gone must fail as a script.
            return _response(404, [*_plain(), ("cache-control", "no-store")], b"Not found.\n")
        index = self._site.file(INDEX, accepted)
        if index is not None:
            return _sent(index, ASK_AGAIN, request)
        looked = ", ".join(
            f"<code>{_escaped(str(each))}</code>" for each in places(self._site.chosen)
        )
        headers = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]
        return _response(404, headers, NOT_BUILT.format(places=looked).encode())


def is_console(path: str) -> bool:
    """Whether a path is the console's."""
    return path.startswith(CONSOLE_PATH) or path == CONSOLE_PATH.rstrip("/")


def is_for_a_browser(request: HttpRequest) -> bool:
    """Whether somebody typed our address into a browser: to be led to the console."""
    return (
        request.path == "/"
        and not request.query
        and request.method in ("GET", "HEAD")
        and "authorization" not in request.headers
        and "text/html" in request.headers.get("accept", "")
    )


def lead_to_console() -> HttpResponse:
    return _response(307, [("location", CONSOLE_PATH), ("vary", "Accept")])


def _sent(found: SiteFile, cache_control: str, request: HttpRequest) -> HttpResponse:
    headers = [
        ("cache-control", cache_control),
        ("etag", found.etag),
        ("vary", "Accept-Encoding"),
    ]
    if _knows(request.headers.get("if-none-match", ""), found.etag):
        return _response(304, headers)
    headers.append(("content-type", found.content_type))
    if found.encoding:
        headers.append(("content-encoding", found.encoding))
    return _response(200, headers, found.body)


def _knows(if_none_match: str, etag: str) -> bool:
    """Whether the client has it.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
    """
    known = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return etag in known or "*" in known


def _accepted(accept_encoding: str) -> list[str]:
    """The encodings that the client takes.

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
    """
    found = []
    for each in accept_encoding.lower().split(","):
        name, _, weight = each.replace(" ", "").partition(";q=")
        if weight.rstrip("0") not in ("0.", "0") and weight != "0":
            found.append(name)
    return found


def _decoded(path: str) -> str:
    """What the path spells; nothing that is no UTF-8 is a name of ours."""
    return unquote_to_bytes(path).decode("utf-8", "replace")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _plain() -> list[tuple[str, str]]:
    return [("content-type", "text/plain; charset=utf-8")]


def _response(status: int, headers: list[tuple[str, str]], body: bytes = b"") -> HttpResponse:
    return HttpResponse(status, [*headers, *SECURITY_HEADERS], body)
