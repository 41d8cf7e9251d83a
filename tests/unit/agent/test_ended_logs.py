"""What ended containers wrote is kept, within bounds, over restarts of the agent."""

import os
from pathlib import Path

from roadstead.agent.runtime.ended_logs import EndedLogs


def ended(folder: Path) -> Path:
    (folder / "ended").mkdir(exist_ok=True)
    return folder / "ended"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_log_is_kept_under_its_containers_id(tmp_path: Path) -> None:
    logs = EndedLogs(ended(tmp_path))
    log = write(tmp_path, "log", "boom\n")
    logs.keep(log, "abc")
    assert not log.exists()
    assert (tmp_path / "ended" / "abc.log").read_text() == "boom\n"


def test_an_empty_log_and_none_are_not_kept(tmp_path: Path) -> None:
    logs = EndedLogs(ended(tmp_path))
    logs.keep(write(tmp_path, "log", ""), "abc")
    logs.keep(tmp_path / "missing", "def")
    assert list((tmp_path / "ended").iterdir()) == []


def test_the_oldest_go_first_also_those_of_an_agent_before(tmp_path: Path) -> None:
    before = EndedLogs(ended(tmp_path), bytes_max=10)
    before.keep(write(tmp_path, "log", "1234"), "first")
    before.keep(write(tmp_path, "log", "1234"), "second")
    os.utime(tmp_path / "ended" / "first.log", (1, 1))
    after = EndedLogs(ended(tmp_path), bytes_max=10)
    after.keep(write(tmp_path, "log", "1234"), "third")
    kept = {path.stem for path in (tmp_path / "ended").iterdir()}
    assert kept == {"second", "third"}
