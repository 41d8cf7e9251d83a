"""A control plane that is killed while one looks: the console says so, and goes on by itself."""

from console_page import ConsolePage
from house import House, is_alive, kill, until
from playwright.sync_api import expect


def test_a_killed_control_plane_is_told_of_and_nothing_has_to_be_reloaded(
    console: ConsolePage, house: House
) -> None:
    console.expect_error("net::ERR_")
    console.expect_error("Failed to fetch")
    console.expect_error("Unable to preload")
    console.open("/clusters")
    expect(console.row("Clusters", "default")).to_be_visible()
    console.is_live()
    ended = [house.program_pid(name) for name in ("up", "server", "host")]
    kill(ended[0])
    until(lambda: not any(map(is_alive, ended)), "its programs end")
    told = console.page.get_by_text("The control plane does not answer", exact=True)
    expect(told).to_be_visible()
    expect(console.row("Clusters", "default")).to_be_visible()
    console.screenshot("away")
    console.page.get_by_role("link", name="Target groups").click()
    expect(console.page.get_by_text("This page could not be loaded")).to_be_visible()

    house.up(instances=2)
    expect(console.page.get_by_text("No target groups")).to_be_visible(timeout=20_000)
    expect(told).to_have_count(0)
    console.is_live()
    console.page.get_by_role("link", name="Clusters").first.click()
    expect(console.row("Clusters", "default")).to_be_visible()
