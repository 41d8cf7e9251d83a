"""The command's words, and what it says when something is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from roadstead import data_dir as data_dirs
from roadstead import keys, settings
from roadstead.cli import doctor, main, options, place
from roadstead.data_dir import DataDirError
from roadstead.ids import SeededIds
from roadstead.server.main import chosen_tuning

ACCOUNT, REGION = "123456789012", "us-east-1"


def test_the_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from roadstead.cli.main import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('pyroute2', 'aiohttp', 'botocore', 'numpy', 'granian') "
        "if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_module_is_the_same_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "roadstead", "--help"], capture_output=True, text=True, check=True
    )
    assert "Amazon ECS that anyone can run" in done.stdout


def test_the_default_port_is_the_settings() -> None:
    assert options.DEFAULT_PORT == settings.DEFAULT_PORT


def test_options_that_tune_choose_numbers_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEALTHY_AFTER_RUNNING_SECONDS", "DEAD_HOST_GRACE_SECONDS"):
        monkeypatch.setenv(settings.TUNING_PREFIX + name, "1")
        monkeypatch.delenv(settings.TUNING_PREFIX + name)
    options.tune(None, None)
    assert settings.tuning() == {}
    options.tune(7, 300)
    chosen = chosen_tuning(settings.tuning())
    assert (chosen.healthy_after_running_seconds, chosen.dead_host_grace_seconds) == (7, 300)


def test_env_prints_variables_for_a_shell(tmp_path: Path) -> None:
    data_dir = data_dirs.claim(tmp_path / "d", ACCOUNT, REGION)
    root = keys.ensure(data_dir.keys_file, ACCOUNT, SeededIds(1), {})[0]
    done = _roadstead("env", "--data-dir", str(data_dir.path))
    script = f'{done.stdout}\nprintf \'%s\\n\' "$AWS_ENDPOINT_URL" "$AWS_SECRET_ACCESS_KEY"'
    shell = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True
    ).stdout
    assert shell.splitlines() == ["http://127.0.0.1:8747", root.secret_access_key]
    assert "`roadstead up` starts it" in done.stderr


def test_env_without_a_data_directory_says_how_to_begin(tmp_path: Path) -> None:
    done = _roadstead("env", "--data-dir", str(tmp_path / "none"), status=1)
    assert "Start with `roadstead up`" in done.stderr
    assert done.stdout == ""


def test_down_purges_or_keeps_but_not_both(tmp_path: Path) -> None:
    done = _roadstead("down", "--purge", "--keep-running", status=2)
    assert "give only one of them" in done.stderr


def test_instances_of_a_directory_without_a_host_say_how_to_start_one(tmp_path: Path) -> None:
    data_dirs.claim(tmp_path / "d", ACCOUNT, REGION)
    done = _roadstead("instance", "list", "--data-dir", str(tmp_path / "d"), status=4)
    assert "No host answers" in done.stderr
    assert "roadstead up" in done.stderr


def test_a_wrong_account_id_is_told_with_the_cure(tmp_path: Path) -> None:
    done = _roadstead(
        "server", "--data-dir", str(tmp_path / "d"), status=2, ROADSTEAD_ACCOUNT_ID="12"
    )
    assert "twelve digits" in done.stderr
    assert not (tmp_path / "d").exists()


def test_a_data_directory_behind_a_link_is_known_by_its_own_path(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    assert place.new(link).data_dir.path == tmp_path / "real"
    assert place.existing(link).data_dir.path == tmp_path / "real"


def test_a_directory_of_another_user_is_not_acted_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.new(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(DataDirError, match="belongs to user"):
        place.existing(tmp_path)


def test_a_log_level_that_is_none_is_told_with_those_there_are(tmp_path: Path) -> None:
    done = _roadstead("server", "--data-dir", str(tmp_path), status=2, ROADSTEAD_LOG_LEVEL="loud")
    assert done.stderr.startswith("ROADSTEAD_LOG_LEVEL is 'loud'. Set it to one of CRITICAL, ")


def test_an_image_that_does_not_exist_is_told(tmp_path: Path) -> None:
    done = _roadstead("image", "import", "none.tar", "--data-dir", str(tmp_path / "d"), status=2)
    assert "There is no file none.tar" in done.stderr


def test_a_machine_without_programs_is_told_which_packages_to_install(tmp_path: Path) -> None:
    findings = {one.name: one for one in _examined_without_programs(tmp_path)}
    assert findings["conmon"]["cure"] == "apt-get install conmon"
    assert findings["runc or crun"]["is_well"] is False
    assert findings["Python"]["is_well"] is True


def test_only_what_is_needed_and_missing_is_lacking() -> None:
    well = doctor.Finding(name="a", is_well=True)
    missing = doctor.Finding(name="b", is_well=False)
    nice_to_have = doctor.Finding(name="c", is_well=False, is_needed=False)
    assert doctor.lacks([well, missing, nice_to_have]) == [missing]


def test_a_directory_keeps_its_account_and_region(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROADSTEAD_ACCOUNT_ID", raising=False)
    monkeypatch.delenv("ROADSTEAD_REGION", raising=False)
    data_dirs.claim(tmp_path, "210987654321", "eu-west-1")
    where = place.existing(tmp_path)
    assert (where.account_id, where.region) == ("210987654321", "eu-west-1")


@pytest.mark.parametrize("command", ["up", "down", "server", "host", "instance", "image"])
def test_every_command_explains_itself(command: str) -> None:
    done = CliRunner().invoke(main.app, [command, "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.output


def _roadstead(*words: str, status: int = 0, **environ: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if "ROADSTEAD" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "roadstead", *words],
        capture_output=True,
        text=True,
        env={**kept, **environ},
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done


def _examined_without_programs(tmp_path: Path) -> list["_Found"]:
    program = (
        "import json, msgspec; from pathlib import Path; from roadstead.cli import doctor\n"
        f"print(json.dumps(msgspec.to_builtins(doctor.examine(Path({str(tmp_path)!r})))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={"PATH": str(tmp_path)},
        check=True,
    )
    return [_Found(one) for one in json.loads(done.stdout)]


class _Found(dict[str, object]):
    """A finding as JSON has it."""

    @property
    def name(self) -> str:
        return str(self["name"])
