"""What is read from the file that conmon leaves when a container has ended."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from roadstead.agent.runtime.bundles import Kept
from roadstead.agent.runtime.exits import read_exit
from roadstead.agent.runtime.port import ContainerSpec, Exit

STARTED = datetime(2026, 3, 1, 12, 0, 0, 114_000, tzinfo=UTC)
SPEC = ContainerSpec(
    container_id="c" * 64, task_arn="task/1", container_name="web", image="demo/web:latest"
)
KEPT = Kept(spec=SPEC, phase="started", started_at=STARTED)


def exit_file(folder: Path, text: str, modified: datetime) -> Path:
    file = folder / SPEC.container_id
    file.write_text(text)
    nanoseconds = int(modified.timestamp() * 1_000_000) * 1000
    os.utime(file, ns=(nanoseconds, nanoseconds))
    return file


def test_a_container_ends_when_its_file_was_written(tmp_path: Path) -> None:
    later = STARTED + timedelta(seconds=2)
    file = exit_file(tmp_path, "3\n", later)
    assert read_exit(file, KEPT) == Exit(SPEC.container_id, 3, later, "")


@pytest.mark.parametrize("ticks_ms", [2, 10])
def test_a_container_that_ends_at_once_never_ends_before_it_started(
    tmp_path: Path, ticks_ms: int
) -> None:
    """File times are those of the kernel's last tick; such ends passed for an earlier run's."""
    file = exit_file(tmp_path, "1", STARTED - timedelta(milliseconds=ticks_ms))
    assert read_exit(file, KEPT) == Exit(SPEC.container_id, 1, STARTED, "")


def test_a_file_that_is_not_whole_says_nothing(tmp_path: Path) -> None:
    assert read_exit(exit_file(tmp_path, "", STARTED), KEPT) is None
    assert read_exit(tmp_path / "none", KEPT) is None
