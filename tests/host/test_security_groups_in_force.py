"""Who reaches whom in a VPC: decided by security groups, for real, while traffic flows."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from carrier import until
from premises import Site, Task, call, connect, open_server, seen_as, serving

from roadstead.ec2.records.network import Permission, SecurityGroup
from roadstead.ec2.transitions import network_interfaces
from roadstead.host import links, namespaces, nftables

HTTP = {"protocol": "tcp", "from_port": 80, "to_port": 80}


def let_in(**fields: object) -> Permission:
    return Permission(**{"rule_id": "sgr-0", **fields})  # type: ignore[arg-type]


def let_out(**fields: object) -> Permission:
    return let_in(is_egress=True, **fields)


class Pair:
    """Two tasks with interfaces of their own: one asks, one serves on the ports 80 and 81."""

    def __init__(self, site: Site, asks: SecurityGroup, serves: SecurityGroup) -> None:
        instance = site.add_instance()
        self.asks = Task(site, instance, site.attach(site.new_interface(asks), instance))
        self.serves = Task(site, instance, site.attach(site.new_interface(serves), instance))
        self.listeners = self.serves.run_inside(lambda: [open_server(80), open_server(81)])

    def reaches(self, port: int = 80, seconds: float = 0.5) -> bool:
        """Whether the first sees the second, which must see it as itself."""
        seen = self.asks.run_inside(lambda: seen_as(self.serves.address, port, seconds))
        assert seen in ("", self.asks.address)
        return bool(seen)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Takes away at the end what a test made."""
    with ExitStack() as one:
        yield one


def pair(site: Site, stack: ExitStack, asks: SecurityGroup, serves: SecurityGroup) -> Pair:
    made = Pair(site, asks, serves)
    stack.callback(made.asks.remove)
    stack.callback(made.serves.remove)
    for listener in made.listeners:
        stack.enter_context(listener)
    return made


def test_interfaces_are_reached_as_their_groups_say(site: Site, stack: ExitStack) -> None:
    client = site.group()
    server = site.group(let_in(group_id=client.group_id, **HTTP))
    one = pair(site, stack, client, server)
    with serving(one.listeners[0]), serving(one.listeners[1]):
        assert one.reaches(80)
        assert not one.reaches(81), "a port that no rule names"
        site.put_permissions(server, let_in(cidr=f"{one.asks.address}/32", protocol="-1"))
        until(lambda: one.reaches(81))
        site.put_permissions(server, let_in(cidr="10.9.9.0/24", **HTTP))
        until(lambda: not one.reaches(80))
        site.put_permissions(server, let_in(cidr="0.0.0.0/0", **HTTP))
        until(lambda: one.reaches(80))
        site.put_permissions(client, let_out(cidr="0.0.0.0/0", protocol="udp"))
        until(lambda: not one.reaches(80))


def test_an_interface_may_change_its_groups(site: Site, stack: ExitStack) -> None:
    client, server, other = site.group(), site.group(), site.group()
    site.put_permissions(server, let_in(group_id=other.group_id, **HTTP))
    one = pair(site, stack, client, server)
    with serving(one.listeners[0]):
        assert not one.reaches()
        groups = [client.group_id, other.group_id]
        site.change(
            one.asks.eni, lambda tx, now: network_interfaces.set_groups(tx, call(), now, groups)
        )
        until(one.reaches)


def test_a_flow_outlives_its_rule_and_new_ones_do_not_begin(site: Site, stack: ExitStack) -> None:
    client = site.group()
    server = site.group(let_in(group_id=client.group_id, **HTTP))
    one = pair(site, stack, client, server)
    with serving(one.listeners[0]):
        flow = one.asks.run_inside(lambda: connect(one.serves.address))
        with flow:
            assert flow.recv(100)
            site.put_permissions(server)
            until(lambda: not one.reaches())
            flow.sendall(b"still here")
            assert flow.recv(100) == b"still here"


def test_the_machine_reaches_interfaces_whatever_their_groups_say(
    site: Site, stack: ExitStack
) -> None:
    closed = site.group()
    one = pair(site, stack, closed, closed)
    with serving(one.listeners[0]):
        assert seen_as(one.serves.address) == site.vpc.gateway
        assert not one.reaches()


def test_instances_reach_the_control_plane_and_tasks_only_if_groups_let_them(
    site: Site, stack: ExitStack
) -> None:
    closed = site.group(let_out(cidr="10.0.0.0/8", protocol="tcp", from_port=1, to_port=1))
    one = pair(site, stack, closed, closed)
    instance = site.host.call("list")[0]
    eni = site.interface(instance["eniId"])
    assert eni is not None
    site.change(
        eni,
        lambda tx, now: network_interfaces.set_groups(tx, call(), now, [closed.group_id]),
    )
    plane = open_server(site.host.port, site.vpc.gateway)
    with serving(plane):
        into = lambda: seen_as(site.vpc.gateway, site.host.port, 0.5)  # noqa: E731  # said twice
        assert namespaces.run_inside(instance["namespace"], into) == instance["address"]
        assert one.asks.run_inside(into) == ""


def test_a_load_balancers_address_is_ruled_by_its_groups(site: Site, stack: ExitStack) -> None:
    client = site.group()
    balancer = site.group(let_in(group_id=client.group_id, **HTTP))
    server = site.group(let_in(group_id=balancer.group_id, **HTTP))
    one = pair(site, stack, client, server)
    eni = site.new_interface(balancer, requester_id="amazon-elb")
    address = eni.private_ip_address
    bridge = f"rsbr-{site.host.data_dir.short_id}"
    until(lambda: f"{address}/32" in links.addresses(bridge))
    with serving(open_server(80, address)), serving(one.listeners[0]):
        until(lambda: one.asks.run_inside(lambda: seen_as(address)) == one.asks.address)
        assert one.serves.run_inside(lambda: seen_as(address, seconds=0.5)) == ""
        assert seen_as(address) == address, "the machine itself reaches it"
        assert seen_as(one.serves.address, source=address) == address
        assert seen_as(one.asks.address, source=address, seconds=0.5) == ""
        site.put_permissions(server)
        until(lambda: seen_as(one.serves.address, source=address, seconds=0.5) == "")
    site.change(eni, lambda tx, now: network_interfaces.delete_interface(tx, call(), now))
    until(lambda: f"{address}/32" not in links.addresses(bridge))


def test_a_load_balancer_without_groups_is_open_and_its_targets_are_not(
    site: Site, stack: ExitStack
) -> None:
    server = site.group(let_in(cidr="0.0.0.0/0", **HTTP))
    one = pair(site, stack, site.group(), server)
    eni = site.new_interface(site.group(), requester_id="amazon-elb")
    site.change(eni, lambda tx, now: network_interfaces.set_groups(tx, call(), now, ()))
    address = eni.private_ip_address
    bridge = f"rsbr-{site.host.data_dir.short_id}"
    until(lambda: f"{address}/32" in links.addresses(bridge))
    with serving(open_server(80, address)), serving(one.listeners[0]):
        until(lambda: one.asks.run_inside(lambda: seen_as(address)) == one.asks.address)
        until(lambda: seen_as(one.serves.address, source=address) == address)
        assert seen_as(one.asks.address, source=address, seconds=0.5) == ""


def test_nobody_sends_as_somebody_else(site: Site, stack: ExitStack) -> None:
    client = site.group()
    server = site.group(let_in(cidr="0.0.0.0/0", protocol="-1"))
    one = pair(site, stack, client, server)
    heard = one.serves.run_inside(lambda: _datagrams())
    with heard:
        one.asks.run_inside(lambda: _send(one.serves.address))
        assert heard.recvfrom(100)[1][0] == one.asks.address
        false = site.subnet().network.network_address + 4000
        far = f"eni{one.asks.eni.network_interface_id[4:15]}"
        site_run = lambda *words: _ip(one.asks.name, *words)  # noqa: E731  # said twice
        site_run("addr", "add", f"{false}/32", "dev", far)
        one.asks.run_inside(lambda: _send(one.serves.address, str(false)))
        with pytest.raises(TimeoutError):
            heard.recvfrom(100)
        site_run("link", "set", far, "address", "02:99:99:99:99:99")
        one.asks.run_inside(lambda: _send(one.serves.address, one.asks.address))
        with pytest.raises(TimeoutError):
            heard.recvfrom(100)


def test_rules_that_somebody_removed_are_there_again(site: Site, stack: ExitStack) -> None:
    closed = site.group()
    one = pair(site, stack, closed, closed)
    table = f"roadstead-{site.host.data_dir.short_id}"
    with serving(one.listeners[0]):
        assert not one.reaches()
        nftables.remove_table(table)
        nftables.remove_table(table, family="bridge")
        assert one.reaches()
        until(lambda: not one.reaches())


def test_odd_rules_let_nothing_in_and_break_nothing(site: Site, stack: ExitStack) -> None:
    client = site.group()
    server = site.group(
        let_in(cidr="0.0.0.0/0 accept; flush ruleset", **HTTP),
        let_in(group_id="sg-1 accept", **HTTP),
        let_in(cidr="0.0.0.0/0", protocol="tcp accept"),
        let_in(cidr="::/0", protocol="-1"),
        let_in(cidr="0.0.0.0/0", protocol="icmp", from_port=8, to_port=-1),
        let_in(cidr="0.0.0.0/0", protocol="47"),
    )
    one = pair(site, stack, client, server)
    with serving(one.listeners[0]):
        assert not one.reaches()
    table = f"roadstead-{site.host.data_dir.short_id}"
    chain = nftables.run(f"list chain ip {table} in-{server.group_id}")
    assert [line.partition("#")[0].strip() for line in chain.splitlines() if "accept" in line] == [
        "icmp type echo-request accept",
        "ip protocol gre accept",
    ]


def _datagrams() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("0.0.0.0", 5000))
    one.settimeout(0.5)
    return one


def _send(address: str, source: str = "0.0.0.0") -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((source, 0))
        one.sendto(b"hello", (address, 5000))


def _ip(namespace: str, *words: str) -> None:
    subprocess.run(["ip", "-n", namespace, *words], check=True)
