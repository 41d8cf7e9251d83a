"""ELB's wildcards as patterns: what they match, as RE2 understands them."""

import re2
from tests.load_balancers import comes_from, header_is, host_is, path_is, query_has

from roadstead.dataplane.snapshot.conditions import condition
from roadstead.dataplane.snapshot.messages import Json


def matches(header: Json, text: str) -> bool:
    pattern = header["string_match"]["safe_regex"]["regex"]
    return re2.fullmatch(pattern, text) is not None


def test_the_cheapest_matcher_is_taken_for_a_path() -> None:
    assert condition([path_is("/a/*")]).path == {"prefix": "/a/"}
    assert condition([path_is("/a")]).path == {"path": "/a"}
    assert condition([path_is("/a?")]).path == {"safe_regex": {"regex": "/a."}}
    assert condition([path_is("/a", "/b*")]).path == {"safe_regex": {"regex": "(?:/a|/b.*)"}}
    assert condition([]).path == {"prefix": "/"}


def test_hosts_are_asked_whatever_their_case_and_port() -> None:
    [header] = condition([host_is("*.Example.com")]).headers
    assert matches(header, "www.example.COM:8080")
    assert not matches(header, "example.com")
    assert not matches(header, "www-example.com")


def test_a_parameter_ends_where_the_next_begins() -> None:
    [header] = condition([query_has(("k", "v*"))]).headers
    assert matches(header, "/p?x=1&k=vv&y=2")
    assert matches(header, "/p?K=V")
    assert not matches(header, "/k=v?x=1")
    assert not matches(header, "/p?xk=v")
    [header] = condition([query_has(("k", "v"))]).headers
    assert not matches(header, "/p?k=vv")


def test_a_backslash_takes_the_meaning_of_a_wildcard() -> None:
    [header] = condition([header_is("X", r"a\*b?")]).headers
    assert matches(header, "A*bc")
    assert not matches(header, "axbc")


def test_ranges_are_kept_apart() -> None:
    found = condition([comes_from("10.0.0.0/8"), path_is("/x")])
    assert found.sources == ("10.0.0.0/8",)
    assert found.headers == []
