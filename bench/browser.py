"""Chromium without a window, as the console's tests and benchmarks drive it.

It asks nobody but the server it is sent to: what browsers fetch by themselves is off.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
FLAGS = (
    "--no-sandbox",  # root runs it, with the sites of tests alone
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STUB_BYTES_MAX = 65_536


class NoBrowser(Exception):
    """There is none on this machine; the text says what to install."""


def find() -> str:
    """The path of a Chromium or Chrome: `ROADSTEAD_CHROMIUM`, or one on PATH.

    Raises: NoBrowser
    """
    chosen = os.environ.get("ROADSTEAD_CHROMIUM")
    for name in (chosen,) if chosen else NAMES:
        path = shutil.which(name)
        if path and not _is_snap(Path(path)):
            return path
    raise NoBrowser(
        f"None of {', '.join(NAMES)} is on PATH, or only as a snap, which cannot see files of "
        "tests. On Debian: apt-get install chromium. On Ubuntu: install google-chrome-stable "
        "from Google's repository, or name a browser with ROADSTEAD_CHROMIUM."
    )


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser with a profile of its own, which is gone afterwards."""
    path = find()
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        try:
            yield one
        finally:
            one.close()


def _is_snap(path: Path) -> bool:
    """Whether it is Ubuntu's snap, or the script that stands in for it."""
    real = path.resolve()
    if "snap" in real.parts or real.name == "snap":
        return True
    return real.stat().st_size < STUB_BYTES_MAX and b"snap install" in real.read_bytes()
