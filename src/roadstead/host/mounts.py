"""Mounts under a directory: found in the kernel's list and taken away, deepest first."""

import re
from collections.abc import Iterable
from pathlib import Path

from roadstead.host import kernel

MOUNTINFO = Path("/proc/self/mountinfo")
ROUNDS_MAX = 20

_OCTAL = re.compile(r"\\([0-7]{3})")


def mounts_under(directory: Path, mountinfo: str | None = None) -> list[Path]:
    """Mount points below (or at) `directory`, in the order in which they must be taken away."""
    text = MOUNTINFO.read_text() if mountinfo is None else mountinfo
    prefix = directory.resolve()
    found = [
        point
        for line in text.splitlines()
        if (point := Path(_unescape(line.split(" ")[4]))).is_relative_to(prefix)
    ]
    return list(reversed(found))


def unmount_under(directory: Path) -> None:
    """Take away every mount below `directory`.

    Raises: OSError when some could not be: its files must not be deleted then.
    """
    for _ in range(ROUNDS_MAX):
        points = mounts_under(directory)
        if not points:
            return
        _unmount_all(points)
    raise OSError(f"mounts under {directory} keep coming back: {points[:3]}")


def _unmount_all(points: Iterable[Path]) -> None:
    for point in points:
        try:
            kernel.unmount(point)
        except OSError as error:
            if point in mounts_under(point):
                raise OSError(f"cannot unmount {point}: {error}") from error


def _unescape(field: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match.group(1), 8)), field)
