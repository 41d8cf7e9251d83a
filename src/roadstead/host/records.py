"""What a host knows of its VPC and instances, and how an instance's state may move.

Plain values: nothing here touches the machine. `book.py` keeps them on disk, `fleet.py` acts.
"""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

import msgspec

from roadstead.ids import Ids

State = Literal["pending", "running", "stopping", "stopped", "shutting-down", "terminated"]
Report = Literal["running", "stopped", "terminated"]
AgentStatus = Literal["none", "starting", "running", "backing-off", "ended"]

MOVES: dict[State, frozenset[State]] = {
    "pending": frozenset({"running", "stopping", "shutting-down"}),
    "running": frozenset({"stopping", "shutting-down"}),
    "stopping": frozenset({"stopped", "shutting-down"}),
    "stopped": frozenset({"pending", "shutting-down"}),
    "shutting-down": frozenset({"terminated"}),
    "terminated": frozenset(),
}
"""Which state may follow which.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
"""

STATE_CODES: dict[State, int] = {
    "pending": 0,
    "running": 16,
    "shutting-down": 32,
    "terminated": 48,
    "stopping": 64,
    "stopped": 80,
}
"""Source: botocore:ec2#InstanceState"""

ADDRESSES_RESERVED = 4
"""The first four addresses of a subnet are AWS's: network, router, DNS, future use.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

TERMINATED_SHOWN = timedelta(hours=1)
"""How long a terminated instance is still listed.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
"""

INSTANCES_MAX = 200


class HostError(Exception):
    """A request that cannot be granted; the text says why and what would be right."""


class Subnet(msgspec.Struct, frozen=True, kw_only=True):
    subnet_id: str
    cidr: str
    zone: str

    @property
    def network(self) -> IPv4Network:
        return IPv4Network(self.cidr)

    @property
    def gateway(self) -> str:
        """The router's address: the first after the network's own."""
        return str(self.network.network_address + 1)


class Vpc(msgspec.Struct, frozen=True, kw_only=True):
    vpc_id: str
    cidr: str
    subnets: tuple[Subnet, ...]

    @property
    def gateway(self) -> str:
        """The first subnet's gateway, where agents find the control plane."""
        return self.subnets[0].gateway

    @property
    def resolver(self) -> str:
        """Where names are asked for: the second address after the network's own.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
        """
        return str(IPv4Network(self.cidr).network_address + 2)

    def subnet(self, subnet_id: str) -> Subnet:
        return next(subnet for subnet in self.subnets if subnet.subnet_id == subnet_id)


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """An EC2 instance on this machine. Durable."""

    instance_id: str
    state: State
    instance_type: str
    cpu_units: int
    memory_mib: int
    cluster: str
    zone: str
    subnet_id: str
    eni_id: str
    mac: str
    address: str
    launched_at: datetime
    state_changed_at: datetime
    unreported: tuple[Report, ...] = ()
    """What the control plane has yet to hear, oldest first."""
    report_error: str = ""
    """Why it has not heard the first of them."""

    @property
    def namespace(self) -> str:
        return f"rs-{self.instance_id}"

    @property
    def link(self) -> str:
        """The machine's end of the instance's cable; a device name has at most 15 letters."""
        return f"rs-{self.instance_id.removeprefix('i-')[:12]}"

    @property
    def is_powered(self) -> bool:
        """Whether it should have processes and a network."""
        return self.state in ("pending", "running")


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a host must remember."""

    format: int = 1
    vpc: Vpc
    instances: tuple[Instance, ...] = ()
    launched: int = 0
    """Instances ever added: spreads new ones over the zones."""
    mounted_run_netns: bool = False
    """Whether /run/netns became a mount of its own by us, to be undone at the end."""

    def find(self, instance_id: str) -> Instance:
        """Raises: HostError when there is no such instance."""
        for instance in self.instances:
            if instance.instance_id == instance_id:
                return instance
        raise HostError(
            f"The instance ID '{instance_id}' does not exist. "
            "`roadstead instance list` shows the ids of all instances."
        )

    def with_instance(self, changed: Instance) -> "Book":
        """This book with one instance changed or added."""
        if any(one.instance_id == changed.instance_id for one in self.instances):
            return msgspec.structs.replace(
                self,
                instances=tuple(
                    changed if one.instance_id == changed.instance_id else one
                    for one in self.instances
                ),
            )
        return msgspec.structs.replace(self, instances=(*self.instances, changed))

    def without(self, instance_id: str) -> "Book":
        return msgspec.structs.replace(
            self,
            instances=tuple(one for one in self.instances if one.instance_id != instance_id),
        )


def new_vpc(cidr: str, region: str, ids: Ids) -> Vpc:
    """A default VPC: three /20 subnets in the zones a, b and c.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html
    """
    subnets = list(IPv4Network(cidr).subnets(new_prefix=20))[:3]
    return Vpc(
        vpc_id=f"vpc-{_hex17(ids)}",
        cidr=cidr,
        subnets=tuple(
            Subnet(subnet_id=f"subnet-{_hex17(ids)}", cidr=str(subnet), zone=f"{region}{letter}")
            for subnet, letter in zip(subnets, "abc", strict=True)
        ),
    )


def new_instance(
    book: Book,
    *,
    instance_type: str,
    size: tuple[int, int],
    cluster: str,
    now: datetime,
    ids: Ids,
) -> Instance:
    """A pending instance in the next zone in turn, with a free address.

    Raises: HostError when the host carries as many as it may, or the subnet is full.
    """
    living = [one for one in book.instances if one.state != "terminated"]
    if len(living) >= INSTANCES_MAX:
        raise HostError(
            f"This host already carries {INSTANCES_MAX} instances, the most that it may. "
            "Terminate one with `roadstead instance terminate`."
        )
    subnet = book.vpc.subnets[book.launched % len(book.vpc.subnets)]
    return Instance(
        instance_id=f"i-{_hex17(ids)}",
        state="pending",
        instance_type=instance_type,
        cpu_units=size[0],
        memory_mib=size[1],
        cluster=cluster,
        zone=subnet.zone,
        subnet_id=subnet.subnet_id,
        eni_id=f"eni-{_hex17(ids)}",
        mac=_mac(ids),
        address=_free_address(subnet, {one.address for one in living}),
        launched_at=now,
        state_changed_at=now,
    )


def launched(book: Book, instance: Instance) -> Book:
    """The book with a new instance in it."""
    return msgspec.structs.replace(book.with_instance(instance), launched=book.launched + 1)


def moved(
    instance: Instance, state: State, now: datetime, report: Report | None = None
) -> Instance:
    """The instance in another state, with a report to the control plane if that concerns it.

    Raises: HostError when the state cannot follow the one that it has.
    """
    if state not in MOVES[instance.state]:
        raise HostError(
            f"The instance '{instance.instance_id}' is not in a state from which it can be "
            f"{_PAST[state]}: it is {instance.state}."
        )
    return msgspec.structs.replace(
        instance,
        state=state,
        state_changed_at=now,
        unreported=instance.unreported if report is None else (*instance.unreported, report),
    )


def reported(instance: Instance) -> Instance:
    """The instance once the control plane has heard its oldest report."""
    return msgspec.structs.replace(instance, unreported=instance.unreported[1:], report_error="")


def is_forgotten(instance: Instance, now: datetime) -> bool:
    """Whether a terminated instance need not be listed any more."""
    return (
        instance.state == "terminated"
        and not instance.unreported
        and now - instance.state_changed_at >= TERMINATED_SHOWN
    )


_PAST: dict[State, str] = {
    "pending": "started",
    "running": "running",
    "stopping": "stopped",
    "stopped": "stopped",
    "shutting-down": "terminated",
    "terminated": "terminated",
}


def _free_address(subnet: Subnet, taken: set[str]) -> str:
    """The lowest free address from the eleventh on; below are gateways and our own needs."""
    first = int(subnet.network.network_address) + max(ADDRESSES_RESERVED, 10)
    for number in range(first, int(subnet.network.broadcast_address)):
        address = str(IPv4Address(number))
        if address not in taken:
            return address
    raise HostError(f"Subnet {subnet.cidr} has no free address. Terminate an instance in it.")


def _mac(ids: Ids) -> str:
    """A locally administered address."""
    digits = ids.hex32()[:10]
    return "02:" + ":".join(digits[i : i + 2] for i in range(0, 10, 2))


def _hex17(ids: Ids) -> str:
    return ids.hex32()[:17]
