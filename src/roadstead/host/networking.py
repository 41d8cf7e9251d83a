"""All that a machine does for networks besides its instances' own: heard, carried, told, named."""

import asyncio
import logging
import socket
from urllib.parse import urlsplit

from roadstead.clock import Clock
from roadstead.host import fabric, feed
from roadstead.host.control_plane import ControlPlaneDoor
from roadstead.host.fabric import Names
from roadstead.host.fabric_carrier import FabricCarrier
from roadstead.host.firewall import Firewall
from roadstead.host.fleet import Fleet
from roadstead.host.interface_reports import InterfaceReports
from roadstead.host.machine_networks import MachineNetworks
from roadstead.host.records import Vpc
from roadstead.host.resolver import Resolver
from roadstead.host.ruleset import ControlPlane
from roadstead.host.told import Key, Told
from roadstead.settings import HostSettings

log = logging.getLogger(__name__)


def control_plane_of(settings: HostSettings, vpc: Vpc) -> ControlPlane:
    """Where instances reach the control plane: rules let them, whatever groups say. May block."""
    told = urlsplit(settings.agent_endpoint)
    if not told.hostname:
        return ControlPlane(vpc.gateway, settings.port)
    port = told.port or 80
    try:
        found = socket.getaddrinfo(told.hostname, port, socket.AF_INET, socket.SOCK_STREAM)
    except OSError as error:
        log.warning("%s is not found here: %s", settings.agent_endpoint, error)
        return ControlPlane(vpc.gateway, port)
    return ControlPlane(str(found[0][4][0]), port)


async def carry_networks(
    fleet: Fleet, names: Names, firewall: Firewall, door: ControlPlaneDoor, clock: Clock
) -> None:
    """Carry them for ever; begun once instances are resumed, whose ports rules know by then."""
    vpc = fleet.book.vpc
    told = Told()
    reports = InterfaceReports(door, clock)
    machine = MachineNetworks(names, vpc, firewall)
    resolver = Resolver(told, clock)
    carrier = FabricCarrier(told, fleet, machine, reports, clock, resolver.serve)
    resolver.serve({vpc.vpc_id: fabric.network_of(vpc, names)})

    def heard(changed: set[Key]) -> None:
        if vpc.vpc_id not in told.vpcs:
            log.error(
                "The control plane does not know this machine's VPC %s: no security group lets "
                "instances speak with each other. Start both with `roadstead up`, or the server "
                "with ROADSTEAD_DEFAULT_VPC.",
                vpc.vpc_id,
            )
        resolver.note(changed)
        carrier.note(changed)

    async with asyncio.TaskGroup() as group:
        group.create_task(feed.listen_for_ever(told, door, clock, heard), name="feed")
        group.create_task(reports.tell_for_ever(), name="interface reports")
        group.create_task(resolver.run(), name="resolver")
        group.create_task(carrier.run(), name="carrier")
