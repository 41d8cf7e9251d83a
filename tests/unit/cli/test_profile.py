"""The AWS profile that `up --write-profile` writes."""

from pathlib import Path

import pytest

from roadstead.cli import profile
from roadstead.keys import Key

KEY = Key(
    access_key_id="AKIA1",
    secret_access_key="s1",
    kind="root",
    account="123456789012",
    arn="arn:aws:iam::123456789012:root",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("AWS_CONFIG_FILE", raising=False)
    monkeypatch.delenv("AWS_SHARED_CREDENTIALS_FILE", raising=False)
    return tmp_path


def test_a_profile_is_written_where_aws_tools_look(home: Path) -> None:
    profile.write("http://127.0.0.1:8747", "us-east-1", KEY)
    assert (home / ".aws/config").read_text() == (
        "[profile roadstead]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:8747\n"
    )
    assert (home / ".aws/credentials").read_text() == (
        "[roadstead]\naws_access_key_id = AKIA1\naws_secret_access_key = s1\n"
    )
    assert (home / ".aws/credentials").stat().st_mode & 0o777 == 0o600


def test_other_profiles_and_comments_stay_as_they_are(home: Path) -> None:
    others = "# mine\n[default]\nregion = eu-west-1\n"
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(
        f"{others}[profile roadstead]\nregion = old\n\n[profile z]\nregion = r\n"
    )
    profile.write("http://127.0.0.1:1", "us-east-1", KEY)
    assert (home / ".aws/config").read_text() == (
        f"{others}[profile z]\nregion = r\n\n"
        "[profile roadstead]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:1\n"
    )
