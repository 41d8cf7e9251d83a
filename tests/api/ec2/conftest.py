"""Fixtures of the tests of EC2."""

from typing import Any

import pytest
from ec2_world import INSTANCE, a_subnet, a_vpc, default_subnets

from api_server import ACCOUNT, REGION, ApiServer
from roadstead.ec2.records.network import SUBNETS, ec2_arn
from roadstead.ec2.transitions.network_interfaces import put_primary_interface
from roadstead.ids import SystemIds
from roadstead.state.plans import Call
from roadstead.state.view import Tx


@pytest.fixture
def ec2(server: ApiServer) -> Any:
    """A boto3 client with the root key; there is the default VPC and nothing else."""
    return server.client("ec2")


@pytest.fixture
def vpc(ec2: Any) -> str:
    """The id of a VPC with 10.0.0.0/16."""
    return a_vpc(ec2)


@pytest.fixture
def subnet(ec2: Any, vpc: str) -> str:
    """The id of a subnet of `vpc` with 10.0.1.0/24."""
    return a_subnet(ec2, vpc)


@pytest.fixture
def call(server: ApiServer) -> Call:
    """The circumstances of a change that no client makes."""
    return Call(
        account=ACCOUNT,
        region=REGION,
        caller_arn="",
        request_id="",
        now=server.clock.now(),
        ids=SystemIds(),
    )


@pytest.fixture
def instance(server: ApiServer, ec2: Any, call: Call) -> str:
    """The id of an instance in the first subnet of the default VPC."""
    subnet_id = default_subnets(ec2)[0]["SubnetId"]

    def put(tx: Tx) -> None:
        put_primary_interface(
            tx,
            call,
            interface_id="eni-0000000000000000a",
            instance_id=INSTANCE,
            subnet=tx.must(SUBNETS, ec2_arn(call.scope, "subnet", subnet_id)),
            mac_address="02:00:00:00:00:0a",
            address="172.31.0.10",
        )

    server.update(put)
    return INSTANCE
