"""Volumes and mounts."""

from typing import Any

import pytest
from definition_requests import a_container, accepted, client_error, invalid_parameter

EFS = {"fileSystemId": "fs-12345678"}


def volume(**members: Any) -> dict[str, Any]:
    return {"name": "data", **members}


def test_a_mounted_volume_is_declared() -> None:
    mounting = a_container(mountPoints=[{"sourceVolume": "data", "containerPath": "/data"}])
    accepted(mounting, volumes=[volume()])
    assert client_error(mounting) == "Unknown volume 'data'."


def test_a_mount_needs_a_path() -> None:
    message = client_error(a_container(mountPoints=[{"sourceVolume": "data"}]), volumes=[volume()])
    assert "containerPath" in message


def test_TD_80_a_volume_is_of_one_kind() -> None:
    message = client_error(
        volumes=[volume(host={"sourcePath": "/srv"}, efsVolumeConfiguration=EFS)]
    )
    assert "host and efsVolumeConfiguration" in message


@pytest.mark.parametrize("name", ["a b", "", "a" * 256, "a/b"])
def test_TD_81_other_names_are_refused(name: str) -> None:
    assert client_error(volumes=[{"name": name}]).startswith("Invalid volume name")


def test_two_volumes_cannot_have_one_name() -> None:
    assert client_error(volumes=[volume(), volume()]) == "Duplicate volume name 'data'."


@pytest.mark.parametrize("kind", [{"efsVolumeConfiguration": EFS}, {"configuredAtLaunch": True}])
def test_TD_81_some_kinds_need_a_name(kind: Any) -> None:
    assert "needs a name" in client_error(volumes=[kind])


def test_one_volume_is_configured_at_launch() -> None:
    two = [{"name": name, "configuredAtLaunch": True} for name in "ab"]
    accepted(volumes=two[:1])
    assert "configuredAtLaunch" in client_error(volumes=two)


def test_an_efs_volume_begins_at_its_root() -> None:
    document = accepted(volumes=[volume(efsVolumeConfiguration=EFS)]).document
    assert document["volumes"] == [volume(efsVolumeConfiguration={**EFS, "rootDirectory": "/"})]


@pytest.mark.parametrize(
    "efs",
    [
        {"authorizationConfig": {"iam": "ENABLED"}},
        {"authorizationConfig": {"accessPointId": "fsap-1"}},
        {
            "authorizationConfig": {"accessPointId": "fsap-1"},
            "transitEncryption": "ENABLED",
            "rootDirectory": "/srv",
        },
        {"transitEncryptionPort": 0},
    ],
)
def test_efs_authorisation_needs_encryption_and_the_root(efs: Any) -> None:
    client_error(volumes=[volume(efsVolumeConfiguration=EFS | efs)])


def test_efs_with_access_point_and_encryption_is_accepted() -> None:
    efs = EFS | {
        "authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"},
        "transitEncryption": "ENABLED",
        "rootDirectory": "/",
    }
    accepted(volumes=[volume(efsVolumeConfiguration=efs)])


def test_only_shared_docker_volumes_are_provisioned_by_themselves() -> None:
    shared = {"scope": "shared", "autoprovision": True}
    accepted(volumes=[volume(dockerVolumeConfiguration=shared)])
    docker = {"scope": "task", "autoprovision": True}
    assert "shared" in client_error(volumes=[volume(dockerVolumeConfiguration=docker)])


@pytest.mark.parametrize(
    "kind",
    [
        {"dockerVolumeConfiguration": {"scope": "global"}},
        {"efsVolumeConfiguration": EFS | {"transitEncryption": "on"}},
        {"efsVolumeConfiguration": EFS | {"authorizationConfig": {"iam": "yes"}}},
    ],
)
def test_words_that_no_volume_takes_are_refused(kind: Any) -> None:
    assert "It should be one of [" in invalid_parameter(volumes=[volume(**kind)])
