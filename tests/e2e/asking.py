"""Clients of a load balancer or a task: they ask again and again, and keep every answer."""

import http.client
import threading
import time
from types import TracebackType
from typing import NamedTuple, Self

from house import PATIENCE_SECONDS

PAUSE_SECONDS = 0.01
"""Between two requests of one client, for two cores carry all of it."""


class Answer(NamedTuple):
    """What became of one request."""

    began: float
    status: int
    """0 when there was none."""
    body: str


class Clients:
    """Some clients in the background: half of them keep their connection, half open new ones."""

    def __init__(self, host: str, port: int, count: int = 4) -> None:
        self._over = threading.Event()
        self._answers: list[Answer] = []
        self._threads = [
            threading.Thread(target=self._run, args=(host, port, number % 2 == 0), daemon=True)
            for number in range(count)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()

    @property
    def failed(self) -> list[Answer]:
        return [answer for answer in list(self._answers) if answer.status != 200]

    def in_order(self) -> list[Answer]:
        """All answers until now."""
        return list(self._answers)

    def answered_since(self, moment: float) -> list[Answer]:
        """Answers to the requests that were sent after that moment."""
        return [answer for answer in list(self._answers) if answer.began > moment]

    def _run(self, host: str, port: int, keeps_its_connection: bool) -> None:
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
        while not self._over.wait(PAUSE_SECONDS):
            if not keeps_its_connection:
                connection.close()
            self._answers.append(ask(connection, "/"))
        connection.close()


class SlowRequests:
    """Requests that take the container a while, all under way at once."""

    def __init__(self, host: str, port: int, count: int, path: str = "/cgi-bin/slow") -> None:
        self._answers: list[Answer] = []
        self._threads = [
            threading.Thread(target=self._run, args=(host, port, path), daemon=True)
            for _ in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def answers(self) -> list[Answer]:
        """All of them, once they are there."""
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()
        return self._answers

    def _run(self, host: str, port: int, path: str) -> None:
        connection = http.client.HTTPConnection(host, port, timeout=PATIENCE_SECONDS)
        self._answers.append(ask(connection, path))
        connection.close()


def ask(connection: http.client.HTTPConnection, path: str) -> Answer:
    """One request; what goes wrong is an answer with status 0."""
    began = time.monotonic()
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return Answer(began, answer.status, answer.read().decode().strip())
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return Answer(began, 0, repr(error))
