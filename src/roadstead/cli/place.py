"""Where the command works: which data directory, account and region, and what runs there."""

import os
from pathlib import Path

import msgspec

from roadstead import data_dir as data_dirs
from roadstead import keys, settings
from roadstead.data_dir import DataDir, DataDirError
from roadstead.files import write_whole
from roadstead.host import processes
from roadstead.host.processes import ProcessMark


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """`up.json`: the `roadstead up` that last worked in a data directory."""

    mark: ProcessMark
    port: int
    region: str
    account_id: str
    cluster: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A data directory with the account and region that its programs use."""

    data_dir: DataDir
    account_id: str
    region: str

    @property
    def endpoint(self) -> str:
        """The control plane's URL, as the last `up` chose it."""
        running = read_running(self.data_dir)
        return f"http://127.0.0.1:{settings.DEFAULT_PORT if running is None else running.port}"

    def root_key(self) -> keys.Key:
        """Raises: KeysError when there is none yet."""
        override = keys.root_from_environment(self.account_id, os.environ)
        return override or keys.of_kind(keys.read(self.data_dir.keys_file), "root")


def new(path: Path | None) -> Place:
    """The place where a program is to start; its data directory becomes Roadstead's.

    Raises: DataDirError or SettingError when that cannot be.
    """
    chosen = (path or settings.default_data_dir()).resolve()
    account_id, region = _account_and_region(chosen)
    return Place(
        data_dir=data_dirs.claim(chosen, account_id, region),
        account_id=account_id,
        region=region,
    )


def existing(path: Path | None) -> Place:
    """The place where something was started before.

    Raises: DataDirError when nothing was.
    """
    chosen = (path or settings.default_data_dir()).resolve()
    try:
        marker = data_dirs.read_marker(chosen)
    except PermissionError:
        raise DataDirError(
            f"You may not read {chosen}. Use sudo, or name your own with --data-dir."
        ) from None
    if marker is None:
        raise DataDirError(
            f"{chosen} is not a data directory of Roadstead. Start with `roadstead up`, or name "
            "the right one with --data-dir or ROADSTEAD_DATA_DIR."
        )
    data_dirs.check_owner(chosen)
    account_id, region = _account_and_region(chosen)
    return Place(data_dir=DataDir(chosen), account_id=account_id, region=region)


def read_running(data_dir: DataDir) -> Running | None:
    """What `up` last wrote down; None if it never ran here."""
    try:
        return msgspec.json.decode(data_dir.up_file.read_bytes(), type=Running)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write_running(place: Place, port: int, cluster: str) -> None:
    """Write down that this process is the `up` of its data directory."""
    running = Running(
        mark=ProcessMark(os.getpid(), processes.start_ticks(os.getpid()) or 0),
        port=port,
        region=place.region,
        account_id=place.account_id,
        cluster=cluster,
    )
    write_whole(place.data_dir.up_file, msgspec.json.encode(running))


def _account_and_region(path: Path) -> tuple[str, str]:
    """What the environment says, else what the directory was made with, else the defaults."""
    marker = data_dirs.read_marker(path)
    environ = dict(os.environ)
    if marker is not None:
        environ.setdefault("ROADSTEAD_ACCOUNT_ID", marker.account_id)
        environ.setdefault("ROADSTEAD_REGION", marker.region)
    return settings.account_id(environ), settings.region(environ)
