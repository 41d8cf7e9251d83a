"""Who a container runs as, by lists that an image may have made of anything."""

from pathlib import Path

import pytest

from roadstead.agent.runtime.port import RuntimeFailure
from roadstead.agent.runtime.users import LIST_CHARACTERS_MAX, Identity, identify


def image(root: Path, passwd: str) -> Path:
    (root / "etc").mkdir()
    (root / "etc" / "passwd").write_text(passwd)
    return root


def test_a_user_is_found_by_name_and_by_number(tmp_path: Path) -> None:
    root = image(tmp_path, "web:x:80:81::/srv:/bin/sh\n")
    assert identify("web", root) == identify("80", root) == Identity(80, 81, (81,), "/srv")


def test_a_group_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeFailure, match="unable to find group staff"):
        identify("web", image(tmp_path, "web:x:80:staff::/:\n"))


@pytest.mark.parametrize("number", ["9" * 5000, "\u0661", "-1", ""])
def test_a_user_whose_number_is_none_does_not_exist(tmp_path: Path, number: str) -> None:
    with pytest.raises(RuntimeFailure, match="unable to find user web"):
        identify("web", image(tmp_path, f"web:x:{number}:1::/:\n"))


def test_no_link_leads_to_the_users_of_the_instance(tmp_path: Path) -> None:
    (tmp_path / "image").mkdir()
    elsewhere = image(tmp_path, "web:x:80:81::/srv:/bin/sh\n")
    (tmp_path / "image" / "etc").symlink_to(elsewhere / "etc")
    with pytest.raises(RuntimeFailure, match="unable to find user web"):
        identify("web", tmp_path / "image")


def test_a_list_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    root = image(tmp_path, "#" * LIST_CHARACTERS_MAX + "\nweb:x:80:81::/srv:/bin/sh\n")
    with pytest.raises(RuntimeFailure, match="unable to find user web"):
        identify("web", root)
