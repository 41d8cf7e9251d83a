"""Tasks in the console: found, read, stopped with a reason, protected, run; one is orphaned.

By mouse, and once by keyboard alone. What a page says is compared with what runs on this machine.
"""

import re
from typing import Any, NamedTuple

import pytest
from console_page import ConsolePage
from house import CLUSTER, House, get, processes_of, until
from keyboard import Keyboard
from playwright.sync_api import Locator, expect

NAME = "web"
COUNT = 2
PASSWORD = "hunter-2"
ENVIRONMENT = [
    {"name": "GREETING", "value": "hello"},
    {"name": "DB_PASSWORD", "value": PASSWORD},
]
TASKS = f"/clusters/{CLUSTER}/tasks"
REASON = "it served the wrong page"


class World(NamedTuple):
    """A service on revision 1, a task that failed, a second revision and a second cluster."""

    failed: str
    """The task's id."""


@pytest.fixture(scope="module")
def world(house: House) -> World:
    house.register(NAME, environment=ENVIRONMENT)
    house.register(NAME, "two")
    house.register("broken", command=["sh", "-c", "sleep 2; exit 3"])
    house.ecs.create_cluster(clusterName="elsewhere")
    house.create_service(NAME, f"{NAME}:1", COUNT)
    failed = house.ecs.run_task(taskDefinition="broken")["tasks"][0]["taskArn"]
    house.until_task(failed, "STOPPED")
    return World(id_of(failed))


def id_of(arn: str) -> str:
    return arn.rpartition("/")[2]


def open_task(console: ConsolePage, task: str) -> None:
    console.open(f"{TASKS}/{task}")
    at_task(console, task)


def at_task(console: ConsolePage, task: str) -> None:
    expect(console.page.get_by_role("heading", level=1)).to_have_text(f"Task : {task}")
    console.is_live()


def phase(console: ConsolePage, label: str) -> Locator:
    """A line of the timeline."""
    return console.page.get_by_role("listitem").filter(has_text=label)


def plan(dialog: Locator) -> Locator:
    return dialog.get_by_role("region", name="What would happen")


def only_new(house: House, before: set[str]) -> dict[str, Any]:
    """The one task that was not there before, once it runs."""
    (arn,) = set(house.ecs.list_tasks()["taskArns"]) - before
    return house.until_task(arn, "RUNNING")


# --- found ---


def test_all_tasks_are_listed_and_found_by_status_and_words(
    world: World, console: ConsolePage
) -> None:
    page = console.open(TASKS)
    expect(console.rows("Tasks")).to_have_count(COUNT + 1)
    page.get_by_role("button", name="Failed 1").click()
    expect(console.rows("Tasks")).to_have_count(1)
    expect(console.rows("Tasks")).to_contain_text("EssentialContainerExited")
    expect(console.rows("Tasks")).to_contain_text("exit code 3")
    console.screenshot("task-list-failed")
    page.reload()
    expect(console.rows("Tasks")).to_have_count(1)
    page.get_by_role("button", name=f"All {COUNT + 1}").click()
    expect(console.rows("Tasks")).to_have_count(COUNT + 1)
    page.get_by_placeholder("Find tasks").fill(f"service:{NAME}")
    expect(console.rows("Tasks")).to_have_count(COUNT)
    expect(console.row("Tasks", world.failed[:16])).to_have_count(0)


def test_a_services_tasks_lead_to_their_pages(
    world: World, house: House, console: ConsolePage
) -> None:
    page = console.open(f"/clusters/{CLUSTER}/services/{NAME}/tasks")
    ids = {id_of(task["taskArn"]) for task in house.tasks_of(NAME)}
    for task in ids:
        expect(page.get_by_role("link", name=task[:8]).first).to_be_visible()
    task = min(ids)
    page.get_by_role("link", name=task[:8]).first.click()
    at_task(console, task)


# --- read ---


def test_a_failed_task_says_what_became_of_it(world: World, console: ConsolePage) -> None:
    page = console.open(TASKS)
    console.row("Tasks", "broken:1").get_by_role("link").first.click()
    at_task(console, world.failed)
    expect(page.get_by_text("The task failed")).to_be_visible()
    expect(page.get_by_text("Essential container in task exited").first).to_be_visible()
    container = console.row("Containers", "web")
    expect(container).to_contain_text("STOPPED")
    expect(container.get_by_role("cell").nth(1)).to_have_text("3")
    expect(phase(console, "Runs")).to_contain_text(re.compile(r"[12](\.\d)? s"))
    expect(phase(console, "Creates and starts containers")).to_contain_text(re.compile(r"\d m?s"))
    page.get_by_role("button", name="Published events").click()
    expect(console.row("Events", "STOPPED").first).to_contain_text("web: exited with 3")
    expect(console.row("Events", "PENDING").first).to_be_visible()
    console.screenshot("task-failed")


def test_a_running_task_shows_its_ports_and_masks_its_secrets(
    world: World, house: House, console: ConsolePage
) -> None:
    task = house.tasks_of(NAME)[0]
    port = task["containers"][0]["networkBindings"][0]["hostPort"]
    open_task(console, id_of(task["taskArn"]))
    page = console.page
    expect(page.get_by_text(re.compile(f"web: .*:{port} → 80/tcp"))).to_be_visible()
    expect(phase(console, "Runs")).to_contain_text("so far")
    variable = page.get_by_role("row").filter(has_text="DB_PASSWORD")
    expect(variable).to_contain_text("••••")
    assert PASSWORD not in page.content()
    variable.get_by_role("button", name="Show the value of DB_PASSWORD").click()
    expect(variable).to_contain_text(PASSWORD)
    console.screenshot("task-running")
    variable.get_by_role("button", name="Hide the value of DB_PASSWORD").click()
    expect(page.get_by_text(PASSWORD)).to_have_count(0)


# --- stopped ---


def test_a_task_is_stopped_with_a_reason_after_its_plan_was_seen(
    world: World, house: House, console: ConsolePage
) -> None:
    task = house.tasks_of(NAME)[0]
    open_task(console, id_of(task["taskArn"]))
    page = console.page
    page.get_by_role("button", name="Stop", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(plan(dialog)).to_contain_text(NAME)
    expect(plan(dialog)).to_have_attribute("aria-busy", "false")
    dialog.get_by_label("Reason – optional").fill(REASON)
    console.screenshot("task-stop-dialog")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert get(house.url_of(task)).startswith("hello"), "nothing was stopped without confirmation"
    page.get_by_role("button", name="Stop", exact=True).click()
    dialog.get_by_label("Reason – optional").fill(REASON)
    dialog.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("The task stopped", exact=True)).to_be_visible()
    expect(page.get_by_text(f"STOPPED (UserInitiated): {REASON}")).to_be_visible()
    expect(page.get_by_text("Stopping it took")).to_be_visible()
    console.screenshot("task-stopped")
    assert house.task(task["taskArn"])["stoppedReason"] == REASON
    assert processes_of(task["taskArn"]) == []
    house.running_tasks_of(NAME, COUNT)


# --- protected ---


def test_protection_is_set_and_taken_away(world: World, house: House, console: ConsolePage) -> None:
    task = house.tasks_of(NAME)[0]["taskArn"]
    open_task(console, id_of(task))
    page, dialog = console.page, console.page.get_by_role("dialog")
    page.get_by_role("button", name="Protect", exact=True).click()
    dialog.get_by_label("Minutes from now").fill("30")
    console.screenshot("task-protect-dialog")
    dialog.get_by_role("button", name="Protect", exact=True).click()
    expect(page.get_by_text("in 29 min").or_(page.get_by_text("in 30 min")).first).to_be_visible()
    assert protection(house, task)["protectionEnabled"]
    console.screenshot("task-protected")
    page.get_by_role("button", name="End protection").click()
    dialog.get_by_role("button", name="End protection").click()
    expect(page.get_by_role("button", name="Protect", exact=True)).to_be_visible()
    expect(dialog).to_have_count(0)
    assert not protection(house, task)["protectionEnabled"]


def protection(house: House, task: str) -> dict[str, Any]:
    answer = house.ecs.get_task_protection(cluster=CLUSTER, tasks=[task])
    return dict(answer["protectedTasks"][0])


# --- run, from a task definition ---


def choose_action(console: ConsolePage, action: str, *revisions: int) -> None:
    """Of the menu of a family's page."""
    page = console.open(f"/task-definitions/{NAME}")
    for revision in revisions:
        console.row("Revisions", f"{NAME}:{revision}").get_by_role("checkbox").check()
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name=action).click()


def choose_cluster(console: ConsolePage, action: str, cluster: str) -> None:
    page = console.page
    dialog = page.get_by_role("dialog", name=f"{action}: {NAME}:1")
    dialog.get_by_role("button", name=re.compile("^Cluster")).click()
    page.get_by_role("option", name=cluster).click()
    dialog.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(action)
    expect(page.get_by_role("button", name=f"Task definition family {NAME}")).to_be_visible()
    expect(page.get_by_role("button", name="Revision 1")).to_be_visible()


def test_a_task_is_run_by_the_form_with_a_variable_of_its_own(
    world: World, house: House, console: ConsolePage
) -> None:
    choose_action(console, "Run task", 1)
    choose_cluster(console, "Run task", CLUSTER)
    page = console.page
    page.get_by_label("Started by – optional").fill("somebody")
    page.get_by_role("button", name=NAME, exact=True).click()
    page.get_by_role("button", name="Add variable").click()
    page.get_by_role("textbox", name="Variable", exact=True).fill("GREETING")
    page.get_by_role("textbox", name="Value", exact=True).fill("overridden")
    before = set(house.ecs.list_tasks()["taskArns"])
    console.screenshot("task-run-form")
    page.get_by_role("button", name="Run task", exact=True).click()
    expect(page.get_by_text(f"1 task of {NAME}:1 placed")).to_be_visible()
    task = only_new(house, before)
    assert task["startedBy"] == "somebody"
    assert get(house.url_of(task)).startswith("overridden")
    page.get_by_role("link", name=id_of(task["taskArn"])).click()
    at_task(console, id_of(task["taskArn"]))
    variable = page.get_by_role("row").filter(has_text="GREETING")
    expect(variable).to_contain_text("overridden")
    expect(variable).to_contain_text("override")


def test_a_service_is_created_in_the_cluster_that_one_chooses(
    world: World, console: ConsolePage
) -> None:
    choose_action(console, "Create service", 1)
    choose_cluster(console, "Create service", "elsewhere")
    expect(console.page.get_by_text("The cluster has no container instance.")).to_be_visible()


def test_revisions_are_compared_and_made_from_the_menu(world: World, console: ConsolePage) -> None:
    page = console.page
    heading = page.get_by_role("heading", level=1)
    choose_action(console, "Compare", 1, 2)
    expect(heading).to_have_text(f"Difference of {NAME}:1 and {NAME}:2")
    greeting = console.row("Changes", "environment[GREETING].value")
    expect(greeting).to_contain_text("two")
    assert PASSWORD not in page.content()
    page.go_back()
    console.row("Revisions", f"{NAME}:2").get_by_role("link", name=f"{NAME}:2").click()
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Compare").click()
    expect(heading).to_have_text(f"Difference of {NAME}:1 and {NAME}:2")
    choose_action(console, "Create new revision", 1)
    expect(heading).to_have_text(f"Create new revision of {NAME}")
    expect(page.get_by_text(f"What {NAME}:1 says is filled in.")).to_be_visible()


# --- by keyboard alone ---


def test_by_keyboard_alone_a_task_is_found_read_and_stopped(
    world: World, house: House, console: ConsolePage
) -> None:
    task = house.run_task(f"{NAME}:2")
    page = console.open(TASKS)
    keyboard = Keyboard(page)
    keyboard.type_into(page.get_by_placeholder("Find tasks"), f"{NAME}:2")
    expect(console.rows("Tasks")).to_have_count(1)
    keyboard.press_on(console.rows("Tasks").get_by_role("link").first)
    at_task(console, id_of(task["taskArn"]))
    keyboard.press_on(page.get_by_role("button", name="Stop", exact=True))
    dialog = page.get_by_role("dialog")
    keyboard.type_into(dialog.get_by_label("Reason – optional"), "no mouse at hand")
    expect(plan(dialog)).to_contain_text(id_of(task["taskArn"]))
    keyboard.press_on(dialog.get_by_role("button", name="Stop", exact=True))
    expect(page.get_by_text("STOPPED (UserInitiated): no mouse at hand")).to_be_visible()
    console.screenshot("task-stopped-by-keyboard")
    until(lambda: not processes_of(task["taskArn"]), "its containers have ended")


# --- orphaned; the last, for it costs an instance ---


def test_an_orphan_is_said_to_run_on_as_it_does(
    world: World, house: House, console: ConsolePage
) -> None:
    task = house.run_task(f"{NAME}:2")
    machine, processes = (
        house.machine_of(task["containerInstanceArn"]),
        processes_of(task["taskArn"]),
    )
    assert processes
    open_task(console, id_of(task["taskArn"]))
    house.ecs.deregister_container_instance(containerInstance=machine.arn, force=True)
    page = console.page
    orphaned = "The task is orphaned: no longer monitored or accounted for by ECS"
    expect(page.get_by_text(orphaned)).to_be_visible()
    expect(page.get_by_text("remain running on the machine")).to_be_visible()
    expect(page.get_by_text(f"roadstead instance terminate {machine.id}")).to_be_visible()
    expect(page.get_by_text("ECS recorded: STOPPED")).to_contain_text("forced by user")
    container = console.row("Containers", "web")
    expect(container).to_contain_text("recorded; it runs on, unmonitored")
    expect(page.get_by_text("Stopping it took")).to_have_count(0)
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_disabled()
    console.screenshot("task-orphaned")
    assert house.task(task["taskArn"])["lastStatus"] == "STOPPED"
    assert processes_of(task["taskArn"]) == processes
    assert get(house.url_of(task)).startswith("two")
    page.goto(console.url(TASKS))
    expect(console.row("Tasks", f"{NAME}:2").first).to_contain_text("orphaned")
