"""VPCs and subnets, and what tasks with interfaces of their own are asked to be in."""

from typing import TYPE_CHECKING, Any

from roadstead.ec2.records.network import SUBNETS, VPCS
from roadstead.elbv2.records.target_group import TARGET_GROUPS
from sim.families import has_interface
from sim.places import CIDR, REGION

if TYPE_CHECKING:
    from sim.user import User

NARROW_PREFIX = 27
"""Of the other VPC's subnets: they can run out of addresses."""


async def make_vpc(user: "User") -> None:
    """Another VPC, with the same addresses as the default one, and few of them."""
    await user.ask("ec2", "CreateVpc", CidrBlock=CIDR)
    vpc_id = next(each.vpc_id for each in user.view.all(VPCS) if not each.is_default)
    for number, zone in enumerate("abc"):
        await user.ask(
            "ec2",
            "CreateSubnet",
            VpcId=vpc_id,
            CidrBlock=f"172.31.{number}.0/{NARROW_PREFIX}",
            AvailabilityZone=f"{REGION}{zone}",
        )
    await user.ask(
        "ec2", "CreateSecurityGroup", VpcId=vpc_id, GroupName="web", GroupDescription="of the web"
    )


def vpcs(user: "User") -> list[str]:
    return sorted(each.vpc_id for each in user.view.all(VPCS))


def a_vpc(user: "User") -> str:
    return user.rng.choice(vpcs(user))


def subnets_of(user: "User", vpc_id: str) -> list[str]:
    """One in each zone."""
    found = (each for each in user.view.all(SUBNETS) if each.vpc_id == vpc_id)
    return [each.subnet_id for each in sorted(found, key=lambda each: each.zone)]


def network(user: "User", family: str, vpc_id: str = "", *, zones: int = 0) -> dict[str, Any]:
    """The member networkConfiguration, if tasks of the family need one. zones: in how many."""
    if not has_interface(family):
        return {}
    there = subnets_of(user, vpc_id or a_vpc(user))
    chosen = user.rng.sample(there, zones or user.rng.choice((1, 2, 3, 3)))
    return {"networkConfiguration": {"awsvpcConfiguration": {"subnets": chosen}}}


def network_for(user: "User", family: str, service: Any) -> dict[str, Any]:
    """The same for a service that is to have other tasks: what it has is kept, mostly."""
    if service.network_configuration and user.rng.random() < 0.8:
        return {}
    groups = [user.view.get(TARGET_GROUPS, e["targetGroupArn"]) for e in service.load_balancers]
    held = [each.vpc_id for each in groups if each is not None]
    zones = 3 if service.scheduling_strategy == "DAEMON" else 0
    return network(user, family, held[0] if held else "", zones=zones)
