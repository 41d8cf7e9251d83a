"""Access keys of one data directory: made, added, found. Plain file code, no policy.

`keys.json` is made at the first start, is private to its owner and only ever replaced whole. Three
kinds: `root` (the user), `host` (reports what happened to EC2 instances), `instance` (one agent
each). The control plane reads the file again when a request names a key that it does not know.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from roadstead.files import write_whole
from roadstead.ids import Ids

ACCESS_KEY_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SECRET_LENGTH = 40

Kind = Literal["root", "host", "instance"]


class KeysError(Exception):
    """The keys cannot be read or set; the text says why and what would help."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An access key and whom it speaks for. Its secret never shows in a log."""

    access_key_id: str
    secret_access_key: str
    kind: Kind
    account: str
    arn: str

    def __repr__(self) -> str:
        return f"Key({self.access_key_id}, {self.kind}, {self.arn})"


class KeysFile(msgspec.Struct, frozen=True):
    keys: tuple[Key, ...] = ()


def read(path: Path) -> tuple[Key, ...]:
    """All keys in the file; none if it does not exist.

    Raises: KeysError when the file is damaged.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return ()
    try:
        return msgspec.json.decode(content, type=KeysFile).keys
    except msgspec.DecodeError as error:
        raise KeysError(
            f"{path} is damaged ({error}). Restore it from a copy; without it every client and "
            "agent needs new keys (`roadstead down --purge` starts from nothing)."
        ) from error


def ensure(
    path: Path, account: str, ids: Ids, environ: Mapping[str, str] = os.environ
) -> tuple[Key, ...]:
    """All keys, after making a root key and a host key where there is none.

    ROADSTEAD_ROOT_ACCESS_KEY_ID and ROADSTEAD_ROOT_SECRET_ACCESS_KEY take the root key's place in
    what is returned and are never written down.

    Raises: KeysError when the file is damaged, or one of the two variables is missing.
    """
    override = root_from_environment(account, environ)
    with _locked(path):
        keys = read(path)
        for kind, arn in (
            ("root", f"arn:aws:iam::{account}:root"),
            ("host", f"arn:aws:iam::{account}:role/roadstead-host"),
        ):
            if not any(key.kind == kind for key in keys):
                keys = (*keys, _new(ids, kind, account, arn))
                _write(path, keys)
    if override is None:
        return keys
    return (override, *(key for key in keys if key.kind != "root"))


def add_instance_key(path: Path, account: str, instance_id: str, ids: Ids) -> Key:
    """The key of an instance's agent: the one it has, or a new one."""
    arn = f"arn:aws:sts::{account}:assumed-role/ecsInstanceRole/{instance_id}"
    with _locked(path):
        keys = read(path)
        for key in keys:
            if key.arn == arn:
                return key
        key = _new(ids, "instance", account, arn)
        _write(path, (*keys, key))
    return key


def remove_instance_key(path: Path, instance_id: str) -> None:
    """Forget the key of an instance that is gone."""
    with _locked(path):
        keys = read(path)
        kept = tuple(
            key for key in keys if key.kind != "instance" or not key.arn.endswith(f"/{instance_id}")
        )
        if kept != keys:
            _write(path, kept)


def of_kind(keys: tuple[Key, ...], kind: Kind) -> Key:
    """The first key of a kind.

    Raises: KeysError when there is none.
    """
    for key in keys:
        if key.kind == kind:
            return key
    raise KeysError(
        f"There is no {kind} key yet. `roadstead up` makes one on its first start in a data "
        "directory; give the same --data-dir here."
    )


def root_from_environment(account: str, environ: Mapping[str, str]) -> Key | None:
    """The root key that the environment sets, or None.

    Raises: KeysError when only one half of it is set.
    """
    key_id = environ.get("ROADSTEAD_ROOT_ACCESS_KEY_ID", "")
    secret = environ.get("ROADSTEAD_ROOT_SECRET_ACCESS_KEY", "")
    if not key_id and not secret:
        return None
    if not key_id or not secret:
        raise KeysError(
            "ROADSTEAD_ROOT_ACCESS_KEY_ID and ROADSTEAD_ROOT_SECRET_ACCESS_KEY must be set "
            "together, or neither."
        )
    return Key(
        access_key_id=key_id,
        secret_access_key=secret,
        kind="root",
        account=account,
        arn=f"arn:aws:iam::{account}:root",
    )


def _new(ids: Ids, kind: str, account: str, arn: str) -> Key:
    return msgspec.convert(
        {
            "access_key_id": "AKIA"
            + "".join(ACCESS_KEY_ALPHABET[ids.below(32)] for _ in range(16)),
            "secret_access_key": ids.token()[:SECRET_LENGTH],
            "kind": kind,
            "account": account,
            "arn": arn,
        },
        Key,
    )


def _write(path: Path, keys: tuple[Key, ...]) -> None:
    write_whole(path, msgspec.json.format(msgspec.json.encode(KeysFile(keys)), indent=2))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One writer at a time: the host adds keys while the server makes the first ones."""
    lock_path = path.with_name(f"{path.name}.lock")
    descriptor = os.open(lock_path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
