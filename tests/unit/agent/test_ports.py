"""Which host ports containers get."""

import pytest

from roadstead.agent.network.ports import Ports
from roadstead.agent.runtime.port import NetworkBinding, PortMapping, RuntimeFailure

FIRST, LAST = 40_000, 40_003
ANY = PortMapping(80)


def ports(last: int = LAST) -> Ports:
    return Ports(FIRST, last, lambda protocol, port: True)


def taken(of: Ports, container_id: str, *mappings: PortMapping) -> list[int]:
    return [each.host_port for each in of.take(container_id, mappings or (ANY,))]


def test_a_held_port_is_chosen_for_nobody_after_its_container_is_gone() -> None:
    mine = ports(FIRST + 1)
    bindings = mine.take("a", [ANY])
    mine.hold("a", bindings)
    mine.give_back(bindings)
    assert taken(mine, "b") == [FIRST + 1]
    with pytest.raises(RuntimeFailure, match="no 1 free tcp port"):
        taken(mine, "c")
    mine.free("a")
    assert taken(mine, "c") == [FIRST]


def test_what_is_held_before_a_restart_is_chosen_for_nobody_after_it() -> None:
    mine = ports()
    mine.hold("a", [NetworkBinding(80, FIRST)])
    assert taken(mine, "b") == [FIRST + 1]


def test_a_run_of_ports_is_chosen_around_a_held_one() -> None:
    mine = ports(FIRST + 4)
    mine.hold("a", [NetworkBinding(80, FIRST + 1)])
    [binding] = mine.take("b", [PortMapping(0, container_port_range="9000-9002")])
    assert binding.host_port_range == f"{FIRST + 2}-{FIRST + 4}"


def test_a_port_of_tcp_that_is_held_may_be_chosen_for_udp() -> None:
    mine = ports(FIRST)
    mine.hold("a", [NetworkBinding(80, FIRST)])
    assert taken(mine, "b", PortMapping(53, protocol="udp")) == [FIRST]


def test_a_container_that_is_made_again_gets_its_ports_again() -> None:
    mine = ports(FIRST + 40)
    wanted = [
        PortMapping(80),
        PortMapping(81),
        PortMapping(53, protocol="udp"),
        PortMapping(0, container_port_range="9000-9002"),
    ]
    bindings = mine.take("a", wanted)
    mine.hold("a", bindings)
    mine.give_back(bindings)
    assert mine.take("a", wanted) == bindings
    with pytest.raises(RuntimeFailure, match="port is already allocated"):
        taken(mine, "b", PortMapping(80, bindings[0].host_port))


def test_a_port_that_a_definition_names_is_not_held_from_its_successor() -> None:
    mine = ports()
    fixed = PortMapping(80, 8080)
    bindings = mine.take("a", [fixed])
    mine.hold("a", bindings)
    with pytest.raises(RuntimeFailure, match="port is already allocated"):
        taken(mine, "b", fixed)
    mine.give_back(bindings)
    assert taken(mine, "b", fixed) == [8080]


def test_freeing_a_predecessor_leaves_its_successors_port_held() -> None:
    mine = ports()
    for each in ("a", "b"):
        mine.hold(each, [NetworkBinding(80, FIRST)])
    mine.free("a")
    assert taken(mine, "c") == [FIRST + 1]
    mine.free("b")
    mine.free("b")
    mine.next_search = FIRST
    assert taken(mine, "d") == [FIRST]


def test_a_freed_port_is_the_last_to_be_chosen_again() -> None:
    mine = ports()
    bindings = mine.take("a", [ANY])
    mine.give_back(bindings)
    assert [taken(mine, each) for each in "bcd"] == [[FIRST + 1], [FIRST + 2], [FIRST + 3]]
    assert taken(mine, "e") == [FIRST]
