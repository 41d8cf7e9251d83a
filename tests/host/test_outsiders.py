"""Who is outside stays outside, and who is inside hears what is for it and nothing else."""

import socket
import struct
import subprocess
import time
from collections.abc import Iterator

import pytest
from carrier import until
from premises import Site, Task, open_server, seen_as, serving

from roadstead.ec2.records.network import Permission
from roadstead.host import devices, namespaces

WORLD = "rs-try-world"
NEIGHBOUR = "198.51.100.9"
METADATA = "169.254.169.254"
PORT = 5000
ETHERTYPE_ALL, ARP = 0x0003, 0x0806


@pytest.fixture
def world() -> Iterator[str]:
    """A neighbour of this machine, in a namespace of its own, who routes what is for a VPC here."""
    for words in (
        f"netns add {WORLD}",
        f"link add rs-try-w0 type veth peer name w1 netns {WORLD}",
        "address add 198.51.100.1/24 dev rs-try-w0",
        "link set rs-try-w0 up",
        f"-n {WORLD} address add {NEIGHBOUR}/24 dev w1",
        f"-n {WORLD} address add {METADATA}/32 dev w1",
        f"-n {WORLD} link set w1 up",
        f"-n {WORLD} link set lo up",
        f"-n {WORLD} route add default via 198.51.100.1",
        f"route add {METADATA}/32 via {NEIGHBOUR}",
    ):
        _ip(words)
    yield WORLD
    _ip("link del rs-try-w0")
    _ip(f"netns del {WORLD}")


def two_tasks(site: Site, *permissions: Permission) -> tuple[Task, Task]:
    """One whose group the other's lets in."""
    instance = site.add_instance()
    friends = site.group()
    friendly = Permission(rule_id="sgr-0", protocol="-1", group_id=friends.group_id)
    server = site.group(friendly, *permissions)
    interfaces = [site.attach(site.new_interface(each), instance) for each in (friends, server)]
    one, other = (Task(site, instance, each) for each in interfaces)
    return one, other


def test_nobody_outside_is_taken_for_a_member_of_a_group(site: Site, world: str) -> None:
    own = Permission(rule_id="sgr-1", protocol="-1", cidr=f"{NEIGHBOUR}/32")
    friend, server = two_tasks(site, own)
    with server.run_inside(_datagrams) as heard:
        namespaces.run_inside(world, lambda: _send(server.address))
        assert heard.recvfrom(100)[1][0] == NEIGHBOUR, "it reaches the task as itself"
        _ip(f"-n {world} address add {friend.address}/32 dev w1")
        namespaces.run_inside(world, lambda: _send(server.address, friend.address))
        with pytest.raises(TimeoutError):
            heard.recvfrom(100)
    for each in (friend, server):
        each.remove()


def test_the_metadata_of_the_machine_underneath_is_not_reached(site: Site, world: str) -> None:
    instance = site.add_instance()

    def inside(to: str) -> str:
        shown: str = namespaces.run_inside(instance["namespace"], lambda: seen_as(to, seconds=0.5))
        return shown

    with serving(namespaces.run_inside(world, lambda: open_server(80))):
        assert inside(NEIGHBOUR) == "198.51.100.1", "others outside are reached, as this machine"
        assert seen_as(METADATA) == "198.51.100.1", "this machine itself reaches it"
        assert inside(METADATA) == ""


def test_a_device_hears_nothing_that_is_for_another(site: Site) -> None:
    one, other = two_tasks(site)
    bridge = f"rsbr-{site.host.data_dir.short_id}"
    with other.run_inside(_datagrams) as heard, one.run_inside(_frames) as overheard:
        _send(other.address)
        heard.recv(100)
        # As after minutes of silence: the bridge forgets what it has learned, neighbours do not.
        _ip(f"link set {bridge} type bridge fdb_flush")
        _send(other.address, payload=b"a secret")
        assert heard.recv(100) == b"a secret"
        assert not _hears(overheard, b"a secret")
    for each in (one, other):
        each.remove()


def test_no_device_says_that_its_address_is_anothers_port(site: Site) -> None:
    one, other = two_tasks(site)
    bridge = f"rsbr-{site.host.data_dir.short_id}"
    _send(one.address)
    until(lambda: one.eni.mac_address in _ip(f"neighbour show {one.address} dev {bridge}"))
    gateway = site.subnet().gateway
    lie = (
        b"\xff" * 6
        + _mac(one.eni.mac_address)
        + struct.pack("!HHHBBH", ARP, 1, 0x0800, 6, 4, 2)
        + _mac(other.eni.mac_address)
        + socket.inet_aton(one.address)
        + b"\xff" * 6
        + socket.inet_aton(gateway)
    )
    with one.run_inside(_frames) as out:
        for _ in range(3):  # what a neighbour said a second ago is believed first
            out.send(lie)
            time.sleep(0.6)
    with other.run_inside(_frames) as overheard:
        _send(one.address, payload=b"a secret")
        assert not _hears(overheard, b"a secret")
    assert one.eni.mac_address in _ip(f"neighbour show {one.address} dev {bridge}")
    for each in (one, other):
        each.remove()


def _datagrams() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("0.0.0.0", PORT))
    one.settimeout(0.5)
    return one


def _frames() -> socket.socket:
    """All that passes the one device of the task whose namespace this is."""
    one = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE_ALL))
    names = [name for _, name in socket.if_nameindex() if name.startswith(devices.far_name("")[:3])]
    one.bind((names[0], 0))
    one.settimeout(0.5)
    return one


def _hears(overheard: socket.socket, what: bytes) -> bool:
    try:
        while what not in overheard.recv(2000):
            pass
    except TimeoutError:
        return False
    return True


def _send(address: str, source: str = "0.0.0.0", payload: bytes = b"hello") -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((source, 0))
        one.sendto(payload, (address, PORT))


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def _ip(words: str) -> str:
    done = subprocess.run(["ip", *words.split()], check=True, capture_output=True, text=True)
    return done.stdout
