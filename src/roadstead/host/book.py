"""`instances.json`: the host's memory.

Replaced whole before a change is acted on and again once it is done, so that a host killed in
between knows what it was about to do.
"""

from pathlib import Path

import msgspec

from roadstead.files import write_whole
from roadstead.host.records import Book, HostError

FORMAT = 1


def read(path: Path) -> Book | None:
    """The book, or None before the first start.

    Raises: HostError when it is damaged or was written by a newer Roadstead.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        book = msgspec.json.decode(content, type=Book)
    except msgspec.DecodeError as error:
        raise HostError(
            f"{path} is damaged ({error}). Restore it from a copy, or start from nothing with "
            "`roadstead down --purge`."
        ) from error
    if book.format > FORMAT:
        raise HostError(
            f"{path} was written by a newer Roadstead (format {book.format}; this one knows "
            f"{FORMAT}). Use that version again; nothing was changed."
        )
    return book


def write(path: Path, book: Book) -> None:
    """Make `book` what a restarted host will read."""
    write_whole(path, msgspec.json.format(msgspec.json.encode(book), indent=2))
