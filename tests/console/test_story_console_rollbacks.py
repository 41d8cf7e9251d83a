"""A deployment that was a mistake, taken back in the console: after it, during it, while it waits.

What happens is seen on a page that is never loaded anew.
"""

import re

import pytest
from console_page import ConsolePage
from house import CLUSTER, House, get, processes_of
from playwright.sync_api import Locator, expect
from rollouts import create_paused, register_pending, until_latest

NAME = "shop"
STAGED = "staged"
COUNT = 2
LONG_MS = 240_000
"""A rollout waits until its tasks have been RUNNING for a while."""
NEVER_SECONDS = 3_600


@pytest.fixture(scope="module")
def shop(house: House) -> str:
    """A service that went from revision 1 to revision 2; tasks of revision 3 never get RUNNING."""
    house.register(NAME, "one")
    house.register(NAME, "two")
    register_pending(house, NAME, NEVER_SECONDS, "three")
    house.create_service(NAME, f"{NAME}:1", COUNT)
    until_latest(house, NAME, "SUCCESSFUL")
    house.ecs.update_service(service=NAME, taskDefinition=f"{NAME}:2")
    until_latest(house, NAME, "SUCCESSFUL")
    assert greetings(house, NAME) == {"two"}
    return NAME


@pytest.fixture(scope="module")
def staged(house: House) -> str:
    """A service whose every deployment waits for a word; the first one got it."""
    house.register(STAGED, "one")
    house.register(STAGED, "two")
    create_paused(house, STAGED, f"{STAGED}:1", 1)
    return STAGED


def greetings(house: House, service: str) -> set[str]:
    return {get(house.url_of(task)).split()[0] for task in house.tasks_of(service)}


def processes(house: House, service: str) -> dict[str, list[int]]:
    return {one["taskArn"]: processes_of(one["taskArn"]) for one in house.tasks_of(service)}


def open_deployments(console: ConsolePage, service: str) -> None:
    console.open(f"/clusters/{CLUSTER}/services/{service}/deployments")
    expect(console.page.get_by_role("heading", level=1)).to_contain_text(f"Service : {service}")
    console.is_live()


def asked(console: ConsolePage, title: str) -> Locator:
    shown = console.page.get_by_role("dialog")
    expect(shown.get_by_role("heading", name=title)).to_be_visible()
    return shown


def confirm(shown: Locator, word: str) -> None:
    shown.get_by_role("button", name=word, exact=True).click()
    expect(shown).to_have_count(0)


def button(console: ConsolePage, name: str) -> Locator:
    """A button of the tab, not of the menu at the top."""
    return console.page.get_by_role("tabpanel").get_by_role("button", name=name, exact=True)


def test_a_completed_deployment_is_rolled_back(
    shop: str, house: House, console: ConsolePage
) -> None:
    open_deployments(console, shop)
    button(console, "Roll back").click()
    shown = asked(console, f"Roll back {shop}")
    expect(shown).to_contain_text(f"{shop} has {shop}:2 now.")
    expect(shown.get_by_role("button", name=re.compile("^Roll back to "))).to_contain_text(
        f"{shop}:1"
    )
    expect(shown.get_by_role("region", name="What would happen")).to_contain_text(shop)
    console.screenshot("service-roll-back-dialog")
    confirm(shown, "Roll back")
    page = console.page
    expect(page.get_by_text(f"{shop} rolls back to {shop}:1.")).to_be_visible()
    expect(page.get_by_role("region", name=f"{shop}:1, PRIMARY")).to_be_visible()
    expect(page.get_by_role("region", name=f"{shop}:2, ACTIVE")).to_be_visible()
    console.screenshot("service-roll-back-under-way")
    newest = console.rows("Service deployments").first
    expect(newest).to_contain_text(f"{shop}:2 → {shop}:1")
    expect(newest).to_contain_text("SUCCESSFUL", timeout=LONG_MS)
    console.screenshot("service-roll-back-done")
    house.running_tasks_of(shop, COUNT)
    assert greetings(house, shop) == {"one"}


def test_a_deployment_that_cannot_end_is_stopped(
    shop: str, house: House, console: ConsolePage
) -> None:
    before = processes(house, shop)
    open_deployments(console, shop)
    stop = button(console, "Stop deployment")
    expect(stop).to_be_disabled()
    house.ecs.update_service(service=shop, taskDefinition=f"{shop}:3")
    stop.click()
    shown = asked(console, f"Stop deployment of {shop}")
    expect(shown).to_contain_text(f"{shop}:3 is given up: its tasks are stopped")
    console.screenshot("service-stop-deployment-dialog")
    confirm(shown, "Stop deployment")
    page = console.page
    expect(page.get_by_text(f"The deployment of {shop} is being stopped.")).to_be_visible()
    newest = console.rows("Service deployments").first
    expect(newest).to_contain_text("ROLLBACK_SUCCESSFUL", timeout=LONG_MS)
    expect(stop).to_be_disabled()
    expect(page.get_by_text(re.compile(f"to {shop}:3, ended ROLLBACK_SUCCESSFUL"))).to_be_visible()
    console.screenshot("service-stop-deployment-done")
    house.running_tasks_of(shop, COUNT)
    assert processes(house, shop) == before, "the tasks of the revision before it are left as is"


@pytest.mark.parametrize(
    ("word", "status", "greeting"),
    [("Roll back", "ROLLBACK_SUCCESSFUL", "one"), ("Continue", "SUCCESSFUL", "two")],
)
def test_a_deployment_that_waits_gets_its_word(
    word: str, status: str, greeting: str, staged: str, house: House, console: ConsolePage
) -> None:
    open_deployments(console, staged)
    house.ecs.update_service(service=staged, taskDefinition=f"{staged}:2")
    told = console.page.locator("[class*=awsui_alert_]").filter(
        has_text="It waits for a word at POST_SCALE_UP"
    )
    expect(told.first).to_be_visible(timeout=LONG_MS)
    named = word.lower().replace(" ", "-")
    console.screenshot(f"service-hook-{named}-waits")
    told.get_by_role("button", name=word, exact=True).first.click()
    shown = asked(console, f"{word} deployment")
    console.screenshot(f"service-hook-{named}-dialog")
    confirm(shown, word)
    expect(told).to_have_count(0)
    newest = console.rows("Service deployments").first
    expect(newest).to_contain_text(status, timeout=LONG_MS)
    console.screenshot(f"service-hook-{named}-done")
    house.running_tasks_of(staged, 1)
    assert greetings(house, staged) == {greeting}
