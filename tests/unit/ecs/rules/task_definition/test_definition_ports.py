"""Port mappings: defaults, ranges, and what each network mode allows."""

from typing import Any

import pytest
from definition_requests import a_container, accepted, client_error, invalid_parameter
from hypothesis import given
from hypothesis import strategies as st

PORTS = st.integers(1, 65535)


def mapped(network_mode: str, *mappings: dict[str, Any]) -> list[dict[str, Any]]:
    result = accepted(a_container(portMappings=list(mappings)), networkMode=network_mode)
    found: list[dict[str, Any]] = result.document["containerDefinitions"][0]["portMappings"]
    return found


def refused(network_mode: str, *mappings: dict[str, Any]) -> str:
    return client_error(a_container(portMappings=list(mappings)), networkMode=network_mode)


@given(PORTS)
def test_TD_51_bridge_without_host_port_is_dynamic(port: int) -> None:
    assert mapped("bridge", {"containerPort": port}) == [
        {"containerPort": port, "hostPort": 0, "protocol": "tcp"}
    ]


@pytest.mark.parametrize("mode", ["awsvpc", "host"])
@given(port=PORTS)
def test_TD_37_elsewhere_the_host_port_is_the_container_port(mode: str, port: int) -> None:
    shown = {"containerPort": port, "hostPort": port, "protocol": "tcp"}
    assert mapped(mode, {"containerPort": port}) == [shown]
    assert mapped(mode, shown) == [shown]


@pytest.mark.parametrize("mode", ["awsvpc", "host"])
@pytest.mark.parametrize("host_port", [0, 8080])
def test_another_host_port_is_refused_there(mode: str, host_port: int) -> None:
    assert refused(mode, {"containerPort": 80, "hostPort": host_port}) == (
        f"When networkMode={mode}, the host ports and container ports in port mappings must match."
    )


def test_TD_59_none_has_no_port_mappings() -> None:
    assert "networkMode=none" in refused("none", {"containerPort": 80})


@pytest.mark.parametrize(("given_", "protocol"), [("udp", "udp"), ("tcp", "tcp"), ("UDP", "tcp")])
def test_TD_54_a_protocol_that_is_not_udp_is_tcp(given_: str, protocol: str) -> None:
    assert mapped("bridge", {"containerPort": 53, "protocol": given_})[0]["protocol"] == protocol


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_container_port_is_from_1_to_65535(port: int) -> None:
    assert "containerPort" in refused("bridge", {"containerPort": port})


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_host_port_is_from_0_to_65535(port: int) -> None:
    assert "hostPort" in refused("bridge", {"containerPort": 80, "hostPort": port})


def test_a_mapping_needs_a_port() -> None:
    assert "containerPort" in refused("bridge", {"hostPort": 80})


def test_TD_55_one_port_twice_for_one_protocol_is_refused() -> None:
    assert "80" in refused("bridge", {"containerPort": 80}, {"containerPort": 80, "hostPort": 81})


@pytest.mark.parametrize("mode", ["awsvpc", "host"])
def test_TD_55_one_port_for_both_protocols_is_refused_outside_bridge(mode: str) -> None:
    both = {"containerPort": 53}, {"containerPort": 53, "protocol": "udp"}
    assert "53" in refused(mode, *both)


def test_TD_55_bridge_allows_one_port_for_both_protocols() -> None:
    assert (
        len(mapped("bridge", {"containerPort": 53}, {"containerPort": 53, "protocol": "udp"})) == 2
    )


@pytest.mark.parametrize("mode", ["awsvpc", "host"])
def test_TD_56_two_containers_cannot_show_one_port(mode: str) -> None:
    containers = [a_container(name, portMappings=[{"containerPort": 80}]) for name in "ab"]
    assert f"networkMode={mode}" in client_error(*containers, networkMode=mode)


def test_TD_56_in_bridge_mode_they_can() -> None:
    accepted(*(a_container(name, portMappings=[{"containerPort": 80}]) for name in "ab"))


def test_two_containers_cannot_take_one_host_port() -> None:
    containers = [
        a_container(name, portMappings=[{"containerPort": port, "hostPort": 8080}])
        for name, port in (("a", 80), ("b", 81))
    ]
    assert "8080" in client_error(*containers)


def test_TD_57_a_name_is_unique_and_appProtocol_needs_one() -> None:
    ok = {"containerPort": 80, "name": "web", "appProtocol": "http2"}
    assert mapped("bridge", ok)[0]["appProtocol"] == "http2"
    assert "twice" in refused("bridge", ok, {"containerPort": 81, "name": "web"})
    assert "appProtocol" in refused("bridge", {"containerPort": 80, "appProtocol": "http"})
    mapping = {"containerPort": 80, "name": "web", "appProtocol": "ftp"}
    assert "[http, http2, grpc]" in invalid_parameter(a_container(portMappings=[mapping]))


@pytest.mark.parametrize("name", ["Web", "-web", "a" * 65, "", "a b"])
def test_TD_57_other_names_are_refused(name: str) -> None:
    refused("bridge", {"containerPort": 80, "name": name})


@pytest.mark.parametrize("mode", ["bridge", "awsvpc"])
def test_TD_58_a_range_has_no_host_port(mode: str) -> None:
    assert mapped(mode, {"containerPortRange": "100-200"}) == [
        {"containerPortRange": "100-200", "protocol": "tcp"}
    ]


def test_TD_58_host_mode_has_no_ranges() -> None:
    assert "networkMode=host" in refused("host", {"containerPortRange": "100-200"})


@pytest.mark.parametrize("text", ["", "1", "0-5", "9-8", "1-65536", "a-b", "1-2-3"])
def test_TD_58_a_range_that_is_none_is_refused(text: str) -> None:
    assert "containerPortRange" in refused("bridge", {"containerPortRange": text})


@pytest.mark.parametrize("member", ["hostPort", "containerPort"])
def test_TD_58_a_range_excludes_a_port(member: str) -> None:
    assert member in refused("bridge", {"containerPortRange": "100-200", member: 100})


@given(st.tuples(PORTS, PORTS).map(sorted), st.tuples(PORTS, PORTS).map(sorted))
def test_TD_58_ranges_are_refused_exactly_if_they_overlap(one: list[int], two: list[int]) -> None:
    mappings = [{"containerPortRange": f"{first}-{last}"} for first, last in (one, two)]
    if one[0] <= two[1] and two[0] <= one[1]:
        refused("bridge", *mappings)
    else:
        mapped("bridge", *mappings)


def test_TD_58_a_container_has_up_to_a_hundred_ranges() -> None:
    ranges = [{"containerPortRange": f"{n * 10 + 1}-{n * 10 + 5}"} for n in range(101)]
    mapped("bridge", *ranges[:100])
    assert "100" in refused("bridge", *ranges)


def test_TD_52_static_ports_are_taken_by_protocol_and_dynamic_ones_are_not() -> None:
    result = accepted(
        a_container(
            portMappings=[
                {"containerPort": 80, "hostPort": 8080},
                {"containerPort": 53, "hostPort": 53, "protocol": "udp"},
                {"containerPort": 81},
            ]
        )
    )
    assert (result.host_ports, result.host_ports_udp) == ((8080,), (53,))


def test_host_mode_takes_the_container_ports_and_awsvpc_none() -> None:
    container = a_container(portMappings=[{"containerPort": 80}])
    assert accepted(container, networkMode="host").host_ports == (80,)
    assert accepted(container, networkMode="awsvpc").host_ports == ()
