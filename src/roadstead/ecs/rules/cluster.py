"""Clusters: what their name, settings and configuration may be."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import invalid_parameter, unsupported_feature

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_INSIGHTS = ("enabled", "enhanced", "disabled")
_LOGGING = ("NONE", "DEFAULT", "OVERRIDE")


def check_cluster_name(name: str) -> None:
    """Return if a cluster may be called so.

    Raises: InvalidParameterException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
    """
    if not _NAME.fullmatch(name):
        raise invalid_parameter(
            f"Invalid cluster name {name[:300]!r}. A name has 1 to 255 letters, digits, hyphens "
            "and underscores."
        )


def container_insights(settings: Sequence[Mapping[str, Any]] | None) -> str | None:
    """The value of containerInsights among a request's settings; None when it is not there.

    Raises: InvalidParameterException for another setting or value.
    Shape: ClusterSetting
    """
    chosen = None
    for setting in settings or ():
        name, value = setting.get("name"), setting.get("value")
        if name != "containerInsights":
            raise invalid_parameter(
                f"Invalid cluster setting {name!r}. The only one is containerInsights."
            )
        if value not in _INSIGHTS:
            raise invalid_parameter(
                f"Invalid value {value!r} of containerInsights. It should be one of "
                f"[{', '.join(_INSIGHTS)}]."
            )
        chosen = value
    return chosen


def check_configuration(configuration: Mapping[str, Any] | None) -> None:
    """Return if a cluster may be configured so.

    Raises: InvalidParameterException for a kind of logging that is not known, or log configuration
        without OVERRIDE, or OVERRIDE without it.
    Shape: ClusterConfiguration
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html
    """
    execute = (configuration or {}).get("executeCommandConfiguration") or {}
    logging = execute.get("logging")
    log_configuration = execute.get("logConfiguration")
    if logging is not None and logging not in _LOGGING:
        raise invalid_parameter(
            f"Invalid logging {logging!r} in executeCommandConfiguration. It should be one of "
            f"[{', '.join(_LOGGING)}]."
        )
    if logging == "OVERRIDE" and not log_configuration:
        raise invalid_parameter("logConfiguration is required when logging is OVERRIDE.")
    if logging != "OVERRIDE" and log_configuration:
        raise invalid_parameter(
            "logConfiguration can only be given when logging is OVERRIDE, not "
            f"{logging or 'DEFAULT'}."
        )


def refuse_later_parts(request: Mapping[str, Any]) -> None:
    """Return if the request asks for nothing that Roadstead lacks.

    Raises: UnsupportedFeatureException for capacity providers and Service Connect namespaces.
    """
    for member in ("capacityProviders", "defaultCapacityProviderStrategy"):
        if request.get(member):
            raise unsupported_feature(
                f"{member} is not implemented yet: Roadstead has no capacity providers. "
                "Leave it out and register container instances with the cluster."
            )
    if (request.get("serviceConnectDefaults") or {}).get("namespace"):
        raise unsupported_feature(
            "serviceConnectDefaults is not implemented yet: Roadstead has no Service Connect "
            "namespaces. Leave it out."
        )
