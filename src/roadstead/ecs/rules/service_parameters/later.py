"""What a request about a service may ask of ECS and Roadstead does not do yet."""

from collections.abc import Mapping
from typing import Any

from roadstead.ecs.errors import invalid_parameter, unsupported_feature

_LATER_LISTS = {
    "capacityProviderStrategy": "Capacity providers (capacityProviderStrategy)",
    "volumeConfigurations": "Volume configurations of services",
    "vpcLatticeConfigurations": "VPC Lattice",
    "gatewayConnectors": "Gateway connectors",
}
_LATER_LAUNCH_TYPES = ("FARGATE", "MANAGED_INSTANCES")


def refuse_later_parts(request: Mapping[str, Any]) -> None:
    """Return if the request asks for nothing that Roadstead does not do yet.

    Raises: InvalidParameterException when launchType and capacityProviderStrategy are both given;
        UnsupportedFeatureException naming the first thing that is not implemented.
    """
    if request.get("launchType") and request.get("capacityProviderStrategy"):
        raise invalid_parameter(
            "Specify either Launch Type or Capacity Provider Strategy, but not both."
        )
    if request.get("launchType") in _LATER_LAUNCH_TYPES:
        raise not_yet(f"The launch type {request['launchType']}")
    for member, name in _LATER_LISTS.items():
        if request.get(member):
            raise not_yet(name)
    if (request.get("serviceConnectConfiguration") or {}).get("enabled"):
        raise not_yet("Service Connect")
    if request.get("enableExecuteCommand"):
        raise not_yet("ECS Exec (enableExecuteCommand)")
    if (request.get("monitoring") or {}).get("metricConfigurations"):
        raise not_yet("Monitoring of services")


def not_yet(what: str) -> Exception:
    """The refusal of something that ECS has."""
    return unsupported_feature(f"{what}: not implemented yet. See docs/parity.md for what is.")
