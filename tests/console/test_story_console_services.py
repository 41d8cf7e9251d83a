"""Services in the console: created, rolled out, rolled back, scaled, drained, by mouse.

What happens is seen on pages that are never loaded anew.
"""

import re

import pytest
from console_page import ConsolePage
from house import CLUSTER, House, get, processes_of
from playwright.sync_api import Locator, expect
from rollouts import register_pending

NAME = "shop"
COUNT = 4
LONG_MS = 240_000
"""A rollout waits until its tasks have been RUNNING for a while, a circuit breaker for failures."""
ABSENT = "demo/absent:latest"
NOTE_ROWS = """
window.seen = [];
new MutationObserver(() => {
  const rows = [...document.querySelectorAll('section[aria-label*=", "]')];
  const told = rows.map((row) => `${row.getAttribute('aria-label')}: ${row.innerText}`).join(' | ');
  const alerts = [...document.querySelectorAll('[class*=awsui_alert]')];
  for (const one of [told, ...alerts.map((alert) => alert.innerText)]) {
    if (one && !window.seen.includes(one)) window.seen.push(one);
  }
}).observe(document.body, { subtree: true, childList: true, characterData: true });
"""
"""Keeps what the rows of the rollout's picture and its alerts have said, however short."""


@pytest.fixture(scope="module")
def shop(house: House) -> str:
    """A service of four tasks on revision 1; the image of revision 3 does not exist."""
    house.add_machine()
    house.register(NAME, "one")
    register_pending(house, NAME, 5, "two")
    house.register(NAME, "three", image=ABSENT)
    house.ecs.create_service(
        serviceName=NAME,
        taskDefinition=f"{NAME}:1",
        desiredCount=COUNT,
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )
    house.running_tasks_of(NAME, COUNT)
    return NAME


def open_service(console: ConsolePage, name: str, tab: str) -> None:
    console.open(f"/clusters/{CLUSTER}/services/{name}/{tab}")
    expect(console.page.get_by_role("heading", level=1)).to_contain_text(f"Service : {name}")
    console.is_live()


def row_of(console: ConsolePage, revision: str, status: str) -> Locator:
    """The row of the picture with the tasks of a revision."""
    return console.page.get_by_role("region", name=f"{revision}, {status}")


def is_steady(console: ConsolePage) -> None:
    heading = console.page.locator("h1").locator("xpath=ancestor::*[contains(., 'RUNNING')][1]")
    expect(heading).to_contain_text("steady", timeout=LONG_MS)


def choose(console: ConsolePage, label: str, option: str) -> None:
    page = console.page
    page.get_by_role("button", name=re.compile(f"^{label} ")).click()
    page.get_by_role("option", name=option, exact=True).click()


def update_to(console: ConsolePage, revision: int) -> None:
    """Through the form; returns at the tab of deployments."""
    page = console.page
    page.get_by_role("link", name="Update service").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Update {NAME}")
    choose(console, "Revision", str(revision))
    console.screenshot(f"service-update-{revision}-form")
    page.get_by_role("button", name="Review and update").click()
    shown = page.get_by_role("dialog")
    expect(shown).to_contain_text(f"taskDefinition: {NAME}:{revision}")
    expect(shown.get_by_role("region", name="What would happen")).to_contain_text(NAME)
    console.screenshot(f"service-update-{revision}-dialog")
    page.evaluate(NOTE_ROWS)
    shown.get_by_role("button", name="Update", exact=True).click()
    expect(page).to_have_url(console.url(f"/clusters/{CLUSTER}/services/{NAME}/deployments"))


def seen(console: ConsolePage) -> list[str]:
    return list(console.page.evaluate("() => window.seen"))


def test_a_rolling_update_is_seen_as_it_goes(shop: str, house: House, console: ConsolePage) -> None:
    open_service(console, NAME, "health")
    is_steady(console)
    update_to(console, 2)
    new, old = row_of(console, f"{NAME}:2", "PRIMARY"), row_of(console, f"{NAME}:1", "ACTIVE")
    expect(new).to_be_visible()
    expect(old).to_be_visible()
    console.screenshot("service-rollout-moving")
    expect(new).to_contain_text(f"{COUNT} RUNNING", timeout=LONG_MS)
    is_steady(console)
    newest = console.rows("Service deployments").first
    expect(newest).to_contain_text("SUCCESSFUL")
    expect(newest).to_contain_text(f"{NAME}:1 → {NAME}:2")
    console.screenshot("service-rollout-done")
    primary = house.ecs.describe_services(services=[NAME])["services"][0]["deployments"][0]
    assert primary["rolloutState"] == "COMPLETED"
    both = [one for one in seen(console) if f"{NAME}:2, PRIMARY" in one and f"{NAME}:1, " in one]
    assert [one for one in both if re.search("starting|still to start", one)]
    assert [one for one in both if re.search("stopping|just stopped", one)]
    assert {get(house.url_of(task)).split()[0] for task in house.tasks_of(NAME)} == {"two"}


def test_a_circuit_breaker_rolls_back_and_the_page_says_why(
    shop: str, house: House, console: ConsolePage
) -> None:
    before = {task["taskArn"]: processes_of(task["taskArn"]) for task in house.tasks_of(NAME)}
    open_service(console, NAME, "health")
    is_steady(console)
    update_to(console, 3)
    page = console.page
    failed = page.get_by_text(re.compile(rf"\d tasks? of {NAME}:3 failed")).first
    expect(failed).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text(ABSENT).first).to_be_visible()
    console.screenshot("service-breaker-failing")
    ended = page.get_by_text(
        f"The last deployment, from {NAME}:2 to {NAME}:3, ended ROLLBACK_SUCCESSFUL"
    )
    expect(ended).to_be_visible(timeout=LONG_MS)
    is_steady(console)
    expect(failed).to_be_visible()
    console.screenshot("service-breaker-done")
    after = {task["taskArn"]: processes_of(task["taskArn"]) for task in house.tasks_of(NAME)}
    assert after == before, "the tasks of the revision before it are left as they are"


def test_a_service_whose_image_does_not_exist_says_so_first(
    shop: str, house: House, console: ConsolePage
) -> None:
    house.register("absent", image=ABSENT)
    page = console.open(f"/clusters/{CLUSTER}/services")
    page.get_by_role("link", name="Create", exact=True).click()
    choose(console, "Task definition family", "absent")
    page.get_by_label("Service name").fill("absent")
    console.screenshot("service-create-form")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page).to_have_url(console.url(f"/clusters/{CLUSTER}/services/absent/deployments"))
    page.get_by_role("tab", name="Health and metrics").click()
    panel = page.get_by_role("tabpanel", name="Health and metrics")
    expect(panel.get_by_text(ABSENT).first).to_be_visible(timeout=LONG_MS)
    told = panel.inner_text()
    assert re.match(r"\d tasks? of absent:1 failed\n.*CannotPullContainerError", told), told
    console.screenshot("service-absent-health")
    page.get_by_role("tab", name="Tasks").click()
    expect(page.get_by_text("CannotPullContainerError").first).to_be_visible()
    console.screenshot("service-absent-tasks")

    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Delete service").click()
    shown = page.get_by_role("dialog")
    expect(shown).to_contain_text("Delete absent")
    word = shown.get_by_label("To confirm, type delete")
    if word.count():
        word.fill("delete")
    shown.get_by_role("button", name="Delete", exact=True).click()
    expect(shown).to_have_count(0)
    house.running_tasks_of("absent", 0)


def test_it_is_scaled_and_its_new_tasks_are_seen_to_come(
    shop: str, house: House, console: ConsolePage
) -> None:
    open_service(console, NAME, "health")
    page = console.page
    page.get_by_role("button", name="Scale", exact=True).click()
    shown = page.get_by_role("dialog")
    shown.get_by_label("Desired tasks").fill(str(COUNT + 2))
    expect(shown.get_by_role("region", name="What would happen")).to_contain_text("+2")
    console.screenshot("service-scale-dialog")
    page.evaluate(NOTE_ROWS)
    shown.get_by_role("button", name="Scale", exact=True).click()
    expect(page.get_by_text(f"{COUNT + 2} of {COUNT + 2} tasks RUNNING")).to_be_visible()
    is_steady(console)
    console.screenshot("service-scaled")
    assert [one for one in seen(console) if re.search("[12] (still to start|starting)", one)]
    house.running_tasks_of(NAME, COUNT + 2)


def test_an_instance_is_drained_until_its_page_says_done(
    shop: str, house: House, console: ConsolePage
) -> None:
    arn = house.running_tasks_of(NAME, COUNT + 2)[0]["containerInstanceArn"]
    page = console.open(f"/clusters/{CLUSTER}/instances/{arn.rpartition('/')[2]}")
    console.is_live()
    page.get_by_role("button", name="Drain", exact=True).click()
    shown = page.get_by_role("dialog")
    expect(shown).to_contain_text("No new tasks are placed on it.")
    expect(shown.get_by_role("region", name="What would happen")).to_contain_text(NAME)
    console.screenshot("instance-drain-dialog")
    shown.get_by_role("button", name="Drain", exact=True).click()
    expect(page.get_by_text(re.compile(r"Draining: \d tasks? left on it"))).to_be_visible()
    console.screenshot("instance-drain-under-way")
    done = page.get_by_test_id("departure-done")
    expect(done).to_contain_text("Done: it is empty.", timeout=LONG_MS)
    expect(page.get_by_text("Drained: no task is left on it")).to_be_visible()
    console.screenshot("instance-drain-done")
    tasks = house.running_tasks_of(NAME, COUNT + 2)
    assert arn not in {task["containerInstanceArn"] for task in tasks}

    page.get_by_role("button", name="Activate", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Activate", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert house.describe_instance(arn)["status"] == "ACTIVE"
