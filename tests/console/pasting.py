"""Clerk: copies the commands that the console offers, and pastes them into a shell.

The shell has what `roadstead env` prints, and `aws`. Each place of the console that offers a
command is named by the test that pastes it: `@pastes`; `places()` finds them all in the sources.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from console_page import ConsolePage
from house import CLUSTER, COMMAND_SECONDS_MAX, House, until
from playwright.sync_api import Locator, expect

SOURCES = Path(__file__).resolve().parents[2] / "console/src"
OFFERS = re.compile(r"<(ActionDialog|ConfirmDialog|CopyCommand)\b")
FRAMES = {f"widgets/{name}.tsx" for name in ("ActionDialog", "ConfirmDialog", "CopyCommand")}
COPY = "Copy as AWS CLI command"
PASTED: set[str] = set()

T = TypeVar("T", bound=Callable[..., None])


def places() -> set[str]:
    """The files of the console that offer a command, but for the frames that all of them use."""
    return {
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.tsx")
        if ".test." not in path.name and OFFERS.search(path.read_text())
    } - FRAMES


def pastes(*names: str) -> Callable[[T], T]:
    """The test pastes the commands of these files."""
    PASTED.update(names)
    return lambda test: test


class Clerk:
    """One tab and one shell. Nothing is done in the tab: every dialog is cancelled."""

    def __init__(self, console: ConsolePage, house: House) -> None:
        self.console = console
        self.page = console.page
        self._variables = house.variables
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    # --- the console ---

    def open(self, path: str, heading: str | re.Pattern[str]) -> None:
        """Of the cluster in which most of it takes place, or of none of them."""
        self.console.open(path.replace("~", f"/clusters/{CLUSTER}"))
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    def press(self, name: str) -> None:
        self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()

    def choose(self, action: str) -> None:
        """Of the menu "Actions"."""
        self.press("Actions")
        self.page.get_by_role("menuitem", name=action, exact=True).click()

    def select(self, table: str, *rows: str) -> None:
        for text in rows:
            self.console.row(table, text).get_by_role("checkbox").check()

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def copied(self, button: Locator) -> str:
        """What is in the clipboard once the button was pressed."""
        self.page.evaluate("() => navigator.clipboard.writeText('')")
        button.click()
        return until(lambda: str(self.page.evaluate("() => navigator.clipboard.readText()")))

    def offered(self) -> str:
        """The command of the dialog that is open, which is then cancelled."""
        text = self.copied(self.dialog.get_by_role("button", name=COPY))
        self.dialog.get_by_role("button", name="Cancel").click()
        expect(self.dialog).to_have_count(0)
        return text

    def of_page(self) -> str:
        """The first command of the page itself."""
        return self.copied(self.page.locator("main").get_by_role("button", name=COPY).first)

    def of_tab(self) -> str:
        """The command of the tab that is open, below the head of the page."""
        return self.copied(self.page.get_by_role("tabpanel").get_by_role("button", name=COPY))

    # --- the shell ---

    def paste(self, text: str) -> list[Any]:
        """The answers to commands that must all succeed."""
        done = self.run(text)
        assert done.returncode == 0, f"{text}\n{done.stderr}"
        return answers(done.stdout)

    def run(self, text: str) -> "subprocess.CompletedProcess[str]":
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "ROADSTEAD"))
        }
        path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
        return subprocess.run(
            ["bash", "-e", "-c", text],
            capture_output=True,
            text=True,
            env={**kept, **self._variables, "PATH": path, "AWS_PAGER": ""},
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )


def answers(printed: str) -> list[Any]:
    """The JSON documents that several commands have printed one after the other."""
    found, decoder, rest = [], json.JSONDecoder(), printed.strip()
    while rest:
        answer, end = decoder.raw_decode(rest)
        found.append(answer)
        rest = rest[end:].lstrip()
    return found
