"""The keys with which an agent signs: from its environment, or from a credentials file.

The file is AWS's shared one (`AWS_SHARED_CREDENTIALS_FILE`, `AWS_PROFILE`), so secrets need not be
where every process of the user can see them.
"""

import configparser
import stat
from collections.abc import Mapping
from pathlib import Path

from roadstead.aws.sigv4 import Credentials
from roadstead.settings import SettingError


def credentials_from(environ: Mapping[str, str]) -> Credentials:
    """The agent's keys. Raises: SettingError"""
    access_key_id = environ.get("AWS_ACCESS_KEY_ID", "")
    secret = environ.get("AWS_SECRET_ACCESS_KEY", "")
    if access_key_id and secret:
        return Credentials(access_key_id, secret, environ.get("AWS_SESSION_TOKEN") or None)
    named = environ.get("AWS_SHARED_CREDENTIALS_FILE", "")
    if not named:
        raise SettingError(
            "The agent has no credentials.",
            "Set AWS_SHARED_CREDENTIALS_FILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
    return _from_file(Path(named), environ.get("AWS_PROFILE") or "default")


def _from_file(path: Path, profile: str) -> Credentials:
    parser = configparser.RawConfigParser()
    try:
        mode = path.stat().st_mode
        parser.read_string(path.read_text())
    except OSError as error:
        raise SettingError(
            f"The credentials file {path} cannot be read: {error.strerror}.",
            "Make it readable, or point AWS_SHARED_CREDENTIALS_FILE to another.",
        ) from error
    except (configparser.Error, UnicodeDecodeError) as error:
        raise SettingError(
            f"The credentials file {path} is no INI file.",
            "It needs a section such as [default] with aws_access_key_id and "
            "aws_secret_access_key.",
        ) from error
    if stat.S_IMODE(mode) & 0o077:
        raise SettingError(
            f"The credentials file {path} can be read by others (mode {stat.S_IMODE(mode):o}).",
            f"Run: chmod 600 {path}",
        )
    section = parser[profile] if parser.has_section(profile) else {}
    access_key_id = section.get("aws_access_key_id", "")
    secret = section.get("aws_secret_access_key", "")
    if not access_key_id or not secret:
        raise SettingError(
            f"The credentials file {path} has no keys in its profile [{profile}].",
            "It needs aws_access_key_id and aws_secret_access_key there.",
        )
    return Credentials(access_key_id, secret, section.get("aws_session_token") or None)
