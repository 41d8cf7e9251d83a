"""SqliteLog: the log of one machine. A file in WAL mode; every batch is one synced transaction.

One thread owns the connection; records are encoded there. A batch goes in as few statements as
possible, because each one hands the interpreter lock back and forth while the server works.
"""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import msgspec

from roadstead.files import PRIVATE_FILE, make_private_directory
from roadstead.state.records import Schema
from roadstead.state.view import View
from roadstead.store.log import Batch, LogError

FORMAT = 1
"""Of the tables below. Records may grow fields without a new one: they have defaults."""
FILE = "state.db"
LOCK_FILE = "state.lock"
ROWS_PER_STATEMENT_MAX = 500
CACHE_KIB = 8 * 1024
PAGE_BYTES = 8192
"""A record of up to a quarter of it lies in its table's tree; a longer one takes pages of its own.
With SQLite's 4096, nearly every task did: files three times as large, twice the work to write."""
CHECKPOINT_PAGES = 2000
"""About 16 MiB of log before its pages go to their places."""

_CREATE = """
create table meta (name text primary key, value text not null) without rowid;
create table records (
    table_name text not null,
    arn text not null,
    record blob not null,
    primary key (table_name, arn)
) without rowid;
"""


class SqliteLog:
    """Keeps records in `<directory>/state.db`; nobody else may open it meanwhile."""

    def __init__(self, directory: Path) -> None:
        """Takes the directory, and makes the file if there is none.

        Raises: LogError when another process has it, a newer Roadstead wrote it, it is damaged, or
            the directory cannot be used.
        """
        self._path = directory / FILE
        self._encode = msgspec.msgpack.Encoder().encode
        self._lock = _locked(directory)
        try:
            self._connection = _opened(self._path)
        except BaseException:
            self._lock.close()
            raise
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")

    def load(self, schema: Schema) -> View:
        view = View(schema)
        rows = "select record from records where table_name = ?"
        table_name = ""
        try:
            for table in schema.tables:
                table_name = table.name
                decode = msgspec.msgpack.Decoder(table.record_type).decode
                found = self._connection.execute(rows, (table.name,))
                view.load(table, (decode(record) for (record,) in found))
        except (sqlite3.Error, msgspec.DecodeError) as error:
            raise _damaged(self._path, f"{table_name}: {error}") from error
        return view

    async def append(self, batch: Batch) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._write, batch)
        except sqlite3.Error as error:
            raise _cannot_write(self._path, error) from error

    def close(self) -> None:
        self._thread.shutdown()
        with contextlib.suppress(sqlite3.Error):  # closing also tidies, which a full disk prevents
            self._connection.close()
        self._lock.close()

    def _write(self, batch: Batch) -> None:
        kept: list[Any] = []
        gone: dict[str, list[str]] = {}
        for (table_name, arn), (_, record) in batch.items():
            if record is None:
                gone.setdefault(table_name, []).append(arn)
            else:
                kept += (table_name, arn, self._encode(record))
        execute = self._connection.execute
        if not gone and len(kept) <= 3 * ROWS_PER_STATEMENT_MAX:
            execute(_replace(len(kept) // 3), kept)  # one statement is a transaction by itself
            return
        execute("begin immediate")
        try:
            for start in range(0, len(kept), 3 * ROWS_PER_STATEMENT_MAX):
                part = kept[start : start + 3 * ROWS_PER_STATEMENT_MAX]
                execute(_replace(len(part) // 3), part)
            for table_name, arns in gone.items():
                for start in range(0, len(arns), ROWS_PER_STATEMENT_MAX):
                    part = arns[start : start + ROWS_PER_STATEMENT_MAX]
                    execute(_delete(len(part)), [table_name, *part])
            execute("commit")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):  # some failures have rolled back already
                execute("rollback")
            raise


def _replace(rows: int) -> str:
    """Statements of one length are prepared once: sqlite3 caches them by their text."""
    values = ",".join(["(?,?,?)"] * rows)
    return f"replace into records values {values}"  # noqa: S608  # only question marks


def _delete(rows: int) -> str:
    """Of one table: for pairs of table and ARN, SQLite would look at every row that there is."""
    arns = ",".join("?" * rows)
    return f"delete from records where table_name = ? and arn in ({arns})"  # noqa: S608  # only question marks


def _locked(directory: Path) -> IO[str]:
    """Hold the directory until the file is closed; what it says is who holds it."""
    path = directory / LOCK_FILE
    try:
        make_private_directory(directory)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    except OSError as error:
        raise LogError(
            f"The data directory {directory} cannot be used: {error.strerror}. "
            "Choose one that you may write to with --data-dir."
        ) from error
    file = open(descriptor, "r+", encoding="ascii")  # noqa: SIM115  # open while we hold the lock
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = file.read(20).strip() or "unknown"
        file.close()
        raise LogError(
            f"The data directory {directory} is in use by process {holder}. "
            "Stop it with `roadstead down`, or choose another directory with --data-dir."
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def _opened(path: Path) -> sqlite3.Connection:
    """The file, checked and ready to be read; made if it is not there."""
    is_new = not path.exists()
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE))
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise _cannot_write(path, error) from error
    try:
        if is_new or path.stat().st_size == 0:
            connection.execute(f"pragma page_size = {PAGE_BYTES}")
            _create(connection)
        _check_format(connection, path)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute(f"pragma cache_size = -{CACHE_KIB}")
        connection.execute(f"pragma wal_autocheckpoint = {CHECKPOINT_PAGES}")
        _check_pages(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError):
            raise _cannot_write(path, error) from error
        raise _damaged(path, str(error)) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _create(connection: sqlite3.Connection) -> None:
    """All or nothing: a crash in between leaves an empty file, which is made again."""
    connection.executescript(
        f"begin; {_CREATE} insert into meta values ('format', '{FORMAT}'), "  # noqa: S608  # our own
        f"('written_by', '{version('roadstead')}'); commit;"
    )


def _check_format(connection: sqlite3.Connection, path: Path) -> None:
    meta = dict(connection.execute("select name, value from meta"))
    written = meta.get("format", "")
    if not written.isdigit():
        raise _damaged(path, "it does not say which format it has")
    if int(written) > FORMAT:
        raise LogError(
            f"{path} was written by Roadstead {meta.get('written_by', 'of unknown version')} "
            f"(format {written}); this is {version('roadstead')}, which knows format {FORMAT}. "
            "Install that version or a newer one; nothing was changed."
        )


def _check_pages(connection: sqlite3.Connection, path: Path) -> None:
    """A file that lost pages or was overwritten is found out before it is written to."""
    found = [row[0] for row in connection.execute("pragma quick_check(1)")]
    if found != ["ok"]:
        raise _damaged(path, "; ".join(map(str, found)))


def _damaged(path: Path, what: str) -> LogError:
    return LogError(
        f"{path} is damaged ({' '.join(what.split())[:300]}). Nothing was changed. Restore it and "
        "its -wal file from a copy, or move both away and start with an empty state."
    )


def _cannot_write(path: Path, error: Exception) -> LogError:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
        return LogError(
            f"The disk that holds {path} is full. What was acknowledged is safe, and nothing else "
            "was. Make room, then start again."
        )
    return LogError(
        f"{path} cannot be written ({error}). What was acknowledged is safe, and nothing else was. "
        "Look at the disk and at who owns the file, then start again."
    )
