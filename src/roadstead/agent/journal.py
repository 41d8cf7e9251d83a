"""The agent's memory on disk: who it is, and the records of its tasks.

A write is in the operating system's hands when `write` returns, so it outlives the process; `flush`
waits until it is on the disk, so that it outlives the machine. Nothing is acknowledged to the
control plane before `flush`. Each record carries a checksum.
"""

import asyncio
import os
import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from roadstead.agent.ends import EXIT_RETRY, EXIT_TERMINAL, AgentEnd
from roadstead.agent.engine.instructions import ForgetTask, SaveTask
from roadstead.agent.engine.records import TaskState, decode_task
from roadstead.files import PRIVATE_FILE, make_private_directory

FILE_NAME = "agent.db"
FORMAT = 1
CHECKSUM_BYTES = 4


class Identity(msgspec.Struct, frozen=True):
    """Which container instance this agent is, since its first registration."""

    cluster: str
    container_instance_arn: str


class Journal:
    """One open state file; exactly one agent has it."""

    def __init__(self, connection: sqlite3.Connection, path: Path | None) -> None:
        self._connection = connection
        self._path = path
        self._wal: int | None = None
        self._lock = asyncio.Lock()
        self._written = 0
        self._synced = 0

    @classmethod
    def open(cls, data_dir: Path) -> "Journal":
        """Open or make the state file in `data_dir`. Raises: AgentEnd"""
        path = data_dir / FILE_NAME
        try:
            make_private_directory(data_dir)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE))
            connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise AgentEnd(
                EXIT_RETRY, f"the state file {path} cannot be opened: {error}"
            ) from error
        journal = cls(connection, path)
        try:
            journal._prepare()
        except BaseException:
            connection.close()
            raise
        return journal

    @classmethod
    def in_memory(cls) -> "Journal":
        """A journal that lasts as long as the object: for simulations."""
        journal = cls(sqlite3.connect(":memory:", isolation_level=None), None)
        journal._prepare()
        return journal

    def identity(self) -> Identity | None:
        """Who this agent is; None before its first registration. Raises: AgentEnd"""
        record = self._get("identity")
        if record is None:
            return None
        try:
            return msgspec.msgpack.decode(_checked(record), type=Identity)
        except (ValueError, msgspec.DecodeError) as error:
            raise self._damaged("the instance's identity", error) from error

    def remember_identity(self, identity: Identity) -> None:
        """Keep who this agent is."""
        self._put("identity", _sealed(msgspec.msgpack.encode(identity)))

    def sequence_number(self) -> int:
        """The highest sequence number of a manifest taken over."""
        record = self._get("sequence_number")
        return 0 if record is None else int.from_bytes(record)

    def remember_sequence_number(self, number: int) -> None:
        """Keep the sequence number of a manifest."""
        self._put("sequence_number", number.to_bytes(8))

    def fact(self, name: str) -> bytes | None:
        """What was remembered under a name; None when nothing was. Raises: AgentEnd"""
        record = self._get(f"fact:{name}")
        if record is None:
            return None
        try:
            return _checked(record)
        except ValueError as error:
            raise self._damaged(name, error) from error

    def remember_fact(self, name: str, value: bytes) -> None:
        """Keep something small that is no task."""
        self._put(f"fact:{name}", _sealed(value))

    def tasks(self) -> list[TaskState]:
        """The tasks it remembers. Raises: AgentEnd"""
        try:
            rows = self._connection.execute("SELECT arn, record FROM tasks").fetchall()
        except sqlite3.Error as error:
            raise self._damaged("the tasks", error) from error
        found = []
        for arn, record in rows:
            try:
                found.append(decode_task(_checked(record)))
            except (ValueError, msgspec.DecodeError) as error:
                raise self._damaged(f"task {arn}", error) from error
        return found

    def write(self, changes: Iterable[SaveTask | ForgetTask]) -> None:
        """Take over records, all or none. Raises: AgentEnd"""
        rows = self._connection
        try:
            rows.execute("BEGIN")
            for change in changes:
                if isinstance(change, SaveTask):
                    record = _sealed(change.record)
                    rows.execute("REPLACE INTO tasks VALUES (?, ?)", (change.task_arn, record))
                else:
                    rows.execute("DELETE FROM tasks WHERE arn = ?", (change.task_arn,))
            rows.execute("COMMIT")
        except sqlite3.Error as error:
            raise AgentEnd(
                EXIT_RETRY, f"the state file {self._path} cannot be written: {error}"
            ) from error
        self._written += 1

    async def flush(self) -> None:
        """Return when all that was written so far is on the disk. Raises: AgentEnd"""
        wanted = self._written
        async with self._lock:
            if self._synced >= wanted or self._path is None:
                return
            reached = self._written
            if self._wal is None:
                self._wal = os.open(f"{self._path}-wal", os.O_RDWR | os.O_CLOEXEC)
            try:
                await asyncio.to_thread(os.fdatasync, self._wal)
            except OSError as error:
                raise AgentEnd(
                    EXIT_RETRY, f"the state file {self._path} cannot be written: {error}"
                ) from error
            self._synced = reached

    def close(self) -> None:
        """Let go of the file."""
        if self._wal is not None:
            os.close(self._wal)
        self._connection.close()

    def _prepare(self) -> None:
        try:
            for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL"):
                self._connection.execute(f"PRAGMA {pragma}").fetchall()
            self._connection.execute("BEGIN IMMEDIATE")
            verdict = self._connection.execute("PRAGMA quick_check").fetchone()[0]
            if verdict != "ok":
                raise self._damaged("the file", sqlite3.DatabaseError(verdict))
            self._check_format()
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise AgentEnd(
                    EXIT_RETRY, f"the state file {self._path} cannot be used: {error}"
                ) from error
            text = (
                f"another agent is using {self._path}; each agent needs an ECS_DATADIR of its own"
            )
            raise AgentEnd(EXIT_RETRY, text) from error
        except sqlite3.DatabaseError as error:
            raise self._damaged("the file", error) from error

    def _check_format(self) -> None:
        rows = self._connection
        rows.execute("CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value BLOB)")
        rows.execute("CREATE TABLE IF NOT EXISTS tasks (arn TEXT PRIMARY KEY, record BLOB)")
        version = rows.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            raise AgentEnd(
                EXIT_TERMINAL,
                f"the state file {self._path} has format {version}, this agent knows {FORMAT}: "
                "run the newer agent that wrote it, or empty its folder to register anew",
            )
        rows.execute(f"PRAGMA user_version={FORMAT}")

    def _damaged(self, what: str, error: Exception) -> AgentEnd:
        return AgentEnd(
            EXIT_TERMINAL,
            f"the state file {self._path} is damaged ({what}: {error}). Nothing was changed. "
            "Restore it from a copy, or empty its folder to register as a new container instance",
        )

    def _get(self, name: str) -> bytes | None:
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def _put(self, name: str, value: bytes) -> None:
        self._connection.execute("REPLACE INTO facts VALUES (?, ?)", (name, value))
        self._written += 1


def _sealed(record: bytes) -> bytes:
    return zlib.crc32(record).to_bytes(CHECKSUM_BYTES) + record


def _checked(record: bytes) -> bytes:
    body = record[CHECKSUM_BYTES:]
    if zlib.crc32(body) != int.from_bytes(record[:CHECKSUM_BYTES]):
        raise ValueError("its checksum does not match")
    return body
