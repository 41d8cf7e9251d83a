"""Sign-in in a real browser: by a key, by the one-time link; where the key is and is not."""

import json
import re

import pytest
from console_page import SESSION, ConsolePage
from house import House
from playwright.sync_api import expect

STORED = "() => [JSON.stringify({...sessionStorage}), JSON.stringify({...localStorage})]"


@pytest.fixture
def link(house: House) -> str:
    """A new one-time link."""
    return house.roadstead("console").strip()


def type_key(console: ConsolePage, key_id: str, secret: str) -> None:
    page = console.page
    page.get_by_label("Access key ID").fill(key_id)
    page.get_by_label("Secret access key").fill(secret)
    page.get_by_role("button", name="Sign in").click()


def see_clusters(console: ConsolePage) -> None:
    expect(console.row("Clusters", "default")).to_be_visible()


def test_a_key_signs_in_and_the_secret_is_kept_for_this_tab_alone(visitor: ConsolePage) -> None:
    visitor.open("/clusters")
    keys = visitor.keys
    type_key(visitor, keys["accessKeyId"], keys["secretAccessKey"])
    see_clusters(visitor)
    of_session, of_ever = visitor.page.evaluate(STORED)
    assert json.loads(json.loads(of_session)[SESSION]) == keys
    assert keys["secretAccessKey"] not in of_ever
    assert keys["accessKeyId"] not in of_ever
    assert not [url for url in visitor.requested if keys["secretAccessKey"] in url]


def test_the_sign_in_page_can_be_used_by_keyboard_alone(visitor: ConsolePage) -> None:
    visitor.open("/clusters")
    keyboard = visitor.page.keyboard
    expect(visitor.page.get_by_label("Access key ID")).to_be_focused()
    keyboard.type(visitor.keys["accessKeyId"])
    keyboard.press("Tab")
    keyboard.type(visitor.keys["secretAccessKey"])
    keyboard.press("Enter")
    see_clusters(visitor)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [("accessKeyId", "UnrecognizedClientException"), ("secretAccessKey", "InvalidSignature")],
)
def test_a_wrong_key_is_told_why_it_is_refused(visitor: ConsolePage, wrong: str, code: str) -> None:
    visitor.expect_error(r"status of 4\d\d")
    visitor.open("/clusters")
    keys = {**visitor.keys, wrong: "AKIAWRONGWRONGWRONG0"}
    type_key(visitor, keys["accessKeyId"], keys["secretAccessKey"])
    expect(visitor.page.get_by_text(re.compile(code))).to_be_visible()
    assert visitor.page.evaluate(STORED)[0] == "{}"
    type_key(visitor, visitor.keys["accessKeyId"], visitor.keys["secretAccessKey"])
    see_clusters(visitor)


def test_the_link_signs_in_and_its_token_is_nowhere_afterwards(
    visitor: ConsolePage, link: str
) -> None:
    token = link.partition("#sign-in=")[2]
    assert token
    page = visitor.page
    page.goto(link)
    see_clusters(visitor)
    assert page.url == visitor.url("/clusters")
    assert page.evaluate("() => history.length") <= 2, "a blank tab and the console"
    assert not [url for url in visitor.requested if token in url.partition("#")[0]]
    assert token not in "".join(page.evaluate(STORED))
    page.go_back()
    page.go_forward()
    assert token not in page.url


def test_the_link_is_good_once(visitor: ConsolePage, link: str) -> None:
    page = visitor.page
    page.goto(link)
    see_clusters(visitor)
    page.evaluate("() => sessionStorage.clear()")
    page.goto("about:blank")
    visitor.expect_error("status of 403")
    page.goto(link)
    expect(page.get_by_text("each is good once")).to_be_visible()
    expect(page.get_by_text("roadstead console").first).to_be_visible()
    assert page.evaluate(STORED)[0] == "{}"


def test_who_signs_out_leaves_no_key(console: ConsolePage) -> None:
    page = console.open("/clusters")
    see_clusters(console)
    page.get_by_role("button", name=re.compile(console.keys["accessKeyId"])).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Roadstead")).to_be_visible()
    assert page.evaluate(STORED)[0] == "{}"
    page.reload()
    expect(page.get_by_role("heading", name="Sign in to Roadstead")).to_be_visible()


def test_another_tab_is_not_signed_in(console: ConsolePage) -> None:
    console.open("/clusters")
    see_clusters(console)
    other = console.page.context.new_page()
    other.goto(console.url("/clusters"))
    expect(other.get_by_role("heading", name="Sign in to Roadstead")).to_be_visible()


def test_axe_finds_nothing_grave_on_the_sign_in_page(visitor: ConsolePage) -> None:
    visitor.open("/clusters")
    expect(visitor.page.get_by_role("heading", name="Sign in to Roadstead")).to_be_visible()
    visitor.screenshot("sign-in")
    assert visitor.grave_violations() == []
