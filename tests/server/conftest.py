"""The fixtures of the API tests, for tests of the server itself."""

from collections.abc import Iterator

import pytest

from api_server import ApiServer


@pytest.fixture
def server() -> Iterator[ApiServer]:
    """A server with nothing in it."""
    server = ApiServer()
    server.start()
    yield server
    server.stop()
