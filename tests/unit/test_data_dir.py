"""Whose a data directory is."""

import os
from pathlib import Path

import pytest

from roadstead import data_dir as data_dirs
from roadstead.data_dir import DataDir, DataDirError

ACCOUNT, REGION = "123456789012", "us-east-1"


def test_a_new_directory_becomes_roadsteads_and_private(tmp_path: Path) -> None:
    data_dirs.claim(tmp_path / "a" / "b", ACCOUNT, REGION)
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    data_dirs.claim(tmp_path / "a" / "b", ACCOUNT, REGION)


def test_a_directory_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(DataDirError, match="not empty and not Roadstead's"):
        data_dirs.claim(tmp_path, ACCOUNT, REGION)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_empty_directory_that_others_could_look_into_becomes_private(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    data_dirs.claim(tmp_path, ACCOUNT, REGION)
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    tmp_path.chmod(0o755)
    data_dirs.claim(tmp_path, ACCOUNT, REGION)
    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_a_directory_of_another_user_is_refused_and_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(DataDirError, match="its owner could make you do anything"):
        data_dirs.claim(tmp_path, ACCOUNT, REGION)
    with pytest.raises(DataDirError, match="belongs to user"):
        data_dirs.check_owner(tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert tmp_path.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("name", ["a:b", "a,b", "a\\b"])
def test_a_path_in_which_no_image_could_be_used_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataDirError, match="cannot have '"):
        data_dirs.claim(tmp_path / name, ACCOUNT, REGION)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_of_another_account_is_refused(tmp_path: Path) -> None:
    data_dirs.claim(tmp_path, ACCOUNT, REGION)
    with pytest.raises(DataDirError, match="ROADSTEAD_ACCOUNT_ID=123456789012"):
        data_dirs.claim(tmp_path, "210987654321", REGION)


def test_a_directory_of_a_newer_roadstead_is_refused(tmp_path: Path) -> None:
    (tmp_path / data_dirs.MARKER).write_text(
        '{"format": 2, "account_id": "123456789012", "region": "us-east-1"}'
    )
    with pytest.raises(DataDirError, match="newer Roadstead"):
        data_dirs.claim(tmp_path, ACCOUNT, REGION)


def test_one_program_of_a_kind_works_in_a_directory(tmp_path: Path) -> None:
    data_dir = DataDir(tmp_path)
    with data_dirs.lock(data_dir, "host"):
        assert data_dirs.is_locked(data_dir, "host")
        assert not data_dirs.is_locked(data_dir, "up")
        with pytest.raises(DataDirError, match="Another `roadstead host` works"):
            data_dirs.lock(data_dir, "host")
    assert not data_dirs.is_locked(data_dir, "host")


def test_different_directories_have_different_short_ids(tmp_path: Path) -> None:
    assert DataDir(tmp_path / "a").short_id != DataDir(tmp_path / "b").short_id
    assert len(DataDir(tmp_path).short_id) == 6
