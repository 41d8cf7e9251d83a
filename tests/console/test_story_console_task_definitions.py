"""What the documentation says of deregistering task definition revisions, done in the console.

The procedure of both its pages, by mouse and by keyboard alone, while a service and a task run on
what is deregistered; then the family's way to the INACTIVE list and back.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest
from console_page import ConsolePage, Opened
from house import CLUSTER, House, get, processes_of
from keyboard import Keyboard
from playwright.sync_api import Browser, Locator, expect

FAMILY = "app"
COUNT = 2
DIALOG = "Deregister task definition"
CONSEQUENCES = (
    "immediately marked as INACTIVE and cannot become ACTIVE again",
    "Existing tasks and services that reference them continue to run without disruption",
    "Services can still scale up or down by modifying their desired count",
    "They cannot be used to run new tasks or create new services",
    "no existing service can be updated to reference them",
)
"""What is to be verified in the window, besides the revisions themselves."""
NOT_ACTIVE = "New tasks and services can only be made of an ACTIVE revision"


class Running(NamedTuple):
    """A service on revision 1 and a task on revision 2; a later revision that nobody uses."""

    tasks: list[dict[str, Any]]
    """Of both."""
    processes: dict[str, list[int]]
    """By their task's ARN."""


@pytest.fixture(scope="module")
def running(house: House) -> Running:
    for revision in (1, 2, 3):
        assert house.register(FAMILY, f"revision {revision}") == f"{FAMILY}:{revision}"
    house.create_service(FAMILY, f"{FAMILY}:1", COUNT)
    alone = house.run_task(f"{FAMILY}:2")
    tasks = [*house.running_tasks_of(FAMILY, COUNT), alone]
    return Running(tasks, {task["taskArn"]: processes_of(task["taskArn"]) for task in tasks})


def heading(console: ConsolePage) -> Locator:
    return console.page.get_by_role("heading", level=1)


def dialog(console: ConsolePage) -> Locator:
    return console.page.get_by_role("dialog", name=DIALOG)


def box(console: ConsolePage, revision: int) -> Locator:
    """The check box to the left of a revision."""
    return console.row("Revisions", f"{FAMILY}:{revision}").get_by_role("checkbox")


def choose_status(console: ConsolePage, status: str) -> None:
    console.page.get_by_role("button", name=re.compile(rf"^{status}\b")).click()


def navigation(console: ConsolePage) -> Locator:
    return console.page.get_by_role("navigation", name="Navigation")


# --- the procedure, by mouse ---


class Deregistered(NamedTuple):
    """Revisions 1 and 2 were deregistered by mouse, and nothing was loaded anew since."""

    console: ConsolePage
    """At the family's page."""
    families: ConsolePage
    """At the list of families, since before."""


@pytest.fixture(scope="module")
def deregistered(house: House, running: Running, browser: Browser) -> Iterator[Deregistered]:
    with ExitStack() as stack:
        console, families = (
            stack.enter_context(Opened(browser, house.variables)) for _ in range(2)
        )
        families.sign_in()
        families.open("/task-definitions")
        expect(families.row("Families", FAMILY)).to_be_visible()
        families.is_live()
        step_1_open_the_console(console, house)
        step_2_choose_the_region(console)
        step_3_choose_task_definitions(console)
        step_4_choose_the_family(console)
        step_5_select_the_boxes(console)
        step_6_choose_actions_deregister(console)
        step_7_verify_and_choose_deregister(console, house)
        yield Deregistered(console, families)


def step_1_open_the_console(console: ConsolePage, house: House) -> None:
    console.page.goto(house.roadstead("console").strip())
    expect(console.row("Clusters", CLUSTER)).to_be_visible()
    console.screenshot("deregister-task-definition-1")


def step_2_choose_the_region(console: ConsolePage) -> None:
    page = console.page
    page.get_by_role("button", name="us-east-1, US East").click()
    console.screenshot("deregister-task-definition-2")
    page.get_by_role("menuitem", name="US East (N. Virginia)").click()
    expect(console.row("Clusters", CLUSTER)).to_be_visible()
    expect(page).to_have_url(console.url("/clusters"))


def step_3_choose_task_definitions(console: ConsolePage) -> None:
    navigation(console).get_by_role("link", name="Task definitions").click()
    expect(heading(console)).to_have_text("Task definitions")
    expect(console.row("Families", FAMILY)).to_contain_text("3")
    console.screenshot("deregister-task-definition-3")


def step_4_choose_the_family(console: ConsolePage) -> None:
    console.row("Families", FAMILY).get_by_role("link", name=FAMILY, exact=True).click()
    expect(heading(console)).to_have_text(f"Task definition : {FAMILY}")
    expect(console.rows("Revisions")).to_have_count(3)
    expect(console.row("Revisions", f"{FAMILY}:1")).to_contain_text("1 service")
    console.is_live()
    console.screenshot("deregister-task-definition-4")


def step_5_select_the_boxes(console: ConsolePage) -> None:
    for revision in (1, 2):
        box(console, revision).check()
    console.screenshot("deregister-task-definition-5")


def step_6_choose_actions_deregister(console: ConsolePage) -> None:
    console.page.get_by_role("button", name="Actions").click()
    item = console.page.get_by_role("menuitem", name="Deregister")
    expect(item).to_be_visible()
    console.screenshot("deregister-task-definition-6")
    item.click()


def step_7_verify_and_choose_deregister(console: ConsolePage, house: House) -> None:
    shown = dialog(console)
    expect(console.row("Revisions", f"{FAMILY}:1").last).to_contain_text(f"Service {FAMILY}")
    for said in (f"{FAMILY}:1", f"{FAMILY}:2", *CONSEQUENCES):
        expect(shown).to_contain_text(said)
    expect(shown).not_to_contain_text("is moved to the INACTIVE list")
    console.screenshot("deregister-task-definition-7")
    shown.get_by_role("button", name="Deregister", exact=True).click()
    expect(shown).to_have_count(0)
    for revision in (1, 2):
        described = house.ecs.describe_task_definition(taskDefinition=f"{FAMILY}:{revision}")
        assert described["taskDefinition"]["status"] == "INACTIVE"
    console.screenshot("deregister-task-definition-done")


def test_the_procedure_by_mouse_makes_them_inactive_at_once(deregistered: Deregistered) -> None:
    console = deregistered.console
    expect(console.page.get_by_text("2 revisions are deregistered")).to_be_visible()
    expect(console.rows("Revisions")).to_have_count(1)
    choose_status(console, "INACTIVE")
    expect(console.rows("Revisions")).to_have_count(2)
    for revision in (1, 2):
        expect(console.row("Revisions", f"{FAMILY}:{revision}")).to_contain_text("INACTIVE")
    console.screenshot("deregister-task-definition-inactive")
    choose_status(console, "ACTIVE")


def test_what_runs_on_them_runs_on_without_disruption(
    deregistered: Deregistered, running: Running, house: House
) -> None:
    for task in running.tasks:
        assert house.task(task["taskArn"])["lastStatus"] == "RUNNING"
        assert processes_of(task["taskArn"]) == running.processes[task["taskArn"]]
        assert get(house.url_of(task)).startswith("revision ")


def test_the_service_still_scales_by_its_dialog(
    deregistered: Deregistered, house: House, console: ConsolePage
) -> None:
    page = console.open(f"/clusters/{CLUSTER}/services/{FAMILY}/tasks")
    for count in (COUNT + 1, COUNT):
        page.get_by_role("button", name="Scale", exact=True).click()
        scale = page.get_by_role("dialog")
        scale.get_by_label("Desired tasks").fill(str(count))
        expect(scale.get_by_role("region", name="What would happen")).to_contain_text(FAMILY)
        console.screenshot(f"deregister-task-definition-scale-{count}")
        scale.get_by_role("button", name="Scale", exact=True).click()
        expect(scale).to_have_count(0)
        tasks = house.running_tasks_of(FAMILY, count)
        assert {task["taskDefinitionArn"].rpartition("/")[2] for task in tasks} == {f"{FAMILY}:1"}
        expect(console.page.get_by_text(f"{count} of {count} tasks RUNNING")).to_be_visible()


@pytest.mark.parametrize("form", ["create-service", f"services/{FAMILY}/update", "run-task"])
def test_no_form_offers_them(deregistered: Deregistered, console: ConsolePage, form: str) -> None:
    page = console.open(f"/clusters/{CLUSTER}/{form}?taskDefinition={FAMILY}")
    page.get_by_role("button", name=re.compile("^Revision ")).click()
    expect(page.get_by_role("option", name=re.compile(r"Latest \(3\)"))).to_be_visible()
    expect(page.get_by_role("option", name="3", exact=True)).to_be_visible()
    for revision in ("1", "2"):
        expect(page.get_by_role("option", name=revision, exact=True)).to_have_count(0)
    name = form.replace("/", "-")
    console.screenshot(f"deregister-task-definition-not-offered-{name}")


@pytest.mark.parametrize("form", ["create-service", "run-task"])
def test_a_link_that_names_one_is_told_that_it_is_not_active(
    deregistered: Deregistered, console: ConsolePage, form: str
) -> None:
    console.expect_error("status of 400")  # where it would find a place, ECS does not tell either
    page = console.open(f"/clusters/{CLUSTER}/{form}?taskDefinition={FAMILY}:1")
    expect(page.get_by_text(f"{FAMILY}:1 is not ACTIVE. Choose another revision.")).to_be_visible()


@pytest.mark.parametrize("action", ["Run task", "Create service", "Update service"])
def test_nothing_new_can_be_made_of_them_on_the_familys_page(
    deregistered: Deregistered, console: ConsolePage, action: str
) -> None:
    page = console.open(f"/task-definitions/{FAMILY}?status=INACTIVE")
    box(console, 1).check()
    page.get_by_role("button", name="Actions").click()
    item = page.get_by_role("menuitem", name=action)
    expect(item).to_have_attribute("aria-disabled", "true")
    item.hover()
    expect(page.get_by_text(NOT_ACTIVE).last).to_be_visible()


# --- the procedure, by keyboard alone, with the last ACTIVE revision ---


@pytest.fixture(scope="module")
def without_active(deregistered: Deregistered, house: House, browser: Browser) -> Deregistered:
    """The last ACTIVE revision was deregistered by keyboard alone."""
    with Opened(browser, house.variables) as console:
        keyboard = Keyboard(console.page)
        sign_in(console, keyboard)
        choose_the_region(console, keyboard)
        go_to_the_family(console, keyboard)
        deregister_the_last(console, keyboard)
    return deregistered


def sign_in(console: ConsolePage, keyboard: Keyboard) -> None:
    page = console.page
    page.goto(f"{console.origin}/console/")
    keyboard.type_into(page.get_by_label("Access key ID"), console.keys["accessKeyId"])
    keyboard.type_into(page.get_by_label("Secret access key"), console.keys["secretAccessKey"])
    page.keyboard.press("Enter")
    expect(console.row("Clusters", CLUSTER)).to_be_visible()
    console.screenshot("deregister-task-definition-keyboard-1")


def choose_the_region(console: ConsolePage, keyboard: Keyboard) -> None:
    page = console.page
    keyboard.press_on(page.get_by_role("button", name="us-east-1, US East"))
    keyboard.choose(page.get_by_role("menuitem", name="US East (N. Virginia)"))
    expect(console.row("Clusters", CLUSTER)).to_be_visible()
    console.screenshot("deregister-task-definition-keyboard-2")


def go_to_the_family(console: ConsolePage, keyboard: Keyboard) -> None:
    keyboard.press_on(navigation(console).get_by_role("link", name="Task definitions"))
    expect(heading(console)).to_have_text("Task definitions")
    console.screenshot("deregister-task-definition-keyboard-3")
    row = console.row("Families", FAMILY)
    keyboard.press_on(row.get_by_role("link", name=FAMILY, exact=True))
    expect(heading(console)).to_have_text(f"Task definition : {FAMILY}")
    console.screenshot("deregister-task-definition-keyboard-4")


def deregister_the_last(console: ConsolePage, keyboard: Keyboard) -> None:
    page, shown = console.page, dialog(console)
    keyboard.press_on(box(console, 3), "Space")
    expect(box(console, 3)).to_be_checked()
    console.screenshot("deregister-task-definition-keyboard-5")
    keyboard.press_on(page.get_by_role("button", name="Actions"))
    keyboard.choose(page.get_by_role("menuitem", name="Deregister"))
    expect(shown).to_contain_text(f"The family {FAMILY} is moved to the INACTIVE list")
    expect(shown).to_contain_text("Adding a new revision moves the family back to the ACTIVE list")
    console.screenshot("deregister-task-definition-keyboard-7")
    keyboard.press_on(shown.get_by_role("button", name="Deregister", exact=True))
    expect(shown).to_have_count(0)
    told = page.get_by_text(f"The family {FAMILY} is now in the INACTIVE list.")
    expect(told).to_be_visible()
    expect(page.get_by_text("This family is in the INACTIVE list")).to_be_visible()
    console.screenshot("deregister-task-definition-keyboard-done")


def test_the_procedure_by_keyboard_alone_moves_the_family_to_the_inactive_list(
    without_active: Deregistered,
) -> None:
    families = without_active.families
    expect(families.row("Families", FAMILY)).to_have_count(0)
    choose_status(families, "INACTIVE")
    expect(families.row("Families", FAMILY)).to_be_visible()
    families.screenshot("deregister-task-definition-families-inactive")


def test_its_revisions_remain_discoverable(
    without_active: Deregistered, console: ConsolePage
) -> None:
    page = console.open(f"/task-definitions/{FAMILY}?status=INACTIVE")
    expect(console.rows("Revisions")).to_have_count(3)
    console.row("Revisions", f"{FAMILY}:1").get_by_role("link", name=f"{FAMILY}:1").click()
    expect(page.get_by_text("This revision is INACTIVE")).to_be_visible()
    expect(page.get_by_text("revision 1").first).to_be_visible()
    console.screenshot("deregister-task-definition-revision")


def test_a_new_revision_moves_the_family_back_to_the_active_list(
    without_active: Deregistered, house: House, console: ConsolePage
) -> None:
    families = without_active.families
    page = console.open(f"/task-definitions/{FAMILY}")
    page.get_by_role("link", name="Create new revision").first.click()
    expect(heading(console)).to_have_text(f"Create new revision of {FAMILY}")
    console.screenshot("deregister-task-definition-create")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(heading(console)).to_have_text(f"{FAMILY}:4")
    choose_status(families, "ACTIVE")
    expect(families.row("Families", FAMILY)).to_contain_text("4")
    families.screenshot("deregister-task-definition-families-active")
    described = house.ecs.describe_task_definition(taskDefinition=FAMILY)["taskDefinition"]
    assert (described["revision"], described["status"]) == (4, "ACTIVE")
