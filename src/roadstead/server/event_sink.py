"""EventSink: every durable event appended to a file, one line of JSON each.

The file itself is the memory of how far it got: its last line names an event, and what follows that
one is still in the state. So what a full disk or a crash kept from the file is made up for, as long
as the state keeps it; what is gone by then is counted and said. A line is written at least once.
"""

import asyncio
import logging
import os
import stat
from pathlib import Path

import msgspec

from roadstead.clock import Clock
from roadstead.ecs.views.events import event_id, number_of
from roadstead.server.event_feed import EventFeed
from roadstead.server.waiting import wait_for_news
from roadstead.settings import SettingError

FILE_BYTES_MAX = 100 * 1024 * 1024
"""A longer file becomes `<name>.1`, in the place of the former one, and a new one is begun."""
TAIL_BYTES_MAX = 4 * 1024 * 1024
"""Where the last line is looked for; no event is nearly as long."""
TRY_AGAIN_SECONDS = 2.0
COMPLAIN_AGAIN_SECONDS = 300.0
MODE = 0o600

log = logging.getLogger(__name__)


class EventSink:
    """One file. `run` it in the program's TaskGroup; after it, `finish` writes what is left."""

    def __init__(
        self, path: Path, feed: EventFeed, clock: Clock, *, file_bytes_max: int = FILE_BYTES_MAX
    ) -> None:
        """Raises: SettingError for a file that is no event log, or cannot be written, and for one
        whose `<name>.1` is no event log."""
        self._path = path
        self._feed = feed
        self._clock = clock
        self._bytes_max = file_bytes_max
        self._descriptor = -1
        self._length = 0
        """How long the file is with whole lines only."""
        self.lost = 0
        """Events that the file will never have."""
        self.failures = 0
        self._complained_at: float | None = None
        try:
            self._open()
        except OSError as error:
            raise SettingError(
                f"Events cannot be written to {path}: {error.strerror}.",
                "Name another file with --event-log or ROADSTEAD_EVENT_LOG, or none.",
            ) from error
        _last_id(_former(path))  # it will be replaced one day: somebody else's file must not be
        self._position = self._where_it_ended()

    async def run(self) -> None:
        """Append what becomes durable, until the feed stops."""
        with self._feed.watched() as news:
            while not self._feed.is_stopping:
                if await self._append_all():
                    await wait_for_news(news, self._clock, None)
                else:
                    await self._clock.sleep(TRY_AGAIN_SECONDS)

    async def finish(self) -> None:
        """Append what is left, once, and close the file."""
        await self._append_all()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    async def _append_all(self) -> bool:
        """Append all that can be read now; whether the file took it."""
        while True:
            reading = self._feed.read(self._position)
            if reading.lines:
                text = b"".join(line.json + b"\n" for line in reading.lines)
                try:
                    # A file may be on a disk that hangs: the loop must not.
                    await asyncio.to_thread(self._append, text)
                except (OSError, SettingError) as error:
                    self._complain(error)
                    return False
            self._position = reading.position
            self._tell_lost(reading.missed)
            if not reading.is_more:
                return True

    def _complain(self, error: Exception) -> None:
        """At once, and then from time to time."""
        self.failures += 1
        now = self._clock.monotonic()
        if self._complained_at is None or now - self._complained_at >= COMPLAIN_AGAIN_SECONDS:
            self._complained_at = now
            log.error(
                "events cannot be written to %s: %s; trying again every %.0f s",
                *(self._path, error, TRY_AGAIN_SECONDS),
            )

    def _tell_lost(self, missed: int) -> None:
        self.lost += missed
        if missed:
            log.error("%d events are not in %s: they were too old by then", missed, self._path)
        if self._complained_at is not None:
            self._complained_at = None
            log.warning("events are written to %s again; %d were lost", self._path, missed)

    def _append(self, text: bytes) -> None:
        """What a failure leaves half written is cut off before the next try.

        Raises: OSError, SettingError
        """
        self._follow_the_name()
        if self._length and self._length + len(text) > self._bytes_max:
            os.close(self._descriptor)
            self._descriptor = -1
            os.replace(self._path, _former(self._path))
            self._open()
        written = 0
        while written < len(text):
            written += os.write(self._descriptor, text[written:])
        self._length += written

    def _follow_the_name(self) -> None:
        """Open the file again if it was closed, moved away or removed.

        Raises: OSError, SettingError
        """
        if self._descriptor >= 0:
            mine = os.fstat(self._descriptor)
            try:
                there = os.stat(self._path)
            except FileNotFoundError:
                there = None
            if there is not None and (there.st_ino, there.st_dev) == (mine.st_ino, mine.st_dev):
                self._length = min(self._length, there.st_size)  # it may have been emptied
                if there.st_size > self._length:
                    os.ftruncate(self._descriptor, self._length)
                return
            os.close(self._descriptor)
            self._descriptor = -1
        self._open()

    def _open(self) -> None:
        """Raises: OSError, SettingError"""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(self._path, flags, MODE)
        try:
            self._length = _whole_lines(descriptor, self._path)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def _where_it_ended(self) -> int:
        """The number of the last event in the file, or in the one before it.

        A file of another state, and none, mean that all events that are kept are missing.
        """
        for path in (self._path, _former(self._path)):
            identifier = _last_id(path)
            if not identifier:
                continue
            number = number_of(identifier)
            batch = self._feed.batch_of(number)
            if self._feed.knows(number) and (
                batch is None or event_id(batch, number) == identifier
            ):
                return number
            log.warning("%s is from another state; it goes on with the oldest event here", path)
            break
        return self._feed.oldest_position


class _Line(msgspec.Struct):
    version: str
    id: str


def _former(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def _whole_lines(descriptor: int, path: Path) -> int:
    """How long the file is once a line torn by a crash is cut off.

    Raises: SettingError for a file that is no event log: it is left as it is.
    """
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        raise _no_event_log(path)
    tail = _tail(descriptor, about.st_size)
    whole, newline, torn = tail.rpartition(b"\n")
    if whole:
        _id_in(whole.rpartition(b"\n")[2], path)
    elif tail and not (tail.startswith(b'{"version":"0"') or newline):
        raise _no_event_log(path)
    os.fchmod(descriptor, MODE)
    length = about.st_size - len(torn)
    if torn:
        os.ftruncate(descriptor, length)
    return length


def _last_id(path: Path) -> str:
    """The id of the last event in a file of whole lines; empty when there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return ""
    try:
        tail = _tail(descriptor, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)
    whole = tail.rpartition(b"\n")[0]
    return _id_in(whole.rpartition(b"\n")[2], path) if whole else ""


def _tail(descriptor: int, length: int) -> bytes:
    begin = max(0, length - TAIL_BYTES_MAX)
    return os.pread(descriptor, length - begin, begin)


def _id_in(line: bytes, path: Path) -> str:
    try:
        identifier = msgspec.json.decode(line, type=_Line).id
        number_of(identifier)
    except (msgspec.DecodeError, ValueError) as error:
        raise _no_event_log(path) from error
    return identifier


def _no_event_log(path: Path) -> SettingError:
    return SettingError(
        f"{path} is not an event log of Roadstead.",
        "Name another file with --event-log or ROADSTEAD_EVENT_LOG.",
    )
