"""Where everything of a world is: its account, its VPC, and what machines have in it."""

from roadstead.settings import DefaultSubnet, DefaultVpc

ACCOUNT = "123456789012"
REGION = "us-east-1"
SCOPE = f"{ACCOUNT}/{REGION}"
VPC = "vpc-00000000000000001"
CIDR = "172.31.0.0/16"
"""Of every VPC here: addresses are one's own in each."""


def subnet_of(zone: str) -> str:
    """The id of the default VPC's subnet in a zone, named by its letter."""
    return f"subnet-0000000000000000{zone}"


def default_vpc() -> DefaultVpc:
    """The VPC that machines are in, as their host has chosen it."""
    return DefaultVpc(
        vpc_id=VPC,
        cidr=CIDR,
        subnets=tuple(
            DefaultSubnet(
                subnet_id=subnet_of(zone),
                cidr=f"172.31.{16 * number}.0/20",
                zone=f"{REGION}{zone}",
            )
            for number, zone in enumerate("abc")
        ),
    )


def primary_interface(number: int, zone: str) -> dict[str, str]:
    """The first interface of the machine of that number, as its host reports it."""
    return {
        "networkInterfaceId": f"eni-{number:017x}",
        "subnetId": subnet_of(zone),
        "macAddress": f"02:00:00:00:00:{number:02x}",
        "privateIpAddress": f"172.31.{16 * 'abc'.index(zone)}.{10 + number}",
    }
