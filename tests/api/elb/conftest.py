"""Fixtures of the tests of Classic load balancers."""

from typing import Any

import pytest
from elb_world import ClassicWorld

from api_server import ApiServer


@pytest.fixture
def world(server: ApiServer) -> ClassicWorld:
    """A server with its default VPC."""
    return ClassicWorld(server)


@pytest.fixture
def elb(world: ClassicWorld) -> Any:
    """A boto3 client that sends what the model forbids too."""
    return world.elb
