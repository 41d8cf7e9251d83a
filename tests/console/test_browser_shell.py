"""What every page stands in, in a real browser: addresses, policy, theme, being live."""

import re
from typing import Any

import pytest
from console_page import ConsolePage, Opened
from house import House
from playwright.sync_api import Browser, Route, expect

FIRST_LOAD_BYTES_MAX = 500_000
DARK = re.compile("dark")


def see_clusters(console: ConsolePage) -> None:
    expect(console.row("Clusters", "default")).to_be_visible()


def test_the_clusters_page_shows_the_default_cluster(console: ConsolePage) -> None:
    console.open("/clusters")
    see_clusters(console)
    expect(console.row("Clusters", "default")).to_contain_text("2")
    console.screenshot("clusters")
    assert console.grave_violations() == []


def test_a_cluster_appears_and_goes_without_reload(console: ConsolePage, house: House) -> None:
    console.open("/clusters")
    see_clusters(console)
    console.is_live()
    house.ecs.create_cluster(clusterName="appearing")
    expect(console.row("Clusters", "appearing")).to_be_visible()
    house.ecs.delete_cluster(cluster="appearing")
    expect(console.row("Clusters", "appearing")).to_have_count(0)


def test_without_the_stream_the_page_asks_from_time_to_time(
    console: ConsolePage, house: House
) -> None:
    console.expect_error("net::ERR_FAILED")
    console.page.route("**/changes", lambda route: route.abort())
    console.open("/clusters")
    see_clusters(console)
    expect(console.page.get_by_role("button", name="Not live")).to_be_visible()
    house.ecs.create_cluster(clusterName="polled")
    expect(console.row("Clusters", "polled")).to_be_visible()
    house.ecs.delete_cluster(cluster="polled")
    expect(console.row("Clusters", "polled")).to_have_count(0)


def test_the_stream_comes_back_by_itself(console: ConsolePage) -> None:
    console.expect_error("net::ERR_FAILED")
    refused: list[Route] = []

    def refuse_twice(route: Route) -> None:
        if len(refused) < 2:
            refused.append(route)
            route.abort()
        else:
            route.continue_()

    console.page.route("**/changes", refuse_twice)
    console.open("/clusters")
    expect(console.page.get_by_role("button", name="Not live")).to_be_visible()
    console.is_live()


def test_a_deep_link_survives_a_reload(console: ConsolePage) -> None:
    page = console.open("/clusters?filter=def")
    see_clusters(console)
    expect(page.get_by_label("Filter clusters")).to_have_value("def")
    page.reload()
    see_clusters(console)
    expect(page.get_by_label("Filter clusters")).to_have_value("def")
    assert page.url == console.url("/clusters?filter=def")


def test_an_address_without_a_region_gets_the_servers(console: ConsolePage) -> None:
    page = console.page
    page.goto(f"{console.origin}/console/clusters")
    see_clusters(console)
    assert page.url == console.url("/clusters")


def test_a_browser_that_is_sent_to_the_endpoint_finds_the_console(console: ConsolePage) -> None:
    console.page.goto(f"{console.origin}/")
    see_clusters(console)


def test_an_unknown_path_says_so_and_leads_back(console: ConsolePage) -> None:
    page = console.open("/no/such/page")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    page.get_by_role("navigation", name="Navigation").get_by_role("link", name="Clusters").click()
    see_clusters(console)
    assert page.url == console.url("/clusters")


def test_the_policy_allows_own_scripts_alone(console: ConsolePage) -> None:
    answer = console.page.goto(console.url("/clusters"))
    assert answer is not None
    directives = answer.headers["content-security-policy"].split("; ")
    policy = {name: sources for name, _, sources in (one.partition(" ") for one in directives)}
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    see_clusters(console)
    inline = """() => {
      const one = document.createElement('script');
      one.textContent = 'window.wasRun = true';
      document.head.append(one);
      return window.wasRun === true;
    }"""
    assert console.page.evaluate(inline) is False
    assert console.complaints() != []
    console.expect_error("Content Security Policy|^console: CSP: ")


def test_scripts_styles_and_fonts_come_from_the_console_itself(console: ConsolePage) -> None:
    got: dict[str, set[str]] = {}
    console.page.on("request", lambda one: got.setdefault(one.resource_type, set()).add(one.url))
    console.open("/clusters")
    see_clusters(console)
    console.page.wait_for_function("() => document.fonts.status === 'loaded'")
    for kind in ("script", "stylesheet", "font", "image"):
        foreign = [url for url in got.get(kind, ()) if not url.startswith(console.origin)]
        assert [url for url in foreign if not url.startswith("data:")] == []
    assert got["script"]
    assert got["stylesheet"]


def test_the_first_load_is_light(console: ConsolePage) -> None:
    network = console.page.context.new_cdp_session(console.page)
    network.send("Network.enable")
    transferred: list[float] = []

    def loaded(event: dict[str, Any]) -> None:
        transferred.append(event["encodedDataLength"])

    network.on("Network.loadingFinished", loaded)
    console.open("/clusters")
    see_clusters(console)
    console.page.wait_for_function("() => document.fonts.status === 'loaded'")
    print(f"first load: {sum(transferred) / 1000:.0f} kB in {len(transferred)} answers")
    assert len(transferred) > 3
    assert sum(transferred) <= FIRST_LOAD_BYTES_MAX


def test_dark_mode_is_chosen_and_stays(console: ConsolePage) -> None:
    page = console.open("/clusters")
    see_clusters(console)
    background = "() => getComputedStyle(document.querySelector('main')).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Dark mode").click()
    expect(page.locator("body")).to_have_class(DARK)
    dark = page.evaluate(background)
    assert dark != light
    page.reload()
    see_clusters(console)
    assert page.evaluate(background) == dark
    console.screenshot("clusters-dark")
    assert console.grave_violations() == []
    page.get_by_role("button", name="Light mode").click()
    expect(page.locator("body")).not_to_have_class(DARK)
    assert page.evaluate(background) == light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_the_systems_until_one_chooses(
    browser: Browser, house: House, scheme: str
) -> None:
    with Opened(browser, house.variables, color_scheme=scheme) as console:
        console.sign_in()
        console.open("/clusters")
        see_clusters(console)
        is_dark = "() => document.body.className.includes('dark')"
        assert console.page.evaluate(is_dark) is (scheme == "dark")
