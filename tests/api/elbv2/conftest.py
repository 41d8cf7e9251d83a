"""Fixtures of the tests of load balancers."""

from typing import Any

import pytest
from elbv2_world import World

from api_server import ApiServer


@pytest.fixture
def world(server: ApiServer) -> World:
    """A server with its default VPC."""
    return World(server)


@pytest.fixture
def elbv2(world: World) -> Any:
    """A boto3 client."""
    return world.elbv2
