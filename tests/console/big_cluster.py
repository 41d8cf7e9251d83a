"""BigCluster: 10,000 tasks on 100 container instances whose agents are simulated.

The state is written by the operations themselves (`bench/fill.py`), and a real `roadstead server`
serves it. Nothing runs, and nothing moves by itself: agents have gone away.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import msgspec
from bench.control_plane import CREDENTIALS, control_plane, fill

TASKS = 10_000
INSTANCES = 100
FAMILIES = 100
"""app-0 … app-99, each with as many tasks as the others."""


class BigCluster(msgspec.Struct, frozen=True):
    variables: dict[str, str]
    """As `roadstead env` prints them."""


@contextmanager
def big_cluster(folder: Path, site: Path) -> Iterator[BigCluster]:
    """A server on it; it has ended when the block is left."""
    fill(folder, definitions=FAMILIES, tasks=TASKS, instances=INSTANCES)
    with (
        patch.dict(os.environ, {"ROADSTEAD_CONSOLE_DIR": str(site)}),
        control_plane(folder) as server,
    ):
        yield BigCluster(
            {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}",
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": CREDENTIALS.access_key_id,
                "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret,
            }
        )
