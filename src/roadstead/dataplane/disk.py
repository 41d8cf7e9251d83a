"""Disk: the files that the proxy watches, each replaced as a whole by a rename.

Made in `staging`, which nobody watches. Nothing is synced: after a crash of the machine they are
written anew from the state before the proxy is started.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec

from roadstead.dataplane.snapshot.names import Files
from roadstead.files import make_private_directory

FILE_MODE = 0o640
DIRECTORY_MODE = 0o750
"""The group is the proxy's own user's, if the host program gave it one."""


class Disk:
    """Files below one directory."""

    def __init__(self, root: Path) -> None:
        self.files = Files(root)
        self._content: dict[str, bytes] = {}
        """What we know to be there, by path."""

    def prepare(self) -> None:
        """Make the directories; nothing is staged yet."""
        make_private_directory(Path(self.files.root))
        for path in (
            self.files.staging,
            self.files.listeners.parent,
            self.files.clusters.parent,
            self.files.certificates,
            self.files.run,
            self.files.access_logs,
            self.files.root / "routes",
            self.files.root / "endpoints",
        ):
            Path(path).mkdir(mode=DIRECTORY_MODE, exist_ok=True)
        for left in Path(self.files.staging).iterdir():  # by a server that was killed
            left.unlink()

    def put(self, path: os.PathLike[str], content: bytes) -> bool:
        """Let the file have this content; whether it had another."""
        where = Path(path)
        known = self._content.get(str(where))
        if known is None:
            known = _read(where)
        if known == content:
            self._content[str(where)] = content
            return False
        where.parent.mkdir(mode=DIRECTORY_MODE, exist_ok=True)
        beside = Path(self.files.staging) / f"{where.parent.name}.{where.name}"
        descriptor = os.open(
            beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, FILE_MODE
        )
        with open(descriptor, "wb") as file:
            file.write(content)
        os.replace(beside, where)
        self._content[str(where)] = content
        return True

    def remove(self, path: os.PathLike[str]) -> None:
        """No such file any more, nor the directory that it was alone in."""
        where = Path(path)
        self._content.pop(str(where), None)
        where.unlink(missing_ok=True)
        if len(where.relative_to(self.files.root).parts) > 2:
            shutil.rmtree(where.parent, ignore_errors=True)

    def keep_only(self, folder: str, names: Iterable[str]) -> None:
        """Remove what a former server left in `routes` or `endpoints`."""
        kept = set(names)
        parent = Path(self.files.root) / folder
        for each in parent.iterdir() if parent.is_dir() else ():
            if each.name not in kept:
                shutil.rmtree(each, ignore_errors=True)

    def keep_certificates(self, names: Iterable[str], listeners: object) -> None:
        """Remove private keys and certificates but these, and those that listeners name."""
        kept = {f"{name}.{end}" for name in names for end in ("crt", "key")}
        left = [each for each in Path(self.files.certificates).iterdir() if each.name not in kept]
        # One that is refused goes on with what it had, and is read again when a proxy starts.
        served = msgspec.json.encode(listeners) if left else b""
        for each in left:
            if each.name.encode() not in served:
                self.remove(each)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
