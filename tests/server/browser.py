"""What a browser asks of the server: unsigned requests, sent as they are spelled."""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from api_server import ApiServer

PATIENCE_SECONDS = 20


class Answer(msgspec.Struct, frozen=True):
    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    server: ApiServer,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    **headers: str,
) -> Answer:
    """headers: with underscores for dashes."""
    host = server.endpoint.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=PATIENCE_SECONDS)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    response = connection.getresponse()
    answer = Answer(
        response.status,
        {name.lower(): value for name, value in response.getheaders()},
        response.read(),
    )
    connection.close()
    return answer


def build(directory: Path, text: str = "one") -> Path:
    """A console as its build leaves it."""
    assets = directory / "assets"
    assets.mkdir(parents=True, exist_ok=True)
    (assets / f"index-{text}.js").write_text(f"console.log({text!r})")
    (assets / f"index-{text}.js.gz").write_bytes(b"gzip of " + text.encode())
    (assets / f"index-{text}.js.br").write_bytes(b"brotli of " + text.encode())
    (directory / "favicon.svg").write_text("<svg/>")
    (directory / "index.html").write_text(f"<!doctype html><title>{text}</title>")
    return directory


@contextmanager
def serving(console_dir: Path) -> Iterator[ApiServer]:
    server = ApiServer(console_dir=console_dir)
    server.start()
    try:
        yield server
    finally:
        server.stop()
