"""What a definition says of the task as a whole: namespaces, platform, proxy, storage."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import client_error
from roadstead.ecs.rules.task_definition.choices import check_choice

EPHEMERAL_STORAGE_GIB_MIN = 21
EPHEMERAL_STORAGE_GIB_MAX = 200
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html"""

CPU_ARCHITECTURES = ("X86_64", "ARM64")
OS_FAMILIES = (
    "LINUX",
    "WINDOWS_SERVER_2016_FULL",
    "WINDOWS_SERVER_2019_FULL",
    "WINDOWS_SERVER_2019_CORE",
    "WINDOWS_SERVER_2004_CORE",
    "WINDOWS_SERVER_20H2_CORE",
    "WINDOWS_SERVER_2022_FULL",
    "WINDOWS_SERVER_2022_CORE",
    "WINDOWS_SERVER_2025_FULL",
    "WINDOWS_SERVER_2025_CORE",
)
"""Source: botocore:ecs#OSFamily"""

_WORDS = {"pidMode": ("host", "task"), "ipcMode": ("host", "task", "none")}
_ISOLATION_MODES = ("SHARED", "ISOLATED_SANDBOX", "CONFIDENTIAL_SANDBOX")


def check_task_members(document: Mapping[str, Any]) -> None:
    """Return if each member of the task as a whole is valid.

    Raises: ClientException; InvalidParameterException for a word that is none of those allowed.
    """
    for member, value in document.items():
        if member in _WORDS:
            check_choice(member, value, _WORDS[member])
        elif member in _CHECKS and value:
            _CHECKS[member](document, value)


def _check_proxy(document: Mapping[str, Any], proxy: Mapping[str, Any]) -> None:
    """Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ProxyConfiguration.html"""
    check_choice("proxyConfiguration.type", proxy.get("type", "APPMESH"), ("APPMESH",))
    if document.get("networkMode") != "awsvpc":
        raise client_error("proxyConfiguration is only supported when networkMode=awsvpc.")
    name = proxy["containerName"]
    if all(container["name"] != name for container in document["containerDefinitions"]):
        raise client_error(f"proxyConfiguration names container '{name}', which does not exist.")
    properties = {each.get("name"): each.get("value") for each in proxy.get("properties", ())}
    if not (properties.get("IgnoredUID") or properties.get("IgnoredGID")):
        raise client_error("proxyConfiguration requires the property IgnoredUID or IgnoredGID.")
    for name in ("AppPorts", "ProxyIngressPort", "ProxyEgressPort"):
        if not properties.get(name):
            raise client_error(f"proxyConfiguration requires the property {name}.")


def _check_ephemeral_storage(_: Mapping[str, Any], storage: Mapping[str, Any]) -> None:
    size = storage["sizeInGiB"]
    if not EPHEMERAL_STORAGE_GIB_MIN <= size <= EPHEMERAL_STORAGE_GIB_MAX:
        raise client_error(
            f"ephemeralStorage.sizeInGiB must be from {EPHEMERAL_STORAGE_GIB_MIN} to "
            f"{EPHEMERAL_STORAGE_GIB_MAX}, not {size}."
        )


def _check_platform(_: Mapping[str, Any], platform: Mapping[str, Any]) -> None:
    architecture, family = platform.get("cpuArchitecture"), platform.get("operatingSystemFamily")
    if architecture is not None:
        check_choice("runtimePlatform.cpuArchitecture", architecture, CPU_ARCHITECTURES)
    if family is not None:
        check_choice("runtimePlatform.operatingSystemFamily", family, OS_FAMILIES)
    if architecture == "ARM64" and family not in (None, "LINUX"):
        raise client_error("The cpuArchitecture ARM64 is only supported with Linux.")


def _check_trusted_execution(_: Mapping[str, Any], trusted: Mapping[str, Any]) -> None:
    mode, policy = trusted["isolationMode"], trusted.get("attestationPolicy")
    check_choice("trustedExecutionConfiguration.isolationMode", mode, _ISOLATION_MODES)
    if mode == "CONFIDENTIAL_SANDBOX" and not policy:
        raise client_error(
            "attestationPolicy is required when isolationMode is CONFIDENTIAL_SANDBOX."
        )


def _refuse_accelerators(_: Mapping[str, Any], __: Sequence[Mapping[str, Any]]) -> None:
    raise client_error(
        "inferenceAccelerators are not supported: Amazon Elastic Inference has ended."
    )


_CHECKS: dict[str, Callable[[Mapping[str, Any], Any], None]] = {
    "ephemeralStorage": _check_ephemeral_storage,
    "inferenceAccelerators": _refuse_accelerators,
    "proxyConfiguration": _check_proxy,
    "runtimePlatform": _check_platform,
    "trustedExecutionConfiguration": _check_trusted_execution,
}
