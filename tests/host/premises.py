"""A host and a real control plane that knows its VPC, and EC2's records as tests want them.

What EC2's API and ECS would write, tests write by the same transitions, without their conditions.
"""

import contextlib
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from carrier import Host, Machine, until

from api_server import ACCOUNT, REGION, ApiServer
from given import a_call
from roadstead import keys
from roadstead.data_dir import claim
from roadstead.ec2.records.network import (
    NETWORK_INTERFACES,
    SECURITY_GROUPS,
    SUBNETS,
    VPCS,
    NetworkInterface,
    Permission,
    SecurityGroup,
    Subnet,
    ec2_arn,
)
from roadstead.ec2.transitions import default_vpc, network_interfaces, security_groups, vpcs
from roadstead.host import book, devices, kernel, namespaces
from roadstead.ids import SystemIds
from roadstead.keys import Key
from roadstead.settings import DefaultSubnet, DefaultVpc
from roadstead.state.plans import Call
from roadstead.state.view import Tx

SCOPE = f"{ACCOUNT}/{REGION}"
EVERYTHING_OUT = Permission(rule_id="sgr-1", is_egress=True, cidr="0.0.0.0/0")


def call() -> Call:
    return a_call(ids=SystemIds())


class SiteServer(ApiServer):
    """A control plane with a data directory's keys, in a machine's own network if it has one."""

    def __init__(self, known: tuple[Key, ...], machine: Machine | None) -> None:
        super().__init__()
        self._known = known
        self._machine = machine

    @property
    def keys(self) -> tuple[Key, ...]:
        return self._known

    def _serve(self) -> None:
        if self._machine is not None:
            with open(self._machine.network, "rb") as file:
                kernel.setns(file.fileno(), kernel.CLONE_NEWNET)
        super()._serve()


class Site:
    """One machine with its host and its control plane."""

    def __init__(
        self, path: Path, machine: Machine | None = None, *, reach_machine: bool = False
    ) -> None:
        self.path = path
        self.machine = machine
        data_dir = claim(path, ACCOUNT, REGION)
        known = keys.ensure(data_dir.keys_file, ACCOUNT, SystemIds())
        self.server = SiteServer(known, machine)
        self.server.start()
        self.host = Host(path, self.server.endpoint, machine, reach_machine=reach_machine)
        self.host.start()
        kept = book.read(data_dir.instances_file)
        assert kept is not None, "a host that answers has a book"
        self.vpc = kept.vpc
        self.server.update(lambda tx: default_vpc.ensure_default_vpc(tx, call(), self._given()))

    def close(self) -> None:
        self.server.stop()
        if self.machine is None:
            self.host.clean_up()

    def _given(self) -> DefaultVpc:
        return DefaultVpc(
            vpc_id=self.vpc.vpc_id,
            cidr=self.vpc.cidr,
            subnets=tuple(
                DefaultSubnet(subnet_id=one.subnet_id, cidr=one.cidr, zone=one.zone)
                for one in self.vpc.subnets
            ),
        )

    def subnet(self, subnet_id: str = "") -> Subnet:
        arn = ec2_arn(SCOPE, "subnet", subnet_id or self.vpc.subnets[0].subnet_id)
        return self.read(lambda tx: tx.must(SUBNETS, arn))

    def read(self, question: Callable[[Tx], Any]) -> Any:
        return self.server.update(question)

    def add_instance(self) -> dict[str, Any]:
        """An instance whose primary interface EC2 knows."""
        shown = self.host.instance(self.host.add())
        until(lambda: self.interface(shown["eniId"]) is not None)
        return shown

    def interface(self, eni_id: str) -> NetworkInterface | None:
        arn = ec2_arn(SCOPE, "network-interface", eni_id)
        found: NetworkInterface | None = self.read(lambda tx: tx.get(NETWORK_INTERFACES, arn))
        return found

    def group(self, *permissions: Permission) -> SecurityGroup:
        """A new group with these rules; everything may leave if none is of egress."""

        def make(tx: Tx) -> SecurityGroup:
            group = security_groups.create_group(
                tx,
                call(),
                scope=SCOPE,
                vpc_id=self.vpc.vpc_id,
                name=SystemIds().uuid(),
                description="",
            )
            return security_groups.put_permissions(tx, group, _complete(permissions))

        made: SecurityGroup = self.server.update(make)
        return made

    def put_permissions(self, group: SecurityGroup, *permissions: Permission) -> None:
        self.server.update(
            lambda tx: security_groups.put_permissions(
                tx, tx.must(SECURITY_GROUPS, group.arn), _complete(permissions)
            )
        )

    def new_interface(
        self, *groups: SecurityGroup, requester_id: str = "amazon-ecs", subnet: Subnet | None = None
    ) -> NetworkInterface:
        where = subnet or self.subnet()
        made: NetworkInterface = self.server.update(
            lambda tx: network_interfaces.create_interface(
                tx,
                call(),
                subnet=where,
                groups=[one.group_id for one in groups],
                description="",
                requester_id=requester_id,
            )
        )
        return made

    def attach(self, eni: NetworkInterface, instance: dict[str, Any]) -> NetworkInterface:
        """The interface once the host has said that it is attached."""
        self.change(
            eni,
            lambda tx, now: network_interfaces.attach_interface(
                tx, call(), now, instance["instanceId"]
            ),
        )
        until(lambda: self.status(eni) == "in-use")
        found = self.interface(eni.network_interface_id)
        assert found is not None
        return found

    def detach(self, eni: NetworkInterface) -> None:
        """Return once the host has said that it is detached."""
        self.change(eni, lambda tx, now: network_interfaces.detach_interface(tx, call(), now))
        until(lambda: self.status(eni) == "available")

    def change(self, eni: NetworkInterface, act: Callable[[Tx, NetworkInterface], Any]) -> Any:
        return self.server.update(lambda tx: act(tx, tx.must(NETWORK_INTERFACES, eni.arn)))

    def status(self, eni: NetworkInterface) -> str:
        found = self.interface(eni.network_interface_id)
        return "" if found is None else found.status

    def new_vpc(self, cidr: str) -> Subnet:
        """Another VPC with one subnet in it."""

        def make(tx: Tx) -> Subnet:
            vpc = vpcs.create_vpc(tx, call(), scope=SCOPE, cidr=cidr)
            first = next(IPv4Network(cidr).subnets(new_prefix=20))
            return vpcs.create_subnet(
                tx, call(), vpc=tx.must(VPCS, vpc.arn), cidr=str(first), zone=f"{REGION}a"
            )

        made: Subnet = self.server.update(make)
        return made


class Task:
    """A network namespace that stands for a task's, with its interface as an agent sets it up."""

    def __init__(self, site: Site, instance: dict[str, Any], eni: NetworkInterface) -> None:
        self.eni = eni
        self.address = eni.private_ip_address
        self.name = f"rs-try-{eni.network_interface_id[4:15]}"
        self._site = site
        far = devices.far_name(eni.network_interface_id)
        subnet = site.subnet(eni.subnet_id)
        run = site.machine.run if site.machine is not None else _run
        run(["ip", "netns", "add", self.name])
        into = ["nsenter", f"--net=/run/netns/{instance['namespace']}", "--"]
        shown = run([*into, "ip", "-o", "link", "show", far])
        assert "state DOWN" in shown, shown
        assert eni.mac_address in shown, shown
        run([*into, "ip", "link", "set", far, "netns", self.name])
        prefix = subnet.network.prefixlen
        for words in (
            f"addr add {self.address}/{prefix} dev {far}",
            f"link set {far} up",
            "link set lo up",
            f"route add default via {subnet.gateway}",
        ):
            run(["ip", "-n", self.name, *words.split()])

    def run_inside(self, act: Callable[[], Any]) -> Any:
        return namespaces.run_inside(self.name, act)

    def remove(self) -> None:
        _run(["ip", "netns", "del", self.name])


def open_server(port: int = 80, address: str = "0.0.0.0") -> socket.socket:
    return socket.create_server((address, port), reuse_port=True)


@contextlib.contextmanager
def serving(listener: socket.socket) -> Iterator[None]:
    """Answers each connection with the address that it comes from, then echoes."""

    def converse(connection: socket.socket, peer: str) -> None:
        with connection, contextlib.suppress(OSError):
            connection.sendall(peer.encode() + b"\n")
            while data := connection.recv(1000):
                connection.sendall(data)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, peer = listener.accept()
                threading.Thread(target=converse, args=(connection, peer[0]), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def connect(address: str, port: int = 80, seconds: float = 1.0, source: str = "") -> socket.socket:
    """Raises: OSError"""
    connection = socket.create_connection(
        (address, port), seconds, source_address=(source, 0) if source else None
    )
    connection.settimeout(seconds)
    return connection


def seen_as(address: str, port: int = 80, seconds: float = 1.0, source: str = "") -> str:
    """As whom the server there sees us; empty when it cannot be reached."""
    try:
        with connect(address, port, seconds, source) as connection:
            return connection.recv(100).decode().strip()
    except OSError:
        return ""


def _complete(permissions: tuple[Permission, ...]) -> tuple[Permission, ...]:
    if any(one.is_egress for one in permissions):
        return permissions
    return (*permissions, EVERYTHING_OUT)


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout
