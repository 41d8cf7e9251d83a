"""What the command says: lines for people, progress where there is a terminal, plain lines else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_MACHINE_LACKS = 3
EXIT_NOT_RUNNING = 4
EXIT_NOT_AT_REST = 5
EXIT_TIMED_OUT = 124
EXIT_INTERRUPTED = 130


def say(text: str) -> None:
    """A line for the user, at once."""
    print(text, flush=True)


def complain(text: str) -> None:
    """A line about something wrong."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def progress(first: str) -> Iterator[Callable[[str], None]]:
    """A spinner beside a text that may change; without a terminal, a line per change."""
    if sys.stdout.isatty():
        from rich.console import Console

        console = Console()
        with console.status(first) as status:
            yield status.update
        return
    said = first
    say(first)

    def change(text: str) -> None:
        nonlocal said
        if text != said:
            said = text
            say(text)

    yield change


def columns(headings: list[str], rows: list[list[str]]) -> list[str]:
    """Rows under headings in aligned columns, a line each."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in [headings, *rows]
    ]


def table(headings: list[str], rows: list[list[str]]) -> None:
    """Rows under headings: a drawn table on a terminal, aligned columns else."""
    if sys.stdout.isatty():
        from rich.box import SIMPLE
        from rich.console import Console
        from rich.table import Table

        drawn = Table(*headings, box=SIMPLE)
        for row in rows:
            drawn.add_row(*row)
        Console().print(drawn)
        return
    for line in columns(headings, rows):
        say(line)
