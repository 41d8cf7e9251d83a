"""Fixtures of the tests of service discovery."""

from typing import Any

import pytest
from discovery_world import DiscoveryWorld

from api_server import ApiServer


@pytest.fixture(params=["smithy-rpc-v2-cbor", "json"])
def world(server: ApiServer, request: pytest.FixtureRequest) -> DiscoveryWorld:
    """A server with its default VPC, spoken to in CBOR, then in JSON."""
    return DiscoveryWorld(server, request.param)


@pytest.fixture
def discovery(world: DiscoveryWorld) -> Any:
    """A boto3 client."""
    return world.discovery
