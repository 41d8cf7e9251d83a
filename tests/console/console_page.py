"""ConsolePage: one tab with the console in it, and everything that it must not do.

A test fails when the page throws, writes an error nobody expects, breaks its Content-Security-
Policy, or asks another origin for anything.
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
)

SESSION = "roadstead.session"
PATIENCE_MS = 60_000
SIZE = {"width": 1400, "height": 900}
AXE = Path(__file__).resolve().parents[2] / "console/node_modules/axe-core/axe.min.js"
GRAVE = ("serious", "critical")
SHOTS = Path(
    os.environ.get("ROADSTEAD_SCREENSHOTS", Path(tempfile.gettempdir()) / "roadstead-screenshots")
)
BLANK = '<link rel="icon" href="data:,">'
expect.set_options(timeout=PATIENCE_MS)
REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) =>
  console.error(`CSP: ${event.violatedDirective} forbids ${event.blockedURI}`));
"""


class ConsolePage:
    """`page` is Playwright's own; everything it offers can be used."""

    def __init__(self, page: Page, variables: Mapping[str, str]) -> None:
        self.page = page
        self.origin = variables["AWS_ENDPOINT_URL"].rstrip("/")
        self.region = variables["AWS_DEFAULT_REGION"]
        self.keys = {
            "accessKeyId": variables["AWS_ACCESS_KEY_ID"],
            "secretAccessKey": variables["AWS_SECRET_ACCESS_KEY"],
        }
        self.requested: list[str] = []
        """Addresses, in order."""
        self._complaints: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        page.set_default_timeout(PATIENCE_MS)
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._complaints.append(f"thrown: {error}"))
        page.on("request", self._asked)

    # --- where it is ---

    def url(self, path: str = "") -> str:
        return f"{self.origin}/console/{self.region}{path}"

    def open(self, path: str = "") -> Page:
        """Load the page at that path, which begins behind the Region: `/clusters`."""
        self.page.goto(self.url(path))
        return self.page

    def sign_in(self) -> None:
        """As the sign-in page leaves a tab; that page has tests of its own."""
        nothing = f"{self.origin}/console/nothing"
        self.page.route(nothing, lambda route: route.fulfill(content_type="text/html", body=BLANK))
        self.page.goto(nothing)
        self.page.evaluate(
            "([name, keys]) => sessionStorage.setItem(name, keys)", [SESSION, json.dumps(self.keys)]
        )

    def is_live(self) -> None:
        """Return once the page is told of changes."""
        self.page.get_by_role("button", name="Live", exact=True).wait_for()

    def rows(self, table: str) -> Locator:
        """The rows of a table, without its head."""
        return self.page.get_by_role("table", name=table).locator("tbody tr")

    def row(self, table: str, text: str) -> Locator:
        return self.rows(table).filter(has_text=text)

    # --- what is seen ---

    def screenshot(self, name: str) -> Path:
        """All of the page as it is now, in a window that is high enough for it."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        height = self.page.evaluate("() => document.documentElement.scrollHeight")
        self.page.set_viewport_size({**SIZE, "height": max(height, SIZE["height"])})
        self.page.screenshot(path=path, animations="disabled")
        self.page.set_viewport_size(SIZE)
        return path

    def grave_violations(self) -> list[str]:
        """What axe finds wrong with the page as it is now: rule, and where."""
        assert AXE.exists(), f"{AXE} is missing: `make console` installs it"
        self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = self.page.evaluate(
            "() => axe.run(document, { resultTypes: ['violations'] })"
        )
        return [
            f"{one['id']} ({one['impact']}): {node['target']} {node['html'][:160]}"
            for one in found["violations"]
            if one["impact"] in GRAVE
            for node in one["nodes"]
        ]

    # --- what it must not do ---

    def expect_error(self, pattern: str) -> None:
        """An error that the browser writes, and that this test brings about."""
        self._expected.append(re.compile(pattern))

    def complaints(self) -> list[str]:
        """What nobody expected."""
        return [
            one
            for one in self._complaints
            if not any(pattern.search(one) for pattern in self._expected)
        ]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self._complaints.append(f"console: {message.text} ({where})")

    def _asked(self, request: Request) -> None:
        self.requested.append(request.url)
        is_own = request.url.startswith((f"{self.origin}/", "data:", f"blob:{self.origin}/"))
        if not is_own:
            self._complaints.append(f"another origin: {request.url}")


class Opened:
    """A tab in a context of its own; at its end the page must not have complained."""

    def __init__(self, browser: Browser, variables: Mapping[str, str], **options: Any) -> None:
        self._context: BrowserContext = browser.new_context(viewport=SIZE, **options)
        self._page = ConsolePage(self._context.new_page(), variables)

    def __enter__(self) -> ConsolePage:
        return self._page

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._context.close()
        if error is None:
            complaints = self._page.complaints()
            assert not complaints, "\n".join(complaints)
