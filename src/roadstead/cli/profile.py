"""The AWS profile `roadstead`, written only when asked for."""

import configparser
import os
from pathlib import Path

from roadstead.files import make_private_directory, write_whole
from roadstead.keys import Key

NAME = "roadstead"


def write(endpoint: str, region: str, key: Key) -> list[Path]:
    """Add or replace the profile in AWS's own two files; returns them. Other profiles stay.

    Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
    """
    config = Path(os.environ.get("AWS_CONFIG_FILE", "~/.aws/config")).expanduser()
    credentials = Path(
        os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    ).expanduser()
    _replace(config, f"profile {NAME}", {"region": region, "endpoint_url": endpoint})
    _replace(
        credentials,
        NAME,
        {
            "aws_access_key_id": key.access_key_id,
            "aws_secret_access_key": key.secret_access_key,
        },
    )
    return [config, credentials]


def _replace(path: Path, section: str, values: dict[str, str]) -> None:
    """Rewrite one section of a file and keep every other line as it is."""
    make_private_directory(path.parent)
    lines = path.read_text().splitlines() if path.exists() else []
    kept, inside = [], False
    for line in lines:
        if line.lstrip().startswith("["):
            inside = line.strip() == f"[{section}]"
        if not inside:
            kept.append(line)
    while kept and not kept[-1].strip():
        kept.pop()
    added = [f"[{section}]", *(f"{name} = {value}" for name, value in values.items())]
    text = "\n".join([*kept, *([""] if kept else []), *added]) + "\n"
    configparser.RawConfigParser(strict=False).read_string(text)  # must stay readable
    write_whole(path.resolve(), text.encode())
