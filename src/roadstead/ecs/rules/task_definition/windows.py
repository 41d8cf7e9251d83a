"""Why a task definition cannot run on Windows."""

from collections.abc import Mapping
from typing import Any

_CONTAINER_MEMBERS = (
    "links",
    "privileged",
    "readonlyRootFilesystem",
    "linuxParameters",
    "systemControls",
    "ulimits",
)
_TASK_MEMBERS = ("pidMode", "ipcMode")
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/windows_task_definitions.html"""


def is_windows(document: Mapping[str, Any]) -> bool:
    """Whether the definition is for Windows: Linux unless it says so."""
    family: str = document.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX")
    return family.startswith("WINDOWS")


def windows_problem(document: Mapping[str, Any]) -> str | None:
    """The first rule of Windows that the definition breaks; None: it can run there.

    document: with its defaults filled in.
    """
    network_mode = document.get("networkMode", "awsvpc")
    if network_mode != "awsvpc":
        return (
            f"Windows containers do not support networkMode={network_mode}. Use awsvpc, or leave "
            "it out."
        )
    for member in _TASK_MEMBERS:
        if document.get(member):
            return f"Windows containers do not support {member}."
    if any(volume.get("efsVolumeConfiguration") for volume in document["volumes"]):
        return "Windows containers do not support efsVolumeConfiguration."
    for container in document["containerDefinitions"]:
        for member in _CONTAINER_MEMBERS:
            if container.get(member):
                return (
                    f"Windows containers do not support {member} (container '{container['name']}')."
                )
        if container.get("user", "").partition(":")[0].isdigit():
            return f"Windows containers do not support a user id (container '{container['name']}')."
    return None
