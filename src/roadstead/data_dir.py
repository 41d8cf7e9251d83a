"""The data directory: what is in it, whose it is, and who may work in it.

A directory becomes Roadstead's by `roadstead.json`, written only into an empty or new one. So
`down --purge` may delete it whole, and a slip of the keyboard (`--data-dir ~`) is refused.
"""

import fcntl
import hashlib
import os
from pathlib import Path
from typing import IO

import msgspec

from roadstead.clock import wait_until
from roadstead.files import PRIVATE_DIRECTORY, make_private_directory, write_whole

FORMAT = 1
MARKER = "roadstead.json"
LOCK_RETRY_SECONDS = 0.05
CHARACTERS_REFUSED = ":,\\"
"""Of these overlayfs, skopeo and umoci make something else than a path."""


class DataDirError(Exception):
    """The data directory cannot be used; the text says why and what would help."""


class DataDir(msgspec.Struct, frozen=True):
    """Paths inside one data directory."""

    path: Path

    @property
    def short_id(self) -> str:
        """Six hexadecimal digits that name this directory's devices, rules and cgroups."""
        return hashlib.sha256(os.fsencode(self.path.resolve())).hexdigest()[:6]

    @property
    def keys_file(self) -> Path:
        return self.path / "keys.json"

    @property
    def instances_file(self) -> Path:
        return self.path / "instances.json"

    @property
    def instances(self) -> Path:
        return self.path / "instances"

    @property
    def images(self) -> Path:
        return self.path / "images"

    @property
    def dataplane(self) -> Path:
        """What the server writes for the load balancers' proxy, and what that writes."""
        return self.path / "dataplane"

    @property
    def proxy_file(self) -> Path:
        return self.path / "proxy.json"

    @property
    def host_socket(self) -> Path:
        return self.path / "host.sock"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def up_file(self) -> Path:
        return self.path / "up.json"

    def lock_file(self, program: str) -> Path:
        return self.path / f"{program}.lock"


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """What `roadstead.json` says."""

    format: int
    account_id: str
    region: str


def claim(path: Path, account_id: str, region: str) -> DataDir:
    """Open the data directory at `path`, or make it Roadstead's if it is empty or new.

    Others may not look into it, even if they could before.
    Raises: DataDirError when it belongs to something else, to another user, to a newer Roadstead,
        or to another account.
    """
    if refused := [character for character in CHARACTERS_REFUSED if character in str(path)]:
        raise DataDirError(
            f"The data directory {path} cannot have '{refused[0]}' in its path: container images "
            "could not be used there. Choose another with --data-dir."
        )
    try:
        make_private_directory(path)
        check_owner(path)
        marker = read_marker(path)
        if marker is None:
            _refuse_foreign(path)
        path.chmod(PRIVATE_DIRECTORY)
        if marker is None:
            marker = Marker(format=FORMAT, account_id=account_id, region=region)
            write_whole(path / MARKER, msgspec.json.encode(marker))
    except OSError as error:
        raise DataDirError(
            f"The data directory {path} cannot be used: {error.strerror}. "
            "Choose one that you may write to with --data-dir."
        ) from error
    if marker.account_id != account_id:
        raise DataDirError(
            f"The data directory {path} belongs to account {marker.account_id}, not {account_id}. "
            f"Set ROADSTEAD_ACCOUNT_ID={marker.account_id}, or choose another with --data-dir."
        )
    return DataDir(path)


def check_owner(path: Path) -> None:
    """Return if the directory is the user's own: what is in it says what to do as that user.

    Raises: DataDirError
    """
    try:
        owner = path.stat().st_uid
    except FileNotFoundError:
        return
    if owner != os.geteuid():
        raise DataDirError(
            f"The data directory {path} belongs to user {owner}, and you are user {os.geteuid()}: "
            "its owner could make you do anything. Act as its owner, make it yours with chown, or "
            "choose another with --data-dir."
        )


def read_marker(path: Path) -> Marker | None:
    """What makes `path` Roadstead's, or None.

    Raises: DataDirError when it was written by a newer Roadstead, or cannot be read.
    """
    try:
        content = (path / MARKER).read_bytes()
    except FileNotFoundError:
        return None
    try:
        marker = msgspec.json.decode(content, type=Marker)
    except msgspec.DecodeError as error:
        raise DataDirError(
            f"{path / MARKER} is damaged ({error}). "
            "Restore it from a copy, or choose another directory with --data-dir."
        ) from error
    if marker.format > FORMAT:
        raise DataDirError(
            f"The data directory {path} was written by a newer Roadstead (format {marker.format}; "
            f"this one knows {FORMAT}). Use that version again; nothing was changed."
        )
    return marker


def lock(data_dir: DataDir, program: str) -> IO[bytes]:
    """Hold the directory for `program` until the returned file is closed, or the process ends.

    Raises: DataDirError when another process holds it.
    """
    file = open(data_dir.lock_file(program), "ab")  # noqa: SIM115  # open while we hold the lock
    os.fchmod(file.fileno(), 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise DataDirError(
            f"Another `roadstead {program}` works in {data_dir.path}. "
            "Stop it with `roadstead down`, or choose another directory with --data-dir."
        ) from None
    return file


def is_locked(data_dir: DataDir, program: str) -> bool:
    """Whether a live process holds the directory for `program`."""
    try:
        with open(data_dir.lock_file(program), "rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def wait_until_unlocked(data_dir: DataDir, program: str, seconds: float) -> bool:
    """Whether nobody holds the directory for `program` any more, before the time is up."""
    return wait_until(lambda: not is_locked(data_dir, program), seconds, LOCK_RETRY_SECONDS)


def _refuse_foreign(path: Path) -> None:
    if any(path.iterdir()):
        raise DataDirError(
            f"The directory {path} is not empty and not Roadstead's. "
            "Choose an empty or new one with --data-dir."
        )
