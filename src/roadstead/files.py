"""Files that must survive a crash: written whole or not at all, private to their owner."""

import os
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_DIRECTORY = 0o700


def write_whole(path: Path, content: bytes, mode: int = PRIVATE_FILE) -> None:
    """Replace `path` so that a crash at any moment leaves the old content or the new."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        os.fchmod(descriptor, mode)
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.rename(path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Make renames and new names in a directory durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private_directory(path: Path) -> None:
    """Make `path` and what leads to it; what we make is readable by its owner only."""
    for missing in reversed([part for part in (path, *path.parents) if not part.exists()]):
        missing.mkdir(mode=PRIVATE_DIRECTORY, exist_ok=True)
