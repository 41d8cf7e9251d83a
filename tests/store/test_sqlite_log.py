"""The SQLite log on real files: what is kept, who may open it, and how it says no."""

import asyncio
import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from given import a_cluster, a_service, a_task, a_task_definition
from roadstead.clock import SystemClock
from roadstead.control.schema import SCHEMA
from roadstead.ecs.records.cluster import CLUSTERS, Cluster
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.state.records import Record, Table
from roadstead.state.view import View
from roadstead.store import sqlite
from roadstead.store.log import LogError
from roadstead.store.sqlite import FILE, SqliteLog
from roadstead.store.store import Store

ARN = "arn:aws:ecs:us-east-1:123456789012:cluster/"


def append(log: SqliteLog, *records: tuple[Table[Any], Record]) -> None:
    asyncio.run(log.append({(table.name, r.arn): (table, r) for table, r in records}))


def cluster(name: str) -> tuple[Table[Any], Record]:
    return CLUSTERS, Cluster(arn=ARN + name, name=name, version=1)


def append_until_it_fails(log: SqliteLog, kept: list[str]) -> None:
    for number in range(10_000):
        record = Cluster(arn=f"{ARN}{number}", name="x" * 500, version=1)
        append(log, (CLUSTERS, record))
        kept.append(record.arn)


def reopened(directory: Path) -> View:
    log = SqliteLog(directory)
    try:
        return log.load(SCHEMA)
    finally:
        log.close()


def test_what_was_appended_is_there_after_a_restart(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    append(log, cluster("a"), cluster("b"))
    log.close()
    assert reopened(tmp_path).must(CLUSTERS, ARN + "a") == cluster("a")[1]
    assert reopened(tmp_path).size(CLUSTERS) == 2


def test_records_of_every_shape_come_back_as_they_were(tmp_path: Path) -> None:
    records = (a_cluster(), a_service(), a_task(1), a_task_definition())
    tables = (
        CLUSTERS,
        *(t for t in SCHEMA.tables if t.name == "services"),
        TASKS,
        TASK_DEFINITIONS,
    )
    log = SqliteLog(tmp_path)
    append(log, *zip(tables, records, strict=True))
    log.close()
    view = reopened(tmp_path)
    assert [view.get(table, r.arn) for table, r in zip(tables, records, strict=True)] == [*records]


def test_a_record_that_is_gone_stays_gone(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    append(log, cluster("a"), cluster("b"))
    asyncio.run(log.append({("clusters", ARN + "a"): (CLUSTERS, None)}))
    log.close()
    assert [c.arn for c in reopened(tmp_path).all(CLUSTERS)] == [ARN + "b"]


def test_a_batch_larger_than_one_statement_is_kept_whole(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    append(log, *(cluster(f"c{number}") for number in range(1234)))
    batch: Any = {("clusters", f"{ARN}c{n}"): (CLUSTERS, None) for n in range(1, 1234)}
    asyncio.run(log.append(batch))
    log.close()
    assert [c.arn for c in reopened(tmp_path).all(CLUSTERS)] == [ARN + "c0"]


def test_replaying_the_log_gives_the_view_that_was_served(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)

    async def story() -> dict[str, Record]:
        store = Store(log, SCHEMA, SystemClock())
        async with asyncio.TaskGroup() as group:
            group.create_task(store.run())
            for number in range(300):
                name = f"c{number % 40}"
                if number % 7 == 0:
                    store.update(lambda tx, name=name: tx.delete(CLUSTERS, ARN + name))
                else:
                    status = f"S{number}"
                    store.update(
                        lambda tx, name=name, status=status: tx.put(
                            CLUSTERS, Cluster(arn=ARN + name, name=name, status=status)
                        )
                    )
                if number % 11 == 0:
                    await store.durable()
            store.close()
        return {record.arn: record for record in store.view.all(CLUSTERS)}

    served = asyncio.run(story())
    log.close()
    assert {record.arn: record for record in reopened(tmp_path).all(CLUSTERS)} == served


def test_files_are_private_to_their_owner(tmp_path: Path) -> None:
    directory = tmp_path / "new"
    log = SqliteLog(directory)
    append(log, cluster("a"))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in directory.iterdir()}
    log.close()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert {"state.db", "state.db-wal", "state.lock"} <= set(modes)


def test_a_directory_in_use_says_by_which_process(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path)
    with pytest.raises(LogError, match=f"in use by process {os.getpid()}.*roadstead down"):
        SqliteLog(tmp_path)
    log.close()
    SqliteLog(tmp_path).close()


def test_an_older_file_opens_and_new_fields_have_their_defaults(tmp_path: Path) -> None:
    SqliteLog(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as old, old:
        old.execute("update meta set value = '0' where name = 'format'")
        # {"arn": …, "left_by_an_older_version": true} in MessagePack
        arn = (ARN + "a").encode()
        record = b"\x82\xa3arn\xd9" + bytes([len(arn)]) + arn + b"\xb8left_by_an_older_version\xc3"
        old.execute("insert into records values ('clusters', ?, ?)", (ARN + "a", record))
        old.execute("insert into records values ('a_table_that_is_no_more', 'x', x'80')")
    assert reopened(tmp_path).must(CLUSTERS, ARN + "a") == Cluster(arn=ARN + "a")


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    SqliteLog(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / FILE)) as newer, newer:
        newer.execute("update meta set value = '99' where name = 'format'")
        newer.execute("update meta set value = '7.0.0' where name = 'written_by'")
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(LogError, match=r"Roadstead 7\.0\.0 \(format 99\).*knows format 1"):
        SqliteLog(tmp_path)
    assert (tmp_path / FILE).read_bytes() == before


@pytest.mark.parametrize("damage", ["overwritten", "cut", "not_ours", "record"])
def test_a_damaged_file_is_told_plainly_and_left_alone(tmp_path: Path, damage: str) -> None:
    log = SqliteLog(tmp_path)
    append(log, *(cluster(f"c{number}") for number in range(500)))
    log.close()
    file = tmp_path / FILE
    whole = file.read_bytes()
    match damage:
        case "overwritten":
            file.write_bytes(whole[:8192] + b"\xa5" * 8192 + whole[16384:])
        case "cut":
            file.write_bytes(whole[: len(whole) // 2])
        case "not_ours":
            file.write_bytes(b"this is somebody's diary\n" * 100)
        case "record":
            with contextlib.closing(sqlite3.connect(file)) as connection, connection:
                connection.execute("update records set record = x'ff' where arn = ?", (ARN + "c7",))
    before = file.read_bytes()
    with pytest.raises(LogError, match=r"state\.db is damaged .*Restore it"):
        reopened(tmp_path)
    assert file.read_bytes() == before


def test_a_directory_that_may_not_be_written_is_told_plainly(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(LogError, match=r"cannot be used: .*--data-dir"):
        SqliteLog(blocked)


def test_a_full_disk_is_told_plainly_and_nothing_that_was_kept_is_damaged(tmp_path: Path) -> None:
    """In a process of its own, whose files may not grow beyond a limit."""
    limit = 400_000
    program = textwrap.dedent(
        f"""
        import asyncio, resource, signal, sys
        from pathlib import Path
        from roadstead.ecs.records.cluster import CLUSTERS, Cluster
        from roadstead.store.log import LogError
        from roadstead.store.sqlite import SqliteLog

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
        log = SqliteLog(Path(sys.argv[1]))

        async def fill():
            for number in range(100_000):
                record = Cluster(arn=f"{ARN}{{number}}", name="x" * 500, version=1)
                await log.append({{("clusters", record.arn): (CLUSTERS, record)}})
                print(record.arn, flush=True)

        try:
            asyncio.run(fill())
        except LogError as error:
            sys.stderr.write(str(error))
            sys.exit(3)
        """
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 3, run.stderr
    assert "What was acknowledged is safe" in run.stderr
    acknowledged = run.stdout.split()
    assert len(acknowledged) > 10
    assert {c.arn for c in reopened(tmp_path).all(CLUSTERS)} == set(acknowledged)


def test_a_disk_without_room_is_called_full(tmp_path: Path) -> None:
    """On a small file system of its own, where this process may mount one."""
    mount = tmp_path / "small"
    mount.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(mount)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("mounting needs root")
    try:
        log = SqliteLog(mount)
        kept: list[str] = []
        with pytest.raises(LogError, match=r"The disk that holds .* is full\..*Make room"):
            append_until_it_fails(log, kept)
        log.close()
        assert len(kept) > 10
        assert {c.arn for c in reopened(mount).all(CLUSTERS)} == {*kept}
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_a_crash_while_the_file_is_made_leaves_one_that_opens(tmp_path: Path) -> None:
    (tmp_path / FILE).touch(mode=0o600)
    assert reopened(tmp_path).size(CLUSTERS) == 0


def test_rows_are_removed_by_their_key_and_no_other_row_is_looked_at() -> None:
    """Otherwise each removal costs as much as there is state."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(sqlite._CREATE)
    plan = connection.execute(f"explain query plan {sqlite._delete(2)}", ("tasks", "a", "b"))
    assert [step[3] for step in plan] == [
        "SEARCH records USING PRIMARY KEY (table_name=? AND arn=?)"
    ]
