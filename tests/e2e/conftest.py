"""Tests here run a whole Roadstead with real containers: they need root."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

from house import House, opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A Roadstead with two instances and the demo's image; all it made is gone afterwards."""
    with opened(tmp_path_factory.mktemp("house") / "d") as one:
        yield one


@pytest.fixture
def unbuilt(tmp_path: Path) -> Iterator[House]:
    """A Roadstead that the test itself starts; whatever it left is purged."""
    assert os.geteuid() == 0, "tests/e2e make network namespaces: run them as root"
    one = House(tmp_path / "d")
    yield one
    one.purge()
