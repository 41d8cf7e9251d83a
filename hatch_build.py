"""The wheel carries the built console: hatchling runs this while it makes one.

A console that is not built is built with npm: the one on PATH, or that of a Python package which
pip then brings into the build. Where neither can be had the wheel is made without it, and says so;
`ROADSTEAD_CONSOLE=off` leaves it out on purpose.
"""

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent / "scripts"))

import console_build

SITE = "roadstead/console_site"
"""Where the server looks for it: `server/console_site.py`."""
HAS_NODE_WHEELS = "sys_platform == 'linux' and platform_machine in 'x86_64 aarch64'"


class ConsoleHook(BuildHookInterface):
    """Puts `console/dist` into a wheel; an editable installation has it in the checkout."""

    def dependencies(self) -> list[str]:
        """What pip is to install for the build: a Node.js, if one is needed and none is here."""
        if _is_unwanted() or console_build.is_built() or console_build.find_npm() is not None:
            return []
        return [f"{console_build.NODE_PACKAGE}; {HAS_NODE_WHEELS}"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        if _is_unwanted():
            self.app.display_info("The wheel is made without the console: ROADSTEAD_CONSOLE=off.")
            return
        reason = self._build()
        if reason:
            self.app.display_warning(f"THE WHEEL IS MADE WITHOUT THE CONSOLE: {reason}")
            return
        for path in sorted(console_build.DIST.rglob("*")):
            if path.is_file() and path != console_build.BUILT_FROM:
                inside = path.relative_to(console_build.DIST).as_posix()
                build_data["force_include"][str(path)] = f"{SITE}/{inside}"

    def _build(self) -> str:
        """Have it built; why that was not possible."""
        if not console_build.has_sources():
            return "its sources are not here."
        if console_build.is_built():
            return ""
        npm = console_build.find_npm()
        if npm is None:
            return f"{console_build.lacking()}."
        self.app.display_info("Building the console with npm …")
        try:
            console_build.build(npm)
        except (console_build.CannotBuild, OSError) as error:
            return str(error)
        return ""


def _is_unwanted() -> bool:
    return os.environ.get("ROADSTEAD_CONSOLE") == "off"
