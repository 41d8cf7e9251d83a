"""Which keys there are, and what each kind may do."""

import os
from pathlib import Path

import pytest

from roadstead.aws.errors import ApiError
from roadstead.ecs.operations.table import READS, WRITES
from roadstead.files import write_whole
from roadstead.ids import SeededIds
from roadstead.keys import add_instance_key, ensure, of_kind, remove_instance_key
from roadstead.server.access import AGENT_ACTIONS, check_access, is_allowed
from roadstead.server.key_ring import LOOK_AGAIN_SECONDS, KeyRing

ACCOUNT = "123456789012"


class Stopwatch:
    """A clock of which only `monotonic` is asked."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


def ring(path: Path) -> tuple[KeyRing, Stopwatch]:
    clock = Stopwatch()
    found = ensure(path, ACCOUNT, SeededIds(1), {})
    return KeyRing(found, clock, path), clock  # type: ignore[arg-type]  # asked for monotonic only


def test_root_may_do_everything() -> None:
    assert all(is_allowed("root", f"ecs:{operation}") for operation in {*READS, *WRITES})


def test_an_instance_may_do_what_its_agent_needs_and_nothing_else() -> None:
    allowed = {name for name in {*READS, *WRITES} if is_allowed("instance", f"ecs:{name}")}
    assert {"RegisterContainerInstance", "SubmitTaskStateChange", "DiscoverPollEndpoint"} <= allowed
    assert allowed.isdisjoint({"RunTask", "StopTask", "CreateService", "RegisterTaskDefinition"})
    assert {f"ecs:{name}" for name in allowed} <= AGENT_ACTIONS


def test_the_host_may_report_its_instances_and_touch_nothing_of_ecs() -> None:
    assert is_allowed("host", "roadstead:SubmitInstanceStateChange")
    assert not any(is_allowed("host", f"ecs:{operation}") for operation in {*READS, *WRITES})


def test_WI_04_who_may_not_is_denied_as_iam_denies() -> None:
    with pytest.raises(ApiError) as refusal:
        check_access("instance", "arn:aws:sts::1:assumed-role/r/i-1", "ecs:RunTask")
    assert refusal.value.code == "AccessDeniedException"
    assert refusal.value.status == 400
    assert refusal.value.message.startswith(
        "User: arn:aws:sts::1:assumed-role/r/i-1 is not authorized to perform: ecs:RunTask on "
        "resource: "
    )


def test_a_key_that_was_made_meanwhile_is_found(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys, clock = ring(path)
    added = add_instance_key(path, ACCOUNT, "i-1", SeededIds(2))
    clock.seconds = 0.1
    found = keys.find(added.access_key_id)
    assert found is not None
    assert (found.secret, found.arn) == (added.secret_access_key, added.arn)
    assert keys.kind(added.access_key_id) == "instance"


def test_a_key_that_was_removed_is_forgotten_within_a_second(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys, clock = ring(path)
    added = add_instance_key(path, ACCOUNT, "i-1", SeededIds(2))
    clock.seconds = 0.1
    assert keys.find(added.access_key_id) is not None
    remove_instance_key(path, "i-1")
    clock.seconds += LOOK_AGAIN_SECONDS
    assert keys.find(added.access_key_id) is None


def test_a_root_key_from_the_environment_stays_in_force_when_the_file_is_read_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "keys.json"
    chosen = {"ROADSTEAD_ROOT_ACCESS_KEY_ID": "mine", "ROADSTEAD_ROOT_SECRET_ACCESS_KEY": "secret"}
    in_file = of_kind(ensure(path, ACCOUNT, SeededIds(1), {}), "root")
    clock = Stopwatch()
    found = ensure(path, ACCOUNT, SeededIds(1), chosen)
    keys = KeyRing(found, clock, path)  # type: ignore[arg-type]  # asked for monotonic only
    clock.seconds = 0.1
    assert keys.find(in_file.access_key_id) is None
    assert keys.find("mine") is not None


def test_a_damaged_file_leaves_the_keys_that_were_known(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "keys.json"
    keys, clock = ring(path)
    root = of_kind(ensure(path, ACCOUNT, SeededIds(1), {}), "root")
    write_whole(path, b"{")
    clock.seconds = LOOK_AGAIN_SECONDS
    assert keys.find(root.access_key_id) is not None
    assert "damaged" in caplog.text
    assert root.secret_access_key not in caplog.text
    os.unlink(path)
    clock.seconds += LOOK_AGAIN_SECONDS
    assert keys.find(root.access_key_id) is not None
