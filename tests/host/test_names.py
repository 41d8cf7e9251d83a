"""Names inside a VPC: asked at its resolver's address, over UDP and TCP."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest
from carrier import until
from premises import SCOPE, Site, Task, call

from roadstead.ec2.transitions import network_interfaces
from roadstead.ec2.transitions.security_groups import put_permissions
from roadstead.elbv2.records.load_balancer import (
    LOAD_BALANCERS,
    LoadBalancer,
    LoadBalancerAddress,
)
from roadstead.host import namespaces
from roadstead.host.upstream import Upstream


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Takes away at the end what a test made."""
    with ExitStack() as one:
        yield one


def ask(server: str, name: str, kind: str = "A", *, over_tcp: bool = False) -> Any:
    question = dns.message.make_query(name, kind)
    way = dns.query.tcp if over_tcp else dns.query.udp
    return way(question, server, timeout=2)


def addresses(answer: Any) -> set[str]:
    return {str(record) for records in answer.answer for record in records}


def test_a_load_balancers_name_is_its_own_addresses(site: Site) -> None:
    instance = site.add_instance()
    resolver = site.vpc.resolver
    where = (
        LoadBalancerAddress(subnet_id="subnet-1", zone="us-east-1a", address="172.31.1.1"),
        LoadBalancerAddress(subnet_id="subnet-2", zone="us-east-1b", address="172.31.17.1"),
    )
    balancer = LoadBalancer(
        arn="arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/1",
        scope=SCOPE,
        dns_name="Web-1.us-east-1.elb.localhost",
        addresses=where,
    )
    site.server.update(lambda tx: tx.put(LOAD_BALANCERS, balancer))
    name = "web-1.us-east-1.elb.localhost"
    inside = lambda **how: namespaces.run_inside(  # noqa: E731  # said several times
        instance["namespace"], lambda: ask(resolver, name, **how)
    )
    until(lambda: addresses(inside()) == {"172.31.1.1", "172.31.17.1"})
    assert addresses(inside(over_tcp=True)) == {"172.31.1.1", "172.31.17.1"}
    assert len({str(inside().answer[0][0]) for _ in range(8)}) == 2, "in turn"
    none = inside(kind="AAAA")
    assert (none.rcode(), none.answer) == (dns.rcode.NOERROR, [])
    site.server.update(lambda tx: tx.delete(LOAD_BALANCERS, balancer.arn))
    until(lambda: inside().rcode() == dns.rcode.NXDOMAIN)


def test_tasks_resolve_names_whatever_their_groups_say(site: Site, stack: ExitStack) -> None:
    instance = site.add_instance()
    closed = site.group()
    site.server.update(lambda tx: put_permissions(tx, closed, ()))
    task = Task(site, instance, site.attach(site.new_interface(closed), instance))
    stack.callback(task.remove)
    name = f"ip-{task.address.replace('.', '-')}.ec2.internal"
    answer = task.run_inside(lambda: ask(site.vpc.resolver, name))
    assert addresses(answer) == {task.address}
    assert answer.flags & dns.flags.AA
    site.detach(task.eni)
    site.change(task.eni, lambda tx, now: network_interfaces.delete_interface(tx, call(), now))
    until(
        lambda: (
            namespaces.run_inside(
                instance["namespace"], lambda: ask(site.vpc.resolver, name)
            ).rcode()
            == dns.rcode.NXDOMAIN
        )
    )


def test_nobody_outside_the_vpc_is_answered(site: Site) -> None:
    question = dns.message.make_query("elb.localhost", "A").to_wire()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        one.settimeout(0.5)
        with pytest.raises(TimeoutError):
            _converse(one, question, site.vpc.resolver)


def test_other_names_are_asked_of_the_machines_resolvers(tmp_path: Path) -> None:
    conf = tmp_path / "resolv.conf"
    conf.write_text("search example.org\nnameserver 127.0.0.1\nnameserver nonsense\n")
    question = dns.message.make_query("example.org", "A")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            data, client = server.recvfrom(1000)
            server.sendto(b"not an answer", client)
            server.sendto(dns.message.make_response(dns.message.from_wire(data)).to_wire(), client)

        thread = threading.Thread(target=serve)
        thread.start()
        upstream = Upstream(conf, server.getsockname()[1])
        answer = asyncio.run(upstream.ask(question.to_wire(), over_tcp=False))
        thread.join()
    assert question.is_response(dns.message.from_wire(answer))


def _converse(one: socket.socket, question: bytes, server: str) -> bytes:
    """Raises: TimeoutError, also where the kernel does not even send it"""
    try:
        one.sendto(question, (server, 53))
        return one.recv(100)
    except TimeoutError:
        raise
    except OSError as error:
        raise TimeoutError from error
