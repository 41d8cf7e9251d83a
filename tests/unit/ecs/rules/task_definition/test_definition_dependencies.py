"""dependsOn, links and volumesFrom."""

from typing import Any

import pytest
from definition_requests import a_container, accepted, client_error, invalid_parameter
from hypothesis import given
from hypothesis import strategies as st


def on(name: str, condition: str = "START") -> dict[str, Any]:
    return {"dependsOn": [{"containerName": name, "condition": condition}]}


HEALTH = {"healthCheck": {"command": ["CMD", "true"]}}


def test_TD_72_each_condition_has_what_it_needs() -> None:
    accepted(a_container(**on("db")), a_container("db"))
    accepted(a_container(**on("db", "HEALTHY")), a_container("db", **HEALTH))
    for condition in ("COMPLETE", "SUCCESS"):
        accepted(a_container(**on("init", condition)), a_container("init", essential=False))


@pytest.mark.parametrize("condition", ["COMPLETE", "SUCCESS"])
def test_TD_72_nobody_waits_for_the_end_of_an_essential_container(condition: str) -> None:
    assert client_error(a_container(**on("init", condition)), a_container("init")) == (
        "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"
    )


def test_TD_72_healthy_needs_a_health_check() -> None:
    assert "healthCheck" in client_error(a_container(**on("db", "HEALTHY")), a_container("db"))


def test_an_unknown_condition_is_refused() -> None:
    assert "[START, COMPLETE, SUCCESS, HEALTHY]" in invalid_parameter(
        a_container(**on("db", "READY")), a_container("db")
    )


def test_TD_73_unknown_containers_and_itself_are_refused() -> None:
    assert "'gone', which does not exist" in client_error(a_container(**on("gone")))
    assert "itself" in client_error(a_container(**on("app")))


EDGES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=8).map(
    lambda edges: [(one, two) for one, two in edges if one != two]
)


def has_cycle(edges: list[tuple[int, int]]) -> bool:
    reach = set(edges)
    for _ in range(5):
        reach |= {(a, d) for a, b in reach for c, d in reach if b == c}
    return any(a == b for a, b in reach)


@given(EDGES)
def test_TD_73_a_definition_is_refused_exactly_if_its_dependencies_form_a_cycle(
    edges: list[tuple[int, int]],
) -> None:
    containers = [
        a_container(
            f"c{n}",
            dependsOn=[
                {"containerName": f"c{two}", "condition": "START"} for one, two in edges if one == n
            ],
        )
        for n in range(5)
    ]
    if has_cycle(edges):
        assert "dependency cycle" in client_error(*containers)
    else:
        accepted(*containers)


def test_TD_76_links_and_volumes_form_cycles_with_dependencies() -> None:
    assert "cycle" in client_error(a_container("a", links=["b"]), a_container("b", **on("a")))
    assert "cycle" in client_error(
        a_container("a", volumesFrom=[{"sourceContainer": "b"}]),
        a_container("b", links=["a:alias"]),
    )


@pytest.mark.parametrize("mode", ["awsvpc", "host", "none"])
def test_links_need_bridge_mode(mode: str) -> None:
    containers = a_container("a", links=["b"]), a_container("b")
    accepted(*containers)
    assert client_error(*containers, networkMode=mode) == (
        f"Links are not supported when networkMode={mode}."
    )


@pytest.mark.parametrize("link", ["gone", "a", "b:", ""])
def test_a_link_leads_to_another_container(link: str) -> None:
    assert "Link" in client_error(a_container("a", links=[link]), a_container("b"))


@pytest.mark.parametrize("source", [{}, {"sourceContainer": "gone"}, {"sourceContainer": "a"}])
def test_volumes_come_from_another_container(source: dict[str, str]) -> None:
    assert "volumesFrom" in client_error(a_container("a", volumesFrom=[source]), a_container("b"))
