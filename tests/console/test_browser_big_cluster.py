"""A cluster of 10,000 tasks in a real browser: all are there, found, and turned over.

How long that takes is measured by `make bench ONLY=console`.
"""

from collections.abc import Iterator

import pytest
from big_cluster import FAMILIES, TASKS, BigCluster
from console_page import ConsolePage, Opened
from playwright.sync_api import Browser, expect

OF_ONE_FAMILY = TASKS // FAMILIES
PAGE = 50
ALL_THERE_MS = 240_000


@pytest.fixture
def tasks(browser: Browser, big_cluster: BigCluster) -> Iterator[ConsolePage]:
    """The list of tasks, once all are in it."""
    with Opened(browser, big_cluster.variables) as console:
        console.sign_in()
        page = console.open("/clusters/default/tasks")
        heading = page.get_by_role("heading", name=f"Tasks ({TASKS})")
        expect(heading).to_be_visible(timeout=ALL_THERE_MS)
        yield console


def test_ten_thousand_tasks_are_pages_of_fifty(tasks: ConsolePage) -> None:
    expect(tasks.rows("Tasks")).to_have_count(PAGE)
    tasks.screenshot("tasks-10000")
    first = tasks.rows("Tasks").first.inner_text()
    tasks.page.get_by_role("button", name="Next page").click()
    expect(tasks.rows("Tasks").first).not_to_have_text(first)
    expect(tasks.rows("Tasks")).to_have_count(PAGE)


def test_the_filter_finds_the_tasks_of_a_family(tasks: ConsolePage) -> None:
    tasks.page.get_by_label("Filter tasks").fill("app-42:")
    expect(tasks.page.get_by_text(f"{OF_ONE_FAMILY} matches").first).to_be_visible()
    expect(tasks.rows("Tasks")).to_have_count(PAGE)
    for row in tasks.rows("Tasks").all_inner_texts():
        assert "app-42:" in row
    tasks.page.get_by_label("Filter tasks").fill("nothing is called so")
    expect(tasks.page.get_by_text("No matches")).to_be_visible()
    tasks.page.get_by_label("Filter tasks").fill("")
    expect(tasks.rows("Tasks")).to_have_count(PAGE)


def test_the_last_row_can_be_scrolled_to_and_opened(tasks: ConsolePage) -> None:
    last = tasks.rows("Tasks").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    last.get_by_role("link").first.click()
    tasks.page.wait_for_url("**/clusters/default/tasks/*")
