"""Keyboard: a page as those use it who have no mouse. It presses keys, and nothing else.

Every key goes to whatever has the focus, so what cannot be reached with Tab cannot be used.
"""

from playwright.sync_api import Locator, Page, expect

PRESSES_MAX = 150
"""More than any page here has things to stop at."""
IS_FOCUSED = "(element) => element === document.activeElement"


class Keyboard:
    def __init__(self, page: Page) -> None:
        self._page = page

    def go_to(self, wanted: Locator) -> None:
        """Press Tab until it has the focus."""
        wanted.wait_for(state="attached")
        for _ in range(PRESSES_MAX):
            if wanted.evaluate(IS_FOCUSED):
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {wanted}")

    def press_on(self, wanted: Locator, key: str = "Enter") -> None:
        self.go_to(wanted)
        self._page.keyboard.press(key)

    def type_into(self, wanted: Locator, text: str) -> None:
        self.go_to(wanted)
        self._page.keyboard.type(text)

    def choose(self, wanted: Locator, key: str = "ArrowDown") -> None:
        """Press an arrow until this item of the open menu has the focus, then Enter."""
        wanted.wait_for(state="attached")
        for _ in range(PRESSES_MAX):
            if wanted.evaluate(IS_FOCUSED):
                self._page.keyboard.press("Enter")
                return
            self._page.keyboard.press(key)
        raise AssertionError(f"{key} does not lead to {wanted}")

    def is_on(self, wanted: Locator) -> None:
        expect(wanted).to_be_focused()
