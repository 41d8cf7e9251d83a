"""Volumes of a task, and the places where its containers mount them."""

from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import client_error
from roadstead.ecs.rules.task_definition.choices import check_choice, invalid_container
from roadstead.ecs.rules.task_definition.names import is_name

_KINDS = (
    "host",
    "dockerVolumeConfiguration",
    "efsVolumeConfiguration",
    "s3filesVolumeConfiguration",
    "fsxWindowsFileServerVolumeConfiguration",
    "configuredAtLaunch",
)
_NAMED_KINDS = ("efsVolumeConfiguration", "s3filesVolumeConfiguration", "configuredAtLaunch")
_SCOPES = ("task", "shared")
_ENABLED = ("ENABLED", "DISABLED")
_PORT_MAX = 65535


def volume_documents(volumes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The volumes as DescribeTaskDefinition shows them.

    Raises: ClientException for a volume that is not valid; InvalidParameterException for a word
        that is none of those allowed.
    Shape: Volume
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Volume.html
    """
    names: set[str] = set()
    for volume in volumes:
        name = volume.get("name")
        if name is not None:
            if not is_name(name):
                raise client_error(
                    f"Invalid volume name {name[:300]!r}. A name has 1 to 255 letters, digits, "
                    "hyphens and underscores."
                )
            if name in names:
                raise client_error(f"Duplicate volume name '{name}'.")
            names.add(name)
        _check_kind(volume)
    if sum(bool(volume.get("configuredAtLaunch")) for volume in volumes) > 1:
        raise client_error("A task definition can have one volume that is configuredAtLaunch.")
    return [_document(volume) for volume in volumes]


def check_mount_points(
    containers: Sequence[Mapping[str, Any]], volumes: Sequence[Mapping[str, Any]]
) -> None:
    """Return if every container mounts only volumes of the task, somewhere.

    Raises: ClientException.
    Shape: MountPoint
    """
    names = {volume.get("name") for volume in volumes}
    for container in containers:
        for mount in container["mountPoints"]:
            source = mount.get("sourceVolume")
            if not source or source not in names:
                raise client_error(f"Unknown volume '{source or ''}'.")
            if not mount.get("containerPath"):
                raise invalid_container(
                    container["name"], f"The mount of volume '{source}' needs a containerPath."
                )


def _check_kind(volume: Mapping[str, Any]) -> None:
    name = volume.get("name")
    kinds = [kind for kind in _KINDS if volume.get(kind)]
    if len(kinds) > 1:
        raise client_error(
            f"Volume '{name or ''}' can be of one kind only, but has {' and '.join(kinds)}."
        )
    if not kinds:
        return
    (kind,) = kinds
    if name is None and kind in _NAMED_KINDS:
        raise client_error(f"A volume with {kind} needs a name.")
    match kind:
        case "dockerVolumeConfiguration":
            _check_docker(name, volume[kind])
        case "efsVolumeConfiguration":
            _check_efs(name, volume[kind])
        case "s3filesVolumeConfiguration":
            _check_port(name, volume[kind])


def _check_docker(name: str | None, configuration: Mapping[str, Any]) -> None:
    scope = configuration.get("scope")
    if scope is not None:
        check_choice("dockerVolumeConfiguration.scope", scope, _SCOPES)
    if configuration.get("autoprovision") is not None and scope != "shared":
        raise client_error(
            f"Volume '{name or ''}': autoprovision can only be given when the scope is shared."
        )


def _check_efs(name: str | None, configuration: Mapping[str, Any]) -> None:
    encryption = configuration.get("transitEncryption")
    authorization = configuration.get("authorizationConfig", {})
    iam = authorization.get("iam")
    if encryption is not None:
        check_choice("transitEncryption", encryption, _ENABLED)
    if iam is not None:
        check_choice("authorizationConfig.iam", iam, _ENABLED)
    _check_port(name, configuration)
    if authorization.get("accessPointId"):
        if configuration.get("rootDirectory", "/") not in ("", "/"):
            raise client_error(
                f"Volume '{name}': rootDirectory must be left out or be / when an EFS access point "
                "is specified."
            )
        if encryption != "ENABLED":
            raise client_error(
                f"Volume '{name}': transitEncryption must be ENABLED when an EFS access point is "
                "specified."
            )
    if iam == "ENABLED" and encryption != "ENABLED":
        raise client_error(
            f"Volume '{name}': transitEncryption must be ENABLED when IAM authorization is used."
        )


def _check_port(name: str | None, configuration: Mapping[str, Any]) -> None:
    port = configuration.get("transitEncryptionPort")
    if port is not None and not 1 <= port <= _PORT_MAX:
        raise client_error(
            f"Volume '{name}': transitEncryptionPort must be from 1 to {_PORT_MAX}, not {port}."
        )


def _document(volume: Mapping[str, Any]) -> dict[str, Any]:
    efs = volume.get("efsVolumeConfiguration")
    if efs and "rootDirectory" not in efs:
        return {**volume, "efsVolumeConfiguration": {**efs, "rootDirectory": "/"}}
    return dict(volume)
