"""A state with everything in it is just this configuration, file by file.

After a change that is meant: `ROADSTEAD_GOLDEN=write pytest tests/unit/dataplane/test_golden.py`,
and read the difference.
"""

import os
from pathlib import Path

import msgspec
import pytest
from tests.unit.dataplane.balanced import FILES, everything, whole

from roadstead.dataplane.snapshot.bootstrap import bootstrap

GOLDEN = Path(__file__).parent / "golden"


def _found() -> dict[str, object]:
    piece = whole(everything())
    return {
        "bootstrap": bootstrap(FILES),
        "listeners": piece.listeners,
        "routes": piece.routes,
        "clusters": piece.clusters,
        "endpoints": piece.endpoints,
    }


@pytest.mark.parametrize("name", ["bootstrap", "listeners", "routes", "clusters", "endpoints"])
def test_the_configuration_is_as_it_was(name: str) -> None:
    content = msgspec.json.format(msgspec.json.encode(_found()[name]), indent=1).decode() + "\n"
    path = GOLDEN / f"{name}.json"
    if os.environ.get("ROADSTEAD_GOLDEN") == "write":
        path.write_text(content)
    assert content == path.read_text()
