"""The console in a real browser: what its first load costs, and how it feels with 10,000 tasks.

Times are taken inside the page, by its own clock: from what one does to the frame in which the
result is painted. The peer of the first load is the barest page of the same server.
"""

import json
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from bench.browser import browser
from bench.control_plane import CREDENTIALS, ControlPlane, control_plane, fill
from bench.figures import Figure, Target, median
from bench.programs import NotAvailable
from bench.sitting import Sitting
from roadstead.server import console_site

TASKS = 10_000
INSTANCES = 100
REGION = "us-east-1"
FIRST_LOAD = Target(at_most=500, of="ours")
FIRST_PAINT = Target(at_most=1_500, of="ours")
ACTION = Target(at_most=100, of="ours")
PATIENCE_MS = 240_000

WATCH = """
new MutationObserver((_, watching) => {
  if (!document.querySelector('table tbody a')) return;
  watching.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.usefulMs = performance.now() }));
}).observe(document, { childList: true, subtree: true });
"""
MEASURED = """
async ([what, text]) => {
  const frame = () => new Promise(requestAnimationFrame);
  // By what the rows are of: what they say changes by itself, with the clock.
  const shown = () =>
    [...document.querySelectorAll('table tbody tr')]
      .map((row) => row.querySelector('a')?.getAttribute('href'))
      .join('|');
  const heads = () => [
    ...document.querySelectorAll('table thead [role=button], table thead button'),
  ];
  const filter = document.querySelector('input[type=search]');
  const type = (value) => {
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    set.call(filter, value);
    filter.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const deeds = {
    filter: () => type(text),
    page: () => document.querySelector('button[aria-label="Next page"]').click(),
    sort: () => heads().find((head) => head.textContent.includes(text)).click(),
    scroll: () => window.scrollTo(0, window.scrollY > 0 ? 0 : document.body.scrollHeight),
  };
  const before = what === 'scroll' ? window.scrollY : shown();
  const after = () => (what === 'scroll' ? window.scrollY : shown());
  await frame();
  const began = performance.now();
  deeds[what]();
  do await frame(); while (after() === before);
  await frame();
  return performance.now() - began;
}
"""


def measure(sitting: Sitting) -> None:
    """Raises: NotAvailable when there is no console."""
    chosen = os.environ.get("ROADSTEAD_CONSOLE_DIR")
    if console_site.find(None if chosen is None else Path(chosen)) is None:
        raise NotAvailable("the console is not built: make console")
    few = fill(sitting.folder / "console-few", definitions=1, tasks=10, instances=1)
    with browser() as one:
        with control_plane(few) as plane:
            _measure_first_load(sitting, one, plane)
        sitting.tell("filling a data directory with 10,000 tasks …")
        many = fill(sitting.folder / "console", definitions=100, tasks=TASKS, instances=INSTANCES)
        with control_plane(many) as plane:
            _measure_tasks(sitting, one, plane)


def _measure_first_load(sitting: Sitting, one: Browser, plane: ControlPlane) -> None:
    sizes: list[float] = []

    def ours() -> float:
        context = _signed_in(one)
        page = context.new_page()
        sizes.append(0)
        network = context.new_cdp_session(page)
        network.send("Network.enable")

        def loaded(event: dict[str, Any]) -> None:
            sizes[-1] += event["encodedDataLength"] / 1000

        network.on("Network.loadingFinished", loaded)
        page.goto(_url(plane, "/clusters"))
        page.wait_for_function("() => window.usefulMs", timeout=PATIENCE_MS)
        took = float(page.evaluate("() => window.usefulMs"))
        context.close()
        return took

    def peer() -> float:
        context = one.new_context()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{plane.port}/healthz")
        took = float(
            page.evaluate("() => performance.getEntriesByType('navigation')[0].loadEventEnd")
        )
        context.close()
        return took

    times, bare = sitting.alternate(ours, peer)
    sitting.report(
        Figure(
            name="console: first useful paint",
            unit=" ms",
            ours=median(times),
            peer=median(bare),
            peer_name="/healthz in the same browser",
            target=FIRST_PAINT,
        )
    )
    sitting.report(
        Figure(
            name="console: first load, transferred",
            unit=" kB",
            ours=median(sizes),
            target=FIRST_LOAD,
        )
    )


def _measure_tasks(sitting: Sitting, one: Browser, plane: ControlPlane) -> None:
    """What one does with a list of 10,000 tasks, once all of them are there."""
    context = _signed_in(one)
    page = context.new_page()
    page.goto(_url(plane, "/clusters/default/tasks"))
    page.wait_for_function("() => window.usefulMs", timeout=PATIENCE_MS)
    first = float(page.evaluate("() => window.usefulMs"))
    page.get_by_role("heading", name=f"Tasks ({TASKS})").wait_for(timeout=PATIENCE_MS)
    complete = float(page.evaluate("() => performance.now()"))
    page.wait_for_timeout(1_000)
    sitting.report(Figure(name="console: 10,000 tasks, first rows", unit=" ms", ours=first))
    sitting.report(Figure(name="console: 10,000 tasks, all listed", unit=" ms", ours=complete))
    for name, what, texts in (
        ("filtered", "filter", ("app-1", "app-12", "app-7:", "")),
        ("sorted", "sort", ("Task definition", "Task definition", "Created", "Created")),
        ("another page", "page", ("", "", "")),
        ("scrolled", "scroll", ("", "", "", "")),
    ):
        took = [_took(page, what, text) for _ in range(sitting.rounds) for text in texts]
        each = " ".join(f"{one:.0f}" for one in took)
        sitting.tell(f"10,000 tasks, {name}: median {median(took):.0f} ms of {each}")
        sitting.report(
            Figure(
                name=f"console: 10,000 tasks, {name}, slowest",
                unit=" ms",
                ours=max(took),
                target=ACTION,
            )
        )
    context.close()


def _took(page: Page, what: str, text: str) -> float:
    return float(page.evaluate(MEASURED, [what, text]))


def _signed_in(one: Browser) -> BrowserContext:
    """Nothing is in its cache."""
    context = one.new_context(viewport={"width": 1400, "height": 900})
    keys = {"accessKeyId": CREDENTIALS.access_key_id, "secretAccessKey": CREDENTIALS.secret}
    value = json.dumps(json.dumps(keys))
    context.add_init_script(f"sessionStorage.setItem('roadstead.session', {value})")
    context.add_init_script(WATCH)
    return context


def _url(plane: ControlPlane, path: str) -> str:
    return f"http://127.0.0.1:{plane.port}/console/{REGION}{path}"
