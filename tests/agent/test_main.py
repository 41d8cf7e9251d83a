"""The process: what it says and how it ends when it cannot begin."""

import logging
from pathlib import Path

import pytest

from roadstead.agent.journal import FILE_NAME
from roadstead.agent.main import main

ENVIRONMENT = {
    "ECS_BACKEND_HOST": "http://127.0.0.1:9",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "never-to-be-logged",
    "ECS_CLUSTER": "proto",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ECS_DATADIR", str(tmp_path / "data"))


def test_a_missing_setting_ends_with_5_and_is_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("ECS_BACKEND_HOST")
    assert main([]) == 5
    assert "ECS_BACKEND_HOST is not set" in caplog.text


def test_a_damaged_state_file_ends_with_5_and_says_what_to_do(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FILE_NAME).write_bytes(b"nonsense" * 1000)
    assert main([]) == 5
    assert "is damaged" in caplog.text
    assert "empty its folder" in caplog.text


def test_credentials_never_reach_the_log(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FILE_NAME).write_bytes(b"nonsense" * 1000)
    main([])
    assert "never-to-be-logged" not in caplog.text


@pytest.mark.parametrize("group", ["", "/", "//", ".", "..", "/a/../..", " "])
def test_a_purge_without_a_group_of_its_own_is_refused_before_anything_is_ended(
    group: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def not_reached(*arguments: object) -> None:
        raise AssertionError("the purge was begun")

    monkeypatch.setattr("roadstead.agent.runtime.purge.purge", not_reached)
    assert main(["purge", "--data-dir", str(tmp_path), "--cgroup-parent", group]) == 5
    assert "--cgroup-parent" in caplog.text
