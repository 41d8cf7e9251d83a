"""The host's VPC is the server's default VPC: `up` hands it from the one to the other."""

import os

import msgspec

from roadstead.host.records import Vpc
from roadstead.settings import DEFAULT_VPC_VARIABLE, DefaultSubnet, DefaultVpc


def hand_down(vpc: Vpc) -> None:
    """Let the server that is started from here know the VPC, through its environment."""
    subnets = tuple(
        DefaultSubnet(subnet_id=each.subnet_id, cidr=each.cidr, zone=each.zone)
        for each in vpc.subnets
    )
    given = DefaultVpc(vpc_id=vpc.vpc_id, cidr=vpc.cidr, subnets=subnets)
    os.environ[DEFAULT_VPC_VARIABLE] = msgspec.json.encode(given).decode()
