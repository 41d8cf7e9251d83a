"""The file of access keys."""

from pathlib import Path

import pytest

from roadstead import keys
from roadstead.ids import SeededIds

ACCOUNT = "123456789012"
NOTHING: dict[str, str] = {}


def test_the_first_start_makes_a_root_and_a_host_key(tmp_path: Path) -> None:
    made = keys.ensure(tmp_path / "keys.json", ACCOUNT, SeededIds(1), NOTHING)
    assert [(key.kind, key.arn) for key in made] == [
        ("root", "arn:aws:iam::123456789012:root"),
        ("host", "arn:aws:iam::123456789012:role/roadstead-host"),
    ]
    assert keys.ensure(tmp_path / "keys.json", ACCOUNT, SeededIds(2), NOTHING) == made


def test_keys_have_the_form_of_awss(tmp_path: Path) -> None:
    root = keys.ensure(tmp_path / "keys.json", ACCOUNT, SeededIds(1), NOTHING)[0]
    assert len(root.access_key_id) == 20
    assert root.access_key_id.startswith("AKIA")
    assert len(root.secret_access_key) == 40


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    keys.ensure(tmp_path / "keys.json", ACCOUNT, SeededIds(1), NOTHING)
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_the_environment_sets_the_root_key_and_it_is_not_written_down(tmp_path: Path) -> None:
    environ = {
        "ROADSTEAD_ROOT_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "ROADSTEAD_ROOT_SECRET_ACCESS_KEY": "hidden",
    }
    made = keys.ensure(tmp_path / "keys.json", ACCOUNT, SeededIds(1), environ)
    assert [key.access_key_id for key in made if key.kind == "root"] == ["AKIDEXAMPLE"]
    assert "hidden" not in (tmp_path / "keys.json").read_text()


def test_half_a_root_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(keys.KeysError, match="must be set together"):
        keys.ensure(
            tmp_path / "keys.json",
            ACCOUNT,
            SeededIds(1),
            {"ROADSTEAD_ROOT_ACCESS_KEY_ID": "AKIDEXAMPLE"},
        )


def test_an_instance_has_one_key_however_often_it_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key = keys.add_instance_key(path, ACCOUNT, "i-1", SeededIds(1))
    assert keys.add_instance_key(path, ACCOUNT, "i-1", SeededIds(2)) == key
    assert key.arn == "arn:aws:sts::123456789012:assumed-role/ecsInstanceRole/i-1"


def test_the_key_of_an_instance_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys.add_instance_key(path, ACCOUNT, "i-1", SeededIds(1))
    kept = keys.add_instance_key(path, ACCOUNT, "i-11", SeededIds(2))
    keys.remove_instance_key(path, "i-1")
    assert keys.read(path) == (kept,)


def test_a_secret_never_shows_in_a_log(tmp_path: Path) -> None:
    key = keys.add_instance_key(tmp_path / "keys.json", ACCOUNT, "i-1", SeededIds(1))
    assert key.secret_access_key not in repr(key)


def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text("{")
    with pytest.raises(keys.KeysError, match="is damaged"):
        keys.ensure(path, ACCOUNT, SeededIds(1), NOTHING)
    assert path.read_text() == "{"
