"""Regions and availability zones: every region has three, a, b and c.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html
"""

from roadstead.ec2.errors import invalid_parameter

ZONE_LETTERS = "abc"

REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2",
    "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip
"""Those that every account has without opting in. A request may name any other as well."""

_DIRECTIONS = {"north": "n", "south": "s", "east": "e", "west": "w", "central": "c"}


def zones_of(region: str) -> tuple[str, ...]:
    """`us-east-1a`, `us-east-1b`, `us-east-1c`"""
    return tuple(f"{region}{letter}" for letter in ZONE_LETTERS)


def zone_id(zone: str) -> str:
    """`use1-az1` of us-east-1a: the same place in every account."""
    area, *directions, number = zone[:-1].split("-")
    short = "".join(directions)
    for word, letter in _DIRECTIONS.items():
        short = short.replace(word, letter)
    return f"{area}{short}{number}-az{ord(zone[-1]) - ord('a') + 1}"


def chosen_zone(region: str, zone: str, wanted_id: str) -> str:
    """The zone for a new subnet, by name or by id; without either the first.

    Raises: InvalidParameterValue
    """
    zones = zones_of(region)
    if not zone and not wanted_id:
        return zones[0]
    for each in zones:
        if each == zone or (not zone and zone_id(each) == wanted_id):
            return each
    parameter = "availabilityZone" if zone else "availabilityZoneId"
    raise invalid_parameter(
        f"Value ({zone or wanted_id}) for parameter {parameter} is invalid. Subnets can currently "
        f"only be created in the following availability zones: {', '.join(zones)}."
    )
