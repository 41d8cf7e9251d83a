"""Security groups as nftables says them."""

import string
from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from roadstead.control.fabric_items import PermissionItem, SecurityGroupItem
from roadstead.host import flows, permissions, ruleset
from roadstead.host.ruleset import ControlPlane, Network, Port, Seat

ANY = "0.0.0.0/0"
WORDS = set(string.ascii_letters + string.digits + " ./@-")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cidr": ANY}, ""),
        ({"cidr": "10.0.0.0/8"}, "ip saddr 10.0.0.0/8"),
        ({"cidr": "10.1.2.3/8"}, "ip saddr 10.0.0.0/8"),
        ({"cidr": "10.0.0.0/8", "is_egress": True}, "ip daddr 10.0.0.0/8"),
        ({"group_id": "sg-1"}, "ip saddr @members-sg-1"),
        ({"cidr": ANY, "protocol": "tcp", "from_port": 80, "to_port": 80}, "tcp dport 80"),
        ({"cidr": ANY, "protocol": "6", "from_port": 80, "to_port": 81}, "tcp dport 80-81"),
        ({"cidr": ANY, "protocol": "udp", "from_port": 0, "to_port": 65535}, "ip protocol udp"),
        ({"cidr": ANY, "protocol": "tcp"}, "ip protocol tcp"),
        ({"cidr": ANY, "protocol": "icmp"}, "ip protocol icmp"),
        (
            {"cidr": ANY, "protocol": "icmp", "from_port": 3, "to_port": 4},
            "icmp type 3 icmp code 4",
        ),
        ({"cidr": ANY, "protocol": "50"}, "ip protocol 50"),
        ({"cidr": "10.0.0.0/33"}, None),
        ({"cidr": ""}, None),
        ({"group_id": "sg-1; drop"}, None),
        ({"cidr": ANY, "protocol": "256"}, None),
        ({"cidr": ANY, "protocol": "tcp", "from_port": 2, "to_port": 1}, None),
        ({"cidr": ANY, "protocol": "tcp", "from_port": 1, "to_port": 70000}, None),
    ],
)
def test_a_permission_is_said_as_a_match(fields: dict[str, Any], said: str | None) -> None:
    assert permissions.match(PermissionItem(**fields)) == said


@for_all(
    st.builds(
        PermissionItem,
        is_egress=st.booleans(),
        protocol=st.one_of(st.sampled_from(["-1", "tcp", "udp", "icmp"]), st.text(max_size=20)),
        from_port=st.integers(-5, 70_000),
        to_port=st.integers(-5, 70_000),
        cidr=st.one_of(st.just(ANY), st.text(max_size=30)),
        group_id=st.one_of(st.just(""), st.text(max_size=30)),
    )
)
def test_whatever_a_client_sends_is_at_most_one_match(permission: PermissionItem) -> None:
    said = permissions.match(permission)
    assert said is None or set(said) <= WORDS
    if said == "":
        assert permission.protocol == "-1"
        assert permission.cidr.endswith("/0")


def test_a_group_is_two_chains_and_its_members() -> None:
    group = SecurityGroupItem(
        group_id="sg-1",
        vpc_id="vpc-1",
        permissions=(
            PermissionItem(group_id="sg-2", protocol="tcp", from_port=80, to_port=80),
            PermissionItem(cidr=ANY, is_egress=True),
            PermissionItem(cidr="::/0", is_egress=True),
        ),
    )
    assert ruleset.group("t", group) == [
        "add chain ip t in-sg-1",
        "add chain ip t out-sg-1",
        "add set ip t members-sg-1 { type ipv4_addr; }",
        "add set ip t members-sg-2 { type ipv4_addr; }",
        "flush chain ip t in-sg-1",
        "add rule ip t in-sg-1 ip saddr @members-sg-2 tcp dport 80 accept",
        "flush chain ip t out-sg-1",
        "add rule ip t out-sg-1 goto entering",
    ]


def test_a_seat_is_a_few_elements_whatever_else_there_is() -> None:
    name = ruleset.combination(("sg-2", "sg-1"))
    assert name == ruleset.combination(("sg-1", "sg-2"))
    seat = Seat("172.31.1.1", ("sg-1", "sg-2"), is_balancers=True)
    assert ruleset.elements("t", "add", [seat]) == [
        f"add element ip t egress {{ 172.31.1.1 : goto out.{name} }}",
        f"add element ip t ingress {{ 172.31.1.1 : goto in.{name} }}",
        "add element ip t members-sg-1 { 172.31.1.1 }",
        "add element ip t members-sg-2 { 172.31.1.1 }",
        "add element ip t balancers { 172.31.1.1 }",
        "add element ip t itself { 172.31.1.1 . 172.31.1.1 }",
    ]
    assert ruleset.elements("t", "delete", [Seat("172.31.1.1", ())]) == []
    assert ruleset.combined("t", Seat("172.31.1.1", ("sg-1",)))[-1].endswith(" drop")


def test_a_load_balancer_without_groups_lets_everybody_in() -> None:
    seat = Seat("172.31.1.1", (), is_balancers=True)
    assert ruleset.elements("t", "add", [seat])[:2] == [
        "add element ip t egress { 172.31.1.1 : goto out.open }",
        "add element ip t ingress { 172.31.1.1 : goto in.open }",
    ]
    assert [each for each in ruleset.combined("t", seat) if each.startswith("add rule")] == [
        "add rule ip t in.open accept",
        "add rule ip t out.open goto entering",
    ]
    stranger = Seat("172.31.1.1", ("no group id",), is_balancers=True)
    assert stranger.combination == "", "what cannot be read opens nothing"


def test_a_port_sends_as_itself() -> None:
    port = Port("02:00:00:00:00:01", "172.31.0.10", is_instances=True)
    assert ruleset.ports("t", "add", {"rs-1": port}) == [
        'add element bridge t ports { "rs-1" }',
        'add element bridge t senders { "rs-1" . 02:00:00:00:00:01 . 172.31.0.10 }',
        "add element ip t instances { 172.31.0.10 }",
    ]
    assert ruleset.ports("t", "add", {}) == []


def test_each_vpc_is_translated_and_kept_apart() -> None:
    networks = [
        Network("rsbr-1", IPv4Network("172.31.0.0/16"), "172.31.0.2"),
        Network("rsb12", IPv4Network("10.9.0.0/16"), "10.9.0.2"),
    ]
    text = ruleset.skeleton("t", networks, ControlPlane("172.31.0.1", 8747))
    for network in networks:
        cidr = network.cidr
        assert f"ip saddr {cidr} ip daddr != {cidr} oifname != @bridges masquerade" in text
        assert f'ip saddr {cidr} oifname @bridges oifname != "{network.bridge}" drop' in text
    assert "ip saddr @instances ip daddr 172.31.0.1 tcp dport 8747 accept" in text
    assert f"chain {ruleset.LAYOUT}" in text


def test_a_request_to_forget_flows_always_names_an_address() -> None:
    request = flows.message("172.31.1.1", 1, 1)
    assert bytes([172, 31, 1, 1]) in request
    assert len(request) == int.from_bytes(request[:4], "little")
