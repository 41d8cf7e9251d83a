"""Tests here make real namespaces, bridges and rules: they need root."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from carrier import Host, Machine
from premises import Site


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """A host that runs; all that it made is gone afterwards."""
    assert os.geteuid() == 0, "tests/host make network namespaces: run them as root"
    one = Host(tmp_path / "d")
    one.start()
    yield one
    one.clean_up()


@pytest.fixture
def own_machine() -> Iterator[Machine]:
    """A machine where nobody else makes networks or mounts."""
    assert os.geteuid() == 0, "tests/host make network namespaces: run them as root"
    one = Machine()
    yield one
    one.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A host that runs beside a control plane; all that they made is gone afterwards."""
    assert os.geteuid() == 0, "tests/host make network namespaces: run them as root"
    one = Site(tmp_path / "d")
    yield one
    one.close()
