"""Which addresses may be targets; the codes of a matcher."""

import pytest

from roadstead.elbv2.rules.health_check import codes_of
from roadstead.elbv2.rules.target_ranges import is_ipv4, is_permitted


@pytest.mark.parametrize("text", ["1.2.3", "01.2.3.4", "1.2.3.4/32", "::1", "", "1.2.3.256"])
def test_what_is_no_ipv4_address(text: str) -> None:
    assert not is_ipv4(text)


def test_private_ranges_may_be_targets() -> None:
    permitted = ["10.0.0.1", "172.16.0.1", "172.31.255.1", "192.168.1.1", "100.64.0.1"]
    assert [each for each in permitted if not is_permitted(each)] == []
    public = ["8.8.8.8", "172.32.0.1", "100.128.0.1", "127.0.0.1", "169.254.169.254"]
    assert [each for each in public if is_permitted(each)] == []


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("200", [(200, 200)]),
        ("200,204", [(200, 200), (204, 204)]),
        ("200-299,301", [(200, 299), (301, 301)]),
        ("299-200", []),
        ("200,", []),
        ("99", []),
        ("200-600", []),
        ("²00", []),
    ],
)
def test_codes_are_lists_and_ranges(text: str, ranges: list[tuple[int, int]]) -> None:
    assert codes_of(text, 200, 499) == ranges
