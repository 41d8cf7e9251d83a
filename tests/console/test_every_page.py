"""Every page of the console: seen in light and dark, without a grave flaw for those who cannot see
it well, without an error, and whole whatever the control plane may come to answer."""

import pytest
from balancers import create_service, make_balancer, make_classic, make_group, serving
from console_page import ConsolePage
from every_page import EVERY_PAGE, Visited, cluster_tabs, routes
from house import House, until
from playwright.sync_api import expect
from strange_answers import Change, change_answers, with_strange_words, without_members

HOST_PORT = 8899
ASK_NOTHING = ("create-definition", "not-found")
BROKEN = "This page could not be shown"
SHOTS = [pytest.param(page, id=page.shot) for page in EVERY_PAGE]
CHANGES = [
    pytest.param(with_strange_words, id="strange-words"),
    pytest.param(without_members, id="missing-members"),
]


@pytest.fixture(scope="module")
def facts(house: House, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Something of everything, and its names."""
    notes = tmp_path_factory.mktemp("notes")
    house.add_machine()
    group = make_group(house, "web")
    balancer = make_balancer(house, "front", group)
    make_classic(house, "old", HOST_PORT)
    house.ecs.register_task_definition(**serving("web", notes, "one"))
    house.ecs.register_task_definition(**serving("web", notes, "two"))
    house.ecs.deregister_task_definition(taskDefinition=house.register("past"))
    create_service(house, "web", 2, {"targetGroupArn": group}, taskDefinition="web:1")
    left = house.run_task("web:1")
    house.ecs.deregister_container_instance(
        containerInstance=left["containerInstanceArn"], force=True
    )
    task = house.running_tasks_of("web", 2)[0]
    until(lambda: is_completed(house), "the service is steady")
    machine = house.machine_of(task["containerInstanceArn"])
    return {
        "task": id_of(task["taskArn"]),
        "orphan": id_of(left["taskArn"]),
        "instance": id_of(machine.arn),
        "machine": machine.id,
        "left": id_of(left["containerInstanceArn"]),
        "balancer": id_of(balancer.arn),
        "group": id_of(group),
    }


def is_completed(house: House) -> bool:
    service = house.ecs.describe_services(services=["web"])["services"][0]
    return bool(service["deployments"][0]["rolloutState"] == "COMPLETED")


def id_of(arn: str) -> str:
    return arn.rpartition("/")[2]


def visit(console: ConsolePage, page: Visited, facts: dict[str, str]) -> None:
    """Return once it has loaded, and shows what it should."""
    console.open(page.path.format_map(facts))
    expect(console.page.get_by_role("heading", level=1)).to_be_visible()
    shown = console.page.locator("main").get_by_text(page.shows.format_map(facts))
    expect(shown.first).to_be_visible()
    navigation = console.page.get_by_role("navigation", name="Navigation")
    expect(navigation.get_by_role("link", name="Clusters")).to_be_visible()
    is_settled(console)


def is_settled(console: ConsolePage) -> None:
    """Every spinner ends in content or in a failure that is told."""
    expect(console.page.locator("main [class*=awsui_circle-left]")).to_have_count(0)
    expect(console.page.get_by_text(BROKEN)).to_have_count(0)


def test_no_page_is_forgotten() -> None:
    assert {page.route for page in EVERY_PAGE} == routes()
    visited = {page.path.split("/")[3] for page in EVERY_PAGE if ":tab?" in page.route}
    assert cluster_tabs() <= visited


@pytest.mark.parametrize("page", SHOTS)
def test_a_page_is_whole_and_axe_finds_nothing_grave(
    console: ConsolePage, facts: dict[str, str], page: Visited
) -> None:
    visit(console, page, facts)
    console.screenshot(f"page-{page.shot}-light")
    light = console.grave_violations()
    console.page.get_by_role("button", name="Dark mode").click()
    expect(console.page.get_by_role("button", name="Light mode")).to_be_visible()
    console.screenshot(f"page-{page.shot}-dark")
    assert (light, console.grave_violations()) == ([], [])


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("page", SHOTS)
def test_a_page_stays_whole_whatever_it_is_answered(
    console: ConsolePage, facts: dict[str, str], page: Visited, change: Change
) -> None:
    changed = change_answers(console.page, change)
    console.open(page.path.format_map(facts))
    expect(console.page.get_by_role("heading", level=1)).to_be_visible()
    if page.shot not in ASK_NOTHING:
        until(lambda: wait(console) and changed, "it has asked something")
    is_settled(console)
    console.screenshot(f"strange-{page.shot}-{change.__name__}")
    console.page.unroute_all(behavior="ignoreErrors")


def wait(console: ConsolePage) -> bool:
    """Let the browser go on, and say that it did."""
    console.page.wait_for_timeout(200)
    return True
