"""Interfaces as devices: made, kept over restarts, removed, reported; further VPCs."""

import os
import random
import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from carrier import Machine, until
from premises import Site, Task, call, connect, open_server, seen_as, serving

from roadstead.ec2.records.network import NETWORK_INTERFACES, NetworkInterface, Permission
from roadstead.ec2.transitions import network_interfaces
from roadstead.host import devices, fabric, links, nftables

ROUNDS = int(os.environ.get("ROADSTEAD_KILL_ROUNDS", "30")) // 5
ALL_IN = Permission(rule_id="sgr-2", cidr="0.0.0.0/0")


def bridge_of(site: Site) -> str:
    return f"rsbr-{site.host.data_dir.short_id}"


def near_ends(site: Site) -> set[str]:
    found = fabric.found_bridges(fabric.Names(site.host.data_dir.short_id))
    return set(devices.found(found))


def near(eni: NetworkInterface) -> str:
    return devices.near_name(eni.network_interface_id)


def elements(site: Site, family: str, name: str) -> str:
    table = f"roadstead-{site.host.data_dir.short_id}"
    return nftables.run(f"list set {family} {table} {name}")


@pytest.fixture
def stack() -> Any:
    """Takes away at the end what a test made."""
    with ExitStack() as one:
        yield one


def test_a_device_comes_with_its_attachment_and_goes_with_it(site: Site) -> None:
    instance = site.add_instance()
    eni = site.attach(site.new_interface(), instance)
    far = devices.far_name(eni.network_interface_id)
    inside = ["nsenter", f"--net=/run/netns/{instance['namespace']}", "ip", "-o", "link", "show"]
    shown = subprocess.run([*inside, far], capture_output=True, text=True, check=True).stdout
    assert "state DOWN" in shown
    assert eni.mac_address in shown
    assert near(eni) in elements(site, "bridge", "ports")
    site.detach(eni)
    assert near_ends(site) == set()
    assert near(eni) not in elements(site, "bridge", "ports")
    assert subprocess.run([*inside, far], capture_output=True).returncode != 0


def test_no_device_gets_an_address_from_the_kernel(site: Site) -> None:
    """Browsers on this machine take any new address for another network, and break off loads."""
    instance = site.add_instance()
    eni = site.attach(site.new_interface(), instance)
    ours = {bridge_of(site), near(eni), *links.ports(bridge_of(site))}
    assert len(ours) == 3, "the bridge, the instance's cable, the interface"
    shown = subprocess.run(["ip", "-6", "-o", "addr"], capture_output=True, text=True, check=True)
    assert ours & {line.split()[1] for line in shown.stdout.splitlines()} == set()


def test_a_device_that_went_with_its_namespace_is_detached_all_the_same(site: Site) -> None:
    instance = site.add_instance()
    eni = site.attach(site.new_interface(), instance)
    Task(site, instance, eni).remove()
    until(lambda: near(eni) not in near_ends(site))
    site.detach(eni)
    assert near(eni) not in elements(site, "bridge", "ports")


def test_an_interface_attached_again_is_a_new_device(site: Site) -> None:
    first, second = site.add_instance(), site.add_instance()
    eni = site.attach(site.new_interface(), first)
    site.host.kill(signal.SIGKILL)
    site.change(eni, lambda tx, now: network_interfaces.interface_detached(tx, call(), now))
    site.change(
        eni,
        lambda tx, now: network_interfaces.attach_interface(tx, call(), now, second["instanceId"]),
    )
    site.host.start()
    until(lambda: site.status(eni) == "in-use")
    far = devices.far_name(eni.network_interface_id)
    inside = ["nsenter", f"--net=/run/netns/{second['namespace']}", "ip", "link", "show", far]
    subprocess.run(inside, capture_output=True, check=True)


def test_a_killed_host_takes_up_what_is_right_and_removes_what_is_not(
    site: Site, stack: ExitStack
) -> None:
    instance = site.add_instance()
    group = site.group(ALL_IN)
    kept, gone, asks = (site.attach(site.new_interface(group), instance) for _ in range(3))
    one, other = Task(site, instance, kept), Task(site, instance, asks)
    stack.callback(one.remove)
    stack.callback(other.remove)
    balancer = site.new_interface(group, requester_id="amazon-elb")
    until(lambda: f"{balancer.private_ip_address}/32" in links.addresses(bridge_of(site)))
    listener = stack.enter_context(one.run_inside(open_server))
    with serving(listener):
        flow = other.run_inside(lambda: connect(one.address, seconds=10))
        stack.enter_context(flow)
        assert flow.recv(100)
        site.host.kill(signal.SIGKILL)
        flow.sendall(b"without a host")
        assert flow.recv(100) == b"without a host"
        site.change(gone, lambda tx, now: network_interfaces.detach_interface(tx, call(), now))
        site.change(balancer, lambda tx, now: network_interfaces.delete_interface(tx, call(), now))
        new = site.new_interface(group)
        site.change(
            new,
            lambda tx, now: network_interfaces.attach_interface(
                tx, call(), now, instance["instanceId"]
            ),
        )
        with links.netlink() as netlink:
            index = links.index_of(netlink, bridge_of(site))
            netlink.link("add", ifname="rse-leftover", kind="veth", master=index)
        site.host.start()
        until(lambda: site.status(gone) == "available" and site.status(new) == "in-use")
        assert near_ends(site) == {near(kept), near(asks), near(new)}
        assert f"{balancer.private_ip_address}/32" not in links.addresses(bridge_of(site))
        flow.sendall(b"with a host again")
        assert flow.recv(100) == b"with a host again"
        assert other.run_inside(lambda: seen_as(one.address)) == other.address


def test_killed_at_any_moment_the_machine_becomes_what_is_wanted(site: Site) -> None:
    instance = site.add_instance()
    dice = random.Random(4)
    wanted: list[NetworkInterface] = []
    for _ in range(ROUNDS):
        for _ in range(6):
            if wanted and dice.random() < 0.5:
                eni = wanted.pop(dice.randrange(len(wanted)))
                site.change(
                    eni, lambda tx, now: network_interfaces.detach_interface(tx, call(), now)
                )
            else:
                eni = site.new_interface()
                site.change(
                    eni,
                    lambda tx, now: network_interfaces.attach_interface(
                        tx, call(), now, instance["instanceId"]
                    ),
                )
                wanted.append(eni)
            time.sleep(dice.random() * 0.01)
        site.host.kill(signal.SIGKILL)
        site.host.start()
    until(lambda: near_ends(site) == {near(one) for one in wanted})
    until(lambda: all(site.status(one) == "in-use" for one in wanted))
    until(lambda: site.read(lambda tx: _going(tx)) == 0)
    shown = elements(site, "bridge", "ports")
    assert shown.count("rse-") == len(wanted)


def test_a_terminated_instances_interfaces_are_detached(site: Site) -> None:
    instance = site.add_instance()
    eni = site.attach(site.new_interface(), instance)
    site.host.call("terminate", instanceId=instance["instanceId"])
    until(lambda: site.status(eni) == "available")
    until(lambda: site.interface(instance["eniId"]) is None)
    assert near_ends(site) == set()


def test_an_interface_of_a_stopped_instance_can_be_detached(site: Site) -> None:
    instance = site.add_instance()
    eni = site.attach(site.new_interface(), instance)
    site.host.call("stop", instanceId=instance["instanceId"])
    until(lambda: near_ends(site) == set())
    assert site.status(eni) == "in-use"
    site.detach(eni)


def test_a_users_interface_is_there_again_when_its_instance_is(site: Site) -> None:
    instance = site.add_instance()
    eni = site.attach(site.new_interface(requester_id=""), instance)
    site.host.call("stop", instanceId=instance["instanceId"])
    until(lambda: near_ends(site) == set())
    site.host.call("start", instanceId=instance["instanceId"])
    until(lambda: near_ends(site) == {near(eni)})


def test_what_cannot_be_made_is_reported_with_its_reason(site: Site) -> None:
    instance = site.add_instance()
    eni = site.new_interface()
    with links.netlink() as netlink:
        netlink.link("add", ifname=near(eni), kind="bridge")
    try:
        site.change(
            eni,
            lambda tx, now: network_interfaces.attach_interface(
                tx, call(), now, instance["instanceId"]
            ),
        )
        until(lambda: (found := site.interface(eni.network_interface_id)) and found.failure)
    finally:
        links.remove_link(near(eni))
    found = site.interface(eni.network_interface_id)
    assert found is not None
    assert found.status == "attaching"
    assert "could not be made" in found.failure
    site.attach(site.new_interface(), instance)


def test_a_further_vpc_is_carried_and_kept_apart(site: Site, stack: ExitStack) -> None:
    instance = site.add_instance()
    group = site.group(ALL_IN)
    subnet = site.new_vpc("10.217.0.0/16")
    there = Task(site, instance, site.attach(site.new_interface(group, subnet=subnet), instance))
    stack.callback(there.remove)
    here = Task(site, instance, site.attach(site.new_interface(group), instance))
    stack.callback(here.remove)
    balancer = site.new_interface(group, requester_id="amazon-elb", subnet=subnet)
    bridges = fabric.found_bridges(fabric.Names(site.host.data_dir.short_id))
    (further,) = bridges - {bridge_of(site)}
    until(lambda: f"{balancer.private_ip_address}/32" in links.addresses(further))
    listener = stack.enter_context(there.run_inside(open_server))
    mine = stack.enter_context(open_server(address=balancer.private_ip_address))
    with serving(listener), serving(mine):
        assert seen_as(there.address) == subnet.gateway
        assert there.run_inside(lambda: seen_as(balancer.private_ip_address)) == there.address
        assert here.run_inside(lambda: seen_as(there.address, seconds=0.5)) == ""
        assert here.run_inside(lambda: seen_as(balancer.private_ip_address, seconds=0.5)) == ""
    site.detach(there.eni)
    site.change(balancer, lambda tx, now: network_interfaces.delete_interface(tx, call(), now))
    until(lambda: not links.addresses(further))
    assert near_ends(site) == {near(here.eni)}


def test_a_vpc_that_overlaps_what_the_machine_uses_is_refused_and_nothing_else(
    site: Site,
) -> None:
    instance = site.add_instance()
    with links.netlink() as netlink:
        netlink.link("add", ifname="rstry-used", kind="bridge")
        index = links.index_of(netlink, "rstry-used")
        netlink.addr("add", index=index, address="10.218.4.1", prefixlen=24)
    try:
        subnet = site.new_vpc("10.218.0.0/16")
        balancer = site.new_interface(requester_id="amazon-elb", subnet=subnet)
        eni = site.new_interface(subnet=subnet)
        site.change(
            eni,
            lambda tx, now: network_interfaces.attach_interface(
                tx, call(), now, instance["instanceId"]
            ),
        )
        for each in (balancer, eni):
            until(
                lambda one=each: (now := site.interface(one.network_interface_id)) and now.failure
            )  # type: ignore[misc]
            found = site.interface(each.network_interface_id)
            assert found is not None
            assert "overlaps 10.218.4.0/24" in found.failure
        site.attach(site.new_interface(), instance)
    finally:
        links.remove_link("rstry-used")


def test_a_control_plane_that_lost_everything_is_told_of_running_instances(site: Site) -> None:
    instance = site.add_instance()
    site.server.update(
        lambda tx: network_interfaces.delete_interface(
            tx,
            call(),
            next(
                one
                for one in tx.all(NETWORK_INTERFACES)
                if one.network_interface_id == instance["eniId"]
            ),
        )
    )
    assert site.interface(instance["eniId"]) is None
    site.host.kill(signal.SIGKILL)
    site.host.start()
    until(lambda: site.interface(instance["eniId"]) is not None)


def test_instances_of_an_older_roadstead_are_taken_up(site: Site) -> None:
    instance = site.add_instance()
    name = f"rs-{instance['instanceId'].removeprefix('i-')[:12]}"
    site.host.kill(signal.SIGKILL)
    table = f"roadstead-{site.host.data_dir.short_id}"
    nftables.remove_table(table)
    nftables.remove_table(table, family="bridge")
    nftables.run(
        f"table ip {table} {{\nchain egress {{\ntype nat hook postrouting priority srcnat;\n}}\n}}"
    )
    with links.netlink() as netlink:
        netlink.brport("set", index=links.index_of(netlink, name), isolated=0)
    site.host.start()
    assert name in elements(site, "bridge", "ports")
    assert instance["address"] in elements(site, "ip", "instances")
    until(lambda: instance["address"] in nftables.run(f"list map ip {table} ingress"))
    shown = subprocess.run(
        ["bridge", "-d", "link", "show", "dev", name], capture_output=True, text=True, check=True
    )
    assert "isolated on" in shown.stdout


def test_what_was_let_through_to_an_address_is_not_its_next_owners(
    site: Site, stack: ExitStack
) -> None:
    instance = site.add_instance()
    client, server, closed = site.group(), site.group(ALL_IN), site.group()
    asks = Task(site, instance, site.attach(site.new_interface(client), instance))
    first = Task(site, instance, site.attach(site.new_interface(server), instance))
    stack.callback(asks.remove)
    out = stack.enter_context(asks.run_inside(lambda: _datagrams(6000)))
    heard = stack.enter_context(first.run_inside(lambda: _datagrams(5000)))
    out.sendto(b"one", (first.address, 5000))
    assert heard.recv(100) == b"one"
    heard.sendto(b"two", (asks.address, 6000))
    assert out.recv(100) == b"two"
    site.detach(first.eni)
    first.remove()
    site.change(first.eni, lambda tx, now: network_interfaces.delete_interface(tx, call(), now))
    next_ = Task(site, instance, site.attach(site.new_interface(closed), instance))
    stack.callback(next_.remove)
    assert next_.address == first.address
    heard = stack.enter_context(next_.run_inside(lambda: _datagrams(5000)))
    out.sendto(b"three", (next_.address, 5000))
    with pytest.raises(TimeoutError):
        heard.recv(100)


def test_a_purge_leaves_nothing_of_interfaces_and_vpcs(
    tmp_path: Path, own_machine: Machine
) -> None:
    before = own_machine.look()
    site = Site(tmp_path / "d", own_machine)
    instance = site.add_instance()
    group = site.group(ALL_IN)
    site.attach(site.new_interface(group), instance)
    subnet = site.new_vpc("10.217.0.0/16")
    site.new_interface(group, requester_id="amazon-elb", subnet=subnet)
    site.new_interface(group, requester_id="amazon-elb")
    until(lambda: own_machine.look()["addresses"].count("/32") == 4)
    site.host.call("shutdown", ending="purge")
    assert site.host.wait() == 0
    site.close()
    assert own_machine.look() == before


def _going(tx: Any) -> int:
    """How many interfaces are on their way to or off an instance."""
    statuses = [one.status for one in tx.all(NETWORK_INTERFACES)]
    return sum(status in ("attaching", "detaching") for status in statuses)


def _datagrams(port: int) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("0.0.0.0", port))
    one.settimeout(0.5)
    return one
