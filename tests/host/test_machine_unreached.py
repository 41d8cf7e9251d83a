"""What listens on the machine underneath is not for its tasks, but for what a VPC needs."""

import errno
import socket
import struct
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from carrier import until
from premises import Site, Task, call, connect, open_server, seen_as, serving

from roadstead.ec2.records.network import Permission
from roadstead.ec2.transitions import network_interfaces
from roadstead.host import namespaces, nftables

PORT = 5017
SILENT_SECONDS = 2.0
DATAGRAMS = 10
WORLD = "rs-try-street"
MACHINE, NEIGHBOUR = "203.0.113.1", "203.0.113.9"
NESTED = "rs-try-nested"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Takes away at the end what a test made."""
    with ExitStack() as one:
        yield one


@pytest.fixture
def street(stack: ExitStack) -> str:
    """A neighbour of this machine, in a namespace of its own; the machine's address there is
    MACHINE."""
    stack.callback(_ip, f"netns del {WORLD}")
    for words in (
        f"netns add {WORLD}",
        f"link add rs-try-s0 type veth peer name s1 netns {WORLD}",
        f"address add {MACHINE}/24 dev rs-try-s0",
        "link set rs-try-s0 up",
        f"-n {WORLD} address add {NEIGHBOUR}/24 dev s1",
        f"-n {WORLD} link set s1 up",
        f"-n {WORLD} route add default via {MACHINE}",
    ):
        _ip(words)
    return WORLD


def a_task(site: Site, stack: ExitStack) -> Task:
    """One whose groups let everything out."""
    instance = site.add_instance()
    one = Task(site, instance, site.attach(site.new_interface(site.group()), instance))
    stack.callback(one.remove)
    return one


def how_refused(address: str, port: int = PORT) -> str:
    """The error that a connection meets at once; `reached`, or `silence` when none comes."""
    try:
        connect(address, port, SILENT_SECONDS).close()
    except TimeoutError:
        return "silence"
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "reached"


def datagram_refused(address: str) -> str:
    """The same of a datagram; of several, as the kernel tells one sender of few a second."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(SILENT_SECONDS)
        for _ in range(DATAGRAMS):
            try:
                one.connect((address, PORT))
                one.send(b"hello")
                return one.recv(100).decode()
            except TimeoutError:
                continue
            except OSError as error:
                return errno.errorcode[error.errno or 0]
    return "silence"


def answers_ping(address: str) -> bool:
    body = struct.pack("!BBHHH", 8, 0, 0, 1, 1)
    checksum = struct.unpack("!H", body[:2])[0] + 2
    request = struct.pack("!BBHHH", 8, 0, ~checksum & 0xFFFF, 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as one:
        one.settimeout(SILENT_SECONDS)
        one.sendto(request, (address, 0))
        try:
            return one.recv(100)[20] == 0
        except TimeoutError:
            return False


def is_the_machines(address: str) -> bool:
    return any(f"{address}/" in each for each in _ip("-o -4 address").split())


def test_no_address_of_the_machine_is_reached_and_the_refusal_is_quick(
    site: Site, stack: ExitStack, street: str
) -> None:
    task = a_task(site, stack)
    instance = site.host.call("list")[0]
    other = site.new_vpc("10.217.0.0/16")
    site.new_interface(site.group(), requester_id="amazon-elb", subnet=other)
    until(lambda: is_the_machines(other.gateway))
    stack.enter_context(serving(open_server(PORT)))
    gateways = [each.gateway for each in site.vpc.subnets]
    assert seen_as(gateways[0], PORT) == gateways[0], "the machine itself reaches it"
    insiders: list[Callable[[Callable[[], str]], str]] = [
        task.run_inside,
        lambda act: str(namespaces.run_inside(instance["namespace"], act)),
    ]
    for inside in insiders:
        for address in (
            *gateways,
            other.gateway,
            MACHINE,
            f"{site.vpc.cidr.split('.0.0/')[0]}.0.2",
        ):
            assert inside(lambda to=address: how_refused(to)) == "ECONNREFUSED", address
            assert inside(lambda to=address: datagram_refused(to)) == "EHOSTUNREACH", address


def test_a_container_behind_its_instances_address_reaches_nothing_of_the_machine_either(
    site: Site, stack: ExitStack
) -> None:
    instance = site.add_instance()
    outer = instance["namespace"]
    stack.callback(_ip, f"netns del {NESTED}")
    for words in (
        f"netns add {NESTED}",
        f"-n {outer} link add n0 type veth peer name n1 netns {NESTED}",
        f"-n {outer} address add 192.168.231.1/24 dev n0",
        f"-n {outer} link set n0 up",
        f"-n {NESTED} address add 192.168.231.2/24 dev n1",
        f"-n {NESTED} link set n1 up",
        f"-n {NESTED} route add default via 192.168.231.1",
    ):
        _ip(words)

    def translate() -> None:
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
        nftables.run(
            "table ip try { chain out { type nat hook postrouting priority srcnat; "
            "ip saddr 192.168.231.0/24 masquerade; }; }\n"
        )

    namespaces.run_inside(outer, translate)
    plane = open_server(site.host.port, site.vpc.gateway)
    with serving(open_server(PORT)), serving(plane):
        gateway = site.vpc.gateway
        to_plane = lambda: seen_as(gateway, site.host.port)  # noqa: E731  # said twice
        until(lambda: namespaces.run_inside(NESTED, to_plane) == instance["address"])
        assert namespaces.run_inside(NESTED, lambda: how_refused(gateway)) == "ECONNREFUSED"


def test_the_control_plane_and_a_ping_of_the_gateway_pass(site: Site, stack: ExitStack) -> None:
    task = a_task(site, stack)
    gateway = site.vpc.gateway
    with serving(open_server(site.host.port, gateway)):
        until(lambda: task.run_inside(lambda: seen_as(gateway, site.host.port)) == task.address)
    until(lambda: task.run_inside(lambda: answers_ping(gateway)))


def test_names_are_asked_of_ones_own_resolver_and_no_other_vpcs(
    site: Site, stack: ExitStack
) -> None:
    task = a_task(site, stack)
    other = site.new_vpc("10.218.0.0/16")
    site.new_interface(site.group(), requester_id="amazon-elb", subnet=other)
    until(lambda: is_the_machines("10.218.0.2") and how_refused("10.218.0.2", 53) == "reached")
    own = site.vpc.cidr.replace(".0.0/16", ".0.2")
    until(lambda: task.run_inside(lambda: how_refused(own, 53)) == "reached")
    assert task.run_inside(lambda: how_refused("10.218.0.2", 53)) == "ECONNREFUSED"


def an_open_balancer(site: Site) -> str:
    """The address of a load balancer that everybody reaches, and that reaches everybody."""
    eni = site.new_interface(site.group(), requester_id="amazon-elb")
    site.change(eni, lambda tx, now: network_interfaces.set_groups(tx, call(), now, ()))
    address = eni.private_ip_address
    until(lambda: is_the_machines(address))
    until(lambda: seen_as_itself(address))
    return address


def seen_as_itself(address: str) -> bool:
    """Its rules are in force once it reaches itself."""
    with serving(open_server(PORT + 1, address)):
        return seen_as(address, PORT + 1, source=address) == address


def test_what_the_machine_publishes_by_translation_is_not_reached(
    site: Site, stack: ExitStack, street: str
) -> None:
    """As Docker publishes ports: the packet is routed on before anybody on the machine has it."""
    task = a_task(site, stack)
    table = "rs-try-published"
    stack.callback(nftables.remove_table, table)
    nftables.run(
        f"table ip {table} {{ chain into {{ type nat hook prerouting priority dstnat; "
        f"fib daddr type local tcp dport {PORT} dnat to {NEIGHBOUR}:80; }}; }}\n"
    )
    balancer = an_open_balancer(site)
    with serving(namespaces.run_inside(street, lambda: open_server(80))):
        assert task.run_inside(lambda: how_refused(balancer)) == "silence"
        until(lambda: task.run_inside(lambda: seen_as(NEIGHBOUR)) == MACHINE)
        for address in (site.vpc.gateway, MACHINE):
            assert task.run_inside(lambda to=address: how_refused(to)) == "ECONNREFUSED"


def test_what_is_sent_to_everybody_is_not_for_the_machine(site: Site, stack: ExitStack) -> None:
    task = a_task(site, stack)
    heard = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    heard.bind(("0.0.0.0", PORT))
    heard.settimeout(SILENT_SECONDS)
    _shout(site.vpc.gateway)
    assert heard.recv(100) == b"hello", "the machine itself is heard"
    for everybody in (str(site.subnet().network.broadcast_address), "255.255.255.255"):
        task.run_inside(lambda to=everybody: _shout(to))
    with pytest.raises(TimeoutError):
        heard.recv(100)


def _shout(address: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        one.sendto(b"hello", (address, PORT))


def test_a_load_balancer_leads_to_nothing_of_the_machine_but_load_balancers(
    site: Site, stack: ExitStack
) -> None:
    one, other = an_open_balancer(site), an_open_balancer(site)
    with serving(open_server(PORT)):
        until(lambda: seen_as(other, PORT, source=one) == one)
        assert seen_as(one, PORT) == one
        assert seen_as(site.vpc.gateway, PORT, source=one) == ""


def test_with_reach_machine_egress_alone_decides(tmp_path: Path, stack: ExitStack) -> None:
    site = Site(tmp_path / "d", reach_machine=True)
    stack.callback(site.close)
    instance = site.add_instance()
    elsewhere = Permission(rule_id="sgr-2", is_egress=True, cidr="192.0.2.0/24", protocol="-1")
    free, held = (
        Task(site, instance, site.attach(site.new_interface(group), instance))
        for group in (site.group(), site.group(elsewhere))
    )
    stack.callback(free.remove)
    stack.callback(held.remove)
    gateway = site.vpc.gateway
    with serving(open_server(PORT)):
        until(lambda: free.run_inside(lambda: seen_as(gateway, PORT)) == free.address)
        assert held.run_inside(lambda: how_refused(gateway)) == "silence"


def _ip(words: str) -> str:
    done = subprocess.run(["ip", *words.split()], check=True, capture_output=True, text=True)
    return done.stdout
