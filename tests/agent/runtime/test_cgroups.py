"""What must never happen: ending every process of the machine."""

import pytest

from roadstead.agent.runtime import cgroups


@pytest.mark.parametrize("path", ["", "/", "//", " ", ".", "..", "/a/../..", "a/./.."])
def test_the_root_group_is_neither_killed_nor_removed(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cgroups, "hierarchies", lambda: pytest.fail("it went on"))
    for act in (cgroups.kill_all, cgroups.remove):
        with pytest.raises(ValueError, match="below the root"):
            act(path)
