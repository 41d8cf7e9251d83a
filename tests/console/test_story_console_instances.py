"""What the documentation says of deregistering a container instance, done in the console.

Its procedure, step by step, by mouse and by keyboard alone, on real containers behind a load
balancer; and what its pages then show while it happens.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest
from asking import Answer, Clients
from balancers import (
    Balancer,
    create_service,
    make_balancer,
    make_group,
    name_of,
    network,
    serving,
)
from console_page import ConsolePage, Opened
from house import CLUSTER, House, Machine, get, interface_of, is_alive, processes_of, until
from keyboard import Keyboard
from playwright.sync_api import Browser, Locator, expect

COUNT = 3
DRAIN_SECONDS = 30
"""Long enough to be looked at."""
REFUSAL = "Found running tasks on the instance."
MESSAGE = (
    "the container instance is no longer able to accept new tasks",
    "remain running until the instance is terminated or they stop by some other means",
    "orphaned: no longer monitored or accounted for by ECS",
    "the scheduler starts another copy on a different container instance, if possible",
    "registered with a Classic Load Balancer or a target group are deregistered there",
    "begin connection draining as it is set",
    "Network interfaces of tasks in awsvpc network mode are deleted",
    "Stop them first if the instance is to be used for something else",
    "should not be registered into another cluster: launch a new one there",
    "Deregistering does not terminate the EC2 instance",
    "terminated while its agent is connected is deregistered by that alone",
    "terminate it by updating the group or the stack; else the group re-creates it",
)
"""What is to be reviewed before one confirms."""


class Front(NamedTuple):
    """The service `web` of three tasks behind a load balancer."""

    balancer: Balancer
    group: str
    definition: dict[str, Any]


@pytest.fixture(scope="module")
def front(house: House, tmp_path_factory: pytest.TempPathFactory) -> Front:
    house.add_machine()
    group = make_group(house, "web")
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": str(DRAIN_SECONDS)}
    house.client("elbv2").modify_target_group_attributes(TargetGroupArn=group, Attributes=[delay])
    balancer = make_balancer(house, "web", group)
    definition = serving("web", tmp_path_factory.mktemp("notes"))
    house.ecs.register_task_definition(**definition)
    create_service(house, "web", COUNT, {"targetGroupArn": group})
    return Front(balancer, group, definition)


def start_alone(house: House, front: Front, arn: str) -> dict[str, Any]:
    """A task of no service, with an interface of its own, on that instance."""
    house.ecs.register_task_definition(
        **{**front.definition, "family": "alone", "networkMode": "awsvpc"}
    )
    subnets = {"awsvpcConfiguration": {"subnets": network(house)[1]}}
    answer = house.ecs.start_task(
        taskDefinition="alone", containerInstances=[arn], networkConfiguration=subnets
    )
    assert answer["failures"] == []
    return house.until_task(answer["tasks"][0]["taskArn"], "RUNNING")


def id_of(arn: str) -> str:
    return arn.rpartition("/")[2]


def navigation(console: ConsolePage) -> Locator:
    return console.page.get_by_role("navigation", name="Navigation")


def dialog(console: ConsolePage) -> Locator:
    return console.page.get_by_role("dialog")


def label(console: ConsolePage, name: str) -> Locator:
    """The value under that label of the page."""
    page = console.page
    return page.locator("dt", has_text=re.compile(f"^{name}$")).locator("xpath=..").locator("dd")


# --- the procedure, by mouse ---


class Left(NamedTuple):
    """A deregistration by mouse, and what was seen of it."""

    console: ConsolePage
    """At the page of the instance since then; it was never loaded anew."""
    machine: Machine
    orphan: dict[str, Any]
    """Of the service."""
    alone: dict[str, Any]
    """Of no service."""
    processes: dict[str, int]
    """The first of each, by their task's ARN."""
    names: dict[str, str]
    targets: str
    """The target group's page, while connections drained."""
    picture: str
    """The cluster map, just afterwards."""
    failed: list[Answer]
    """What the load balancer did not answer well, all the while."""
    asked: int


@pytest.fixture(scope="module")
def left(house: House, front: Front, browser: Browser) -> Iterator[Left]:
    orphan = house.running_tasks_of("web", COUNT)[0]
    arn = orphan["containerInstanceArn"]
    alone = start_alone(house, front, arn)
    both = (orphan, alone)
    processes = {task["taskArn"]: processes_of(task["taskArn"])[0] for task in both}
    names = {task["taskArn"]: name_of(get(house.url_of(task))) for task in both}
    machine = house.machine_of(arn)
    with ExitStack() as stack:
        console, targets, picture = (
            stack.enter_context(Opened(browser, house.variables)) for _ in range(3)
        )
        watch_targets(targets, front, machine)
        watch_map(picture, machine)
        with Clients(front.balancer.address, front.balancer.port) as clients:
            step_1_open_the_console(console, house)
            step_2_choose_the_region(console)
            step_3_choose_the_cluster(console)
            step_4_choose_ecs_instances(console)
            step_5_select_the_container_instance_id(console, arn)
            step_6_choose_deregister(console)
            step_7_review_the_message_and_confirm(console, arn, house)
            seen = (see_it_drain(targets, machine), see_it_leave(picture, machine))
            see_the_copy(console)
            see_all_done(console)
        yield Left(
            console, machine, orphan, alone, processes, names, *seen, clients.failed,
            len(clients.in_order()),
        )  # fmt: skip


def watch_targets(targets: ConsolePage, front: Front, machine: Machine) -> None:
    targets.sign_in()
    targets.open(f"/target-groups/{id_of(front.group)}")
    expect(targets.row("Registered targets", machine.id)).to_contain_text("healthy")
    expect(targets.rows("Registered targets")).to_have_count(COUNT)
    targets.is_live()


def watch_map(picture: ConsolePage, machine: Machine) -> None:
    picture.sign_in()
    picture.open(f"/clusters/{CLUSTER}/map")
    expect(picture.page.get_by_role("region", name=f"Instance {machine.id}")).to_be_visible()
    picture.is_live()
    picture.screenshot("deregister-instance-map-before")


def step_1_open_the_console(console: ConsolePage, house: House) -> None:
    console.page.goto(house.roadstead("console").strip())
    expect(console.row("Clusters", CLUSTER)).to_be_visible()
    console.screenshot("deregister-instance-1")


def step_2_choose_the_region(console: ConsolePage) -> None:
    page = console.page
    page.get_by_role("button", name="us-east-1, US East").click()
    page.get_by_role("menuitem", name="Europe (Ireland)").click()
    expect(page.get_by_text("No clusters", exact=True)).to_be_visible()
    page.get_by_role("button", name="eu-west-1, Europe").click()
    console.screenshot("deregister-instance-2")
    page.get_by_role("menuitem", name="US East (N. Virginia)").click()
    expect(page).to_have_url(console.url("/clusters"))


def step_3_choose_the_cluster(console: ConsolePage) -> None:
    navigation(console).get_by_role("link", name="Clusters").click()
    console.row("Clusters", CLUSTER).get_by_role("link", name=CLUSTER).click()
    heading = console.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(f"Cluster : {CLUSTER}")
    console.screenshot("deregister-instance-3")


def step_4_choose_ecs_instances(console: ConsolePage) -> None:
    console.page.get_by_role("tab", name="ECS Instances").click()
    expect(console.rows("ECS Instances")).to_have_count(3)
    console.screenshot("deregister-instance-4")


def step_5_select_the_container_instance_id(console: ConsolePage, arn: str) -> None:
    console.rows("ECS Instances").get_by_role("link", name=id_of(arn)).click()
    heading = console.page.get_by_role("heading", level=1)
    expect(heading).to_have_text(f"Container Instance : {id_of(arn)}")
    expect(console.rows("Tasks")).to_have_count(2)
    console.is_live()
    console.screenshot("deregister-instance-5")


def step_6_choose_deregister(console: ConsolePage) -> None:
    console.page.get_by_role("button", name="Deregister", exact=True).click()
    expect(dialog(console)).to_contain_text("2 tasks run on it")
    console.screenshot("deregister-instance-6")


def step_7_review_the_message_and_confirm(console: ConsolePage, arn: str, house: House) -> None:
    shown = dialog(console)
    for sentence in MESSAGE:
        expect(shown).to_contain_text(sentence)
    yes = shown.get_by_role("button", name="Yes, Deregister")
    console.expect_error("status of 400")
    yes.click()
    refused = shown.get_by_text("DeregisterContainerInstance was refused").locator("xpath=../..")
    expect(refused).to_contain_text(REFUSAL)
    expect(refused).to_contain_text("InvalidParameterException · request id")
    assert house.describe_instance(arn)["status"] == "ACTIVE"
    console.screenshot("deregister-instance-7-refused")

    shown.get_by_role("checkbox", name="Deregister by force: 2 tasks become orphans").check()
    plan = shown.get_by_role("region", name="What would happen")
    expect(plan).to_contain_text("web")
    expect(yes).to_be_disabled()
    shown.get_by_label("To confirm, type force").fill("force")
    expect(yes).to_be_enabled()
    console.screenshot("deregister-instance-7")
    yes.click()
    expect(shown).to_have_count(0)


def see_it_drain(targets: ConsolePage, machine: Machine) -> str:
    """What its row says while it drains."""
    row = targets.row("Registered targets", machine.id)
    expect(row).to_contain_text("draining")
    expect(row).to_contain_text(f"of at most {DRAIN_SECONDS} s")
    targets.screenshot("deregister-instance-targets")
    return row.inner_text()


def see_it_leave(picture: ConsolePage, machine: Machine) -> str:
    """What the map says of it, now that it left."""
    page = picture.page
    ghost = page.get_by_role("region", name=f"Instance {machine.id}, deregistered")
    expect(ghost).to_be_visible()
    expect(page.get_by_role("region", name=re.compile("^Instance i-"))).to_have_count(3)
    expect(ghost.get_by_role("img")).to_have_count(2)
    picture.screenshot("deregister-instance-map")
    return ghost.inner_text()


def see_the_copy(console: ConsolePage) -> None:
    steps = console.page.get_by_text("Service web:")
    expect(console.page.get_by_text("1 copy started elsewhere, 1 RUNNING")).to_be_visible()
    console.screenshot("deregister-instance-under-way")
    expect(steps).to_contain_text("steady")


def see_all_done(console: ConsolePage) -> None:
    expect(console.page.get_by_test_id("departure-done")).to_be_visible()
    console.screenshot("deregister-instance-done")


def test_the_procedure_by_mouse_makes_it_inactive(left: Left, house: House) -> None:
    console = left.console
    assert house.describe_instance(left.machine.arn)["status"] == "INACTIVE"
    expect(label(console, "Status")).to_have_text("INACTIVE")
    expect(label(console, "EC2 instance")).to_have_text(left.machine.id)
    expect(label(console, "Registered")).not_to_have_text("–")
    button = console.page.get_by_role("button", name="Deregister", exact=True)
    expect(button).to_have_attribute("aria-disabled", "true")


def test_the_page_says_that_its_tasks_are_orphans(left: Left) -> None:
    console = left.console
    expect(console.page.get_by_text("is no longer monitored or accounted for")).to_be_visible()
    expect(console.row("Orphaned tasks", id_of(left.orphan["taskArn"]))).to_contain_text(
        "service:web"
    )
    expect(console.row("Orphaned tasks", id_of(left.alone["taskArn"]))).to_be_visible()
    expect(console.page.get_by_text("nobody starts a copy")).to_be_visible()


def test_orphans_run_on_with_what_they_had(left: Left, house: House) -> None:
    for task in (left.orphan, left.alone):
        assert left.processes[task["taskArn"]] in processes_of(task["taskArn"])
        assert house.task(task["taskArn"])["lastStatus"] == "STOPPED"
    assert name_of(get(house.url_of(left.orphan))) == left.names[left.orphan["taskArn"]]


def test_the_copy_runs_on_another_instance_and_the_page_leads_to_it(
    left: Left, house: House
) -> None:
    tasks = house.running_tasks_of("web", COUNT)
    assert left.machine.arn not in {task["containerInstanceArn"] for task in tasks}
    copy = max(tasks, key=lambda task: task["createdAt"])
    place = house.machine_of(copy["containerInstanceArn"]).id
    line = left.console.page.get_by_text(re.compile(f"^Copy {id_of(copy['taskArn'])}"))
    expect(line).to_contain_text("RUNNING")
    expect(line.get_by_role("link", name=place)).to_be_visible()


def test_the_page_of_its_target_group_showed_it_drain(left: Left) -> None:
    assert left.machine.id in left.targets
    assert "draining" in left.targets
    assert "Target.DeregistrationInProgress" in left.targets


def test_the_interface_of_an_orphan_is_deleted_and_the_page_says_so(
    left: Left, house: House
) -> None:
    own = interface_of(left.alone)["networkInterfaceId"]
    filters = [{"Name": "network-interface-id", "Values": [own]}]
    found = house.client("ec2").describe_network_interfaces(Filters=filters)
    assert found["NetworkInterfaces"] == []
    text = "1 network interface of orphans deleted: they have no network any more"
    expect(left.console.page.get_by_text(text)).to_be_visible()


def test_the_map_showed_it_leave_with_its_orphans(left: Left) -> None:
    assert "2 orphans" in left.picture
    assert "INACTIVE" in left.picture


def test_it_is_no_longer_in_the_list_of_its_cluster(
    left: Left, house: House, browser: Browser
) -> None:
    with Opened(browser, house.variables) as console:
        console.sign_in()
        console.open(f"/clusters/{CLUSTER}/instances")
        expect(console.rows("ECS Instances")).to_have_count(2)
        expect(console.row("ECS Instances", left.machine.id)).to_have_count(0)


def test_every_request_was_answered(left: Left) -> None:
    assert left.failed == []
    assert left.asked > 100


def test_step_8_the_machine_is_terminated_as_the_page_says(left: Left, house: House) -> None:
    page = left.console.page
    expect(page.get_by_text("Deregistering does not terminate the EC2 instance")).to_be_visible()
    assert house.machine(left.machine.id).status == "running"
    words = f"roadstead instance terminate {left.machine.id}"
    expect(page.get_by_text(words, exact=True)).to_be_visible()
    left.console.screenshot("deregister-instance-8")
    house.roadstead(*words.split()[1:])
    for task_arn, pid in left.processes.items():
        until(lambda pid=pid: not is_alive(pid), f"the container of {task_arn} has ended")
    assert left.machine.id not in {one.id for one in house.machines() if one.status == "running"}


# --- the procedure, by keyboard alone ---


def test_the_procedure_by_keyboard_alone(
    left: Left, house: House, front: Front, visitor: ConsolePage
) -> None:
    machine = house.add_machine()
    alone = start_alone(house, front, machine.arn)
    keyboard = Keyboard(visitor.page)
    visitor.expect_error("status of 400")
    sign_in(visitor, keyboard)
    choose_the_region(visitor, keyboard)
    go_to_the_instance(visitor, keyboard, machine.arn)
    deregister_by_force(visitor, keyboard)
    assert house.describe_instance(machine.arn)["status"] == "INACTIVE"
    expect(label(visitor, "Status")).to_have_text("INACTIVE")
    expect(visitor.row("Orphaned tasks", id_of(alone["taskArn"]))).to_be_visible()
    visitor.screenshot("deregister-instance-keyboard-done")


def sign_in(console: ConsolePage, keyboard: Keyboard) -> None:
    page = console.page
    page.goto(f"{console.origin}/console/")
    keyboard.type_into(page.get_by_label("Access key ID"), console.keys["accessKeyId"])
    keyboard.type_into(page.get_by_label("Secret access key"), console.keys["secretAccessKey"])
    page.keyboard.press("Enter")
    expect(console.row("Clusters", CLUSTER)).to_be_visible()


def choose_the_region(console: ConsolePage, keyboard: Keyboard) -> None:
    page = console.page
    keyboard.press_on(page.get_by_role("button", name="us-east-1, US East"))
    keyboard.choose(page.get_by_role("menuitem", name="US East (N. Virginia)"))
    expect(console.row("Clusters", CLUSTER)).to_be_visible()
    console.screenshot("deregister-instance-keyboard-2")


def go_to_the_instance(console: ConsolePage, keyboard: Keyboard, arn: str) -> None:
    page = console.page
    keyboard.press_on(navigation(console).get_by_role("link", name="Clusters"))
    keyboard.press_on(
        console.row("Clusters", CLUSTER).get_by_role("link", name=CLUSTER, exact=True)
    )
    tabs = page.get_by_role("tablist", name=f"Cluster {CLUSTER}")
    keyboard.go_to(tabs.get_by_role("tab", selected=True))
    keyboard.choose(page.get_by_role("tab", name="ECS Instances"), "ArrowRight")
    keyboard.press_on(console.rows("ECS Instances").get_by_role("link", name=id_of(arn)))
    expect(console.rows("Tasks")).to_have_count(1)
    console.screenshot("deregister-instance-keyboard-5")


def deregister_by_force(console: ConsolePage, keyboard: Keyboard) -> None:
    page, shown = console.page, dialog(console)
    keyboard.press_on(page.get_by_role("button", name="Deregister", exact=True))
    yes = shown.get_by_role("button", name="Yes, Deregister")
    keyboard.press_on(yes)
    expect(shown.get_by_text(REFUSAL).last).to_be_visible()
    keyboard.press_on(shown.get_by_role("checkbox", name="Deregister by force"), "Space")
    keyboard.type_into(shown.get_by_label("To confirm, type force"), "force")
    console.screenshot("deregister-instance-keyboard-7")
    keyboard.press_on(yes)
    expect(shown).to_have_count(0)
