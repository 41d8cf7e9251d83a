"""The agent's memory on disk: what it gives back, and how it says that it cannot."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from engine_driver import Driver, task

from roadstead.agent.ends import AgentEnd
from roadstead.agent.engine.instructions import ForgetTask, SaveTask
from roadstead.agent.journal import FILE_NAME, Identity, Journal

IDENTITY = Identity("proto", "arn:aws:ecs:us-east-1:123456789012:container-instance/proto/d773")


def records() -> list[SaveTask | ForgetTask]:
    driver = Driver()
    driver.run(task("t1"), task("t2"))
    return [SaveTask(arn, record) for arn, record in driver.saved.items()]


def test_a_new_journal_is_empty_and_private(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "data")
    assert (journal.identity(), journal.tasks(), journal.sequence_number()) == (None, [], 0)
    journal.close()
    assert (tmp_path / "data" / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    journal.remember_identity(IDENTITY)
    journal.remember_sequence_number(2**40)
    changes = records()
    journal.write(changes)
    journal.write([ForgetTask(changes[0].task_arn)])
    asyncio.run(journal.flush())
    journal.close()
    again = Journal.open(tmp_path)
    assert again.identity() == IDENTITY
    assert again.sequence_number() == 2**40
    assert [t.arn for t in again.tasks()] == [changes[1].task_arn]
    again.close()


def test_what_was_written_outlives_a_process_that_closes_nothing(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    journal.write(records())
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in (FILE_NAME, f"{FILE_NAME}-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    again = Journal.open(copy)
    assert len(again.tasks()) == 2
    again.close()
    journal.close()


def test_two_agents_cannot_share_a_folder(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    with pytest.raises(AgentEnd, match="another agent is using") as end:
        Journal.open(tmp_path)
    assert end.value.code == 1
    journal.close()


def test_a_file_that_is_no_database_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database at all" * 400)
    with pytest.raises(AgentEnd, match="is damaged") as end:
        Journal.open(tmp_path)
    assert end.value.code == 5
    assert (tmp_path / FILE_NAME).read_bytes() == b"not a database at all" * 400


def test_a_record_whose_bytes_changed_is_told(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path)
    journal.write(records())
    journal.close()
    database = sqlite3.connect(tmp_path / FILE_NAME)
    [(arn, record)] = database.execute("SELECT arn, record FROM tasks LIMIT 1").fetchall()
    changed = record[:20] + bytes([record[20] ^ 1]) + record[21:]
    database.execute("UPDATE tasks SET record = ? WHERE arn = ?", (changed, arn))
    database.commit()
    database.close()
    again = Journal.open(tmp_path)
    with pytest.raises(AgentEnd, match="checksum") as end:
        again.tasks()
    assert end.value.code == 5
    again.close()


def test_a_file_of_a_newer_agent_is_told(tmp_path: Path) -> None:
    Journal.open(tmp_path).close()
    database = sqlite3.connect(tmp_path / FILE_NAME)
    database.execute("PRAGMA user_version=99")
    database.close()
    with pytest.raises(AgentEnd, match="newer agent") as end:
        Journal.open(tmp_path)
    assert end.value.code == 5


def test_a_journal_in_memory_behaves_the_same() -> None:
    journal = Journal.in_memory()
    journal.write(records())
    asyncio.run(journal.flush())
    assert len(journal.tasks()) == 2
    journal.close()
