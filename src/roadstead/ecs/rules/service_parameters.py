"""What a client may say of a service: bounds, words, and what Roadstead does not do yet."""

import re
from collections.abc import Mapping
from typing import Any

from roadstead.ecs.errors import invalid_parameter, unsupported_feature
from roadstead.ecs.records.task_definition import TaskDefinition

DESIRED_COUNT_MAX = 5_000
"""Source: https://docs.aws.amazon.com/general/latest/gr/ecs-service.html#limits_ecs"""
GRACE_PERIOD_SECONDS_MAX = 2_147_483_647
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html"""
CLIENT_TOKEN_CHARACTERS_MAX = 36

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_TOKEN = re.compile(r"[!-~]{1,36}")

_WORDS = {
    "launchType": ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"),
    "schedulingStrategy": ("REPLICA", "DAEMON"),
    "propagateTags": ("TASK_DEFINITION", "SERVICE", "NONE"),
    "availabilityZoneRebalancing": ("ENABLED", "DISABLED"),
    "resourceManagementType": ("CUSTOMER", "ECS"),
}
"""Source: botocore:ecs (the enumerations of these members)"""
_CONTROLLERS = ("ECS", "CODE_DEPLOY", "EXTERNAL")
_LATER_LISTS = {
    "loadBalancers": "Load balancers",
    "serviceRegistries": "Service discovery (serviceRegistries)",
    "capacityProviderStrategy": "Capacity providers (capacityProviderStrategy)",
    "placementConstraints": "Placement constraints of services",
    "placementStrategy": "Placement strategies of services",
    "volumeConfigurations": "Volume configurations of services",
    "vpcLatticeConfigurations": "VPC Lattice",
    "gatewayConnectors": "Gateway connectors",
}


def check_members(request: Mapping[str, Any]) -> None:
    """Return if what a request says of a service is in bounds, and what Roadstead does.

    Raises: InvalidParameterException; UnsupportedFeatureException.
    """
    check_words(request)
    check_numbers(request)
    refuse_later_parts(request)
    check_ec2_only(request)


def check_definition(definition: TaskDefinition, launch_type: str, request: dict[str, Any]) -> None:
    if definition.compatibilities and launch_type not in definition.compatibilities:
        raise invalid_parameter(f"Task definition does not support launch_type {launch_type}.")
    check_network(definition.network_mode, request.get("networkConfiguration"))


def check_name(name: str) -> None:
    """Return if a service may be called so.

    Raises: InvalidParameterException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    if not _NAME.fullmatch(name):
        raise invalid_parameter(
            f"Invalid service name {name[:300]!r}. A name has 1 to 255 letters, digits, hyphens "
            "and underscores."
        )


def check_words(request: Mapping[str, Any]) -> None:
    """Return if every member that is one of a few words is one of them.

    Raises: InvalidParameterException.
    """
    for member, words in _WORDS.items():
        value = request.get(member)
        if value is not None and value not in words:
            raise invalid_parameter(
                f"{member} should be one of [{', '.join(words)}], not {value[:100]!r}."
            )
    controller = (request.get("deploymentController") or {}).get("type")
    if controller is not None and controller not in _CONTROLLERS:
        raise invalid_parameter(
            f"deploymentController.type should be one of [{', '.join(_CONTROLLERS)}], "
            f"not {controller[:100]!r}."
        )


def check_numbers(request: Mapping[str, Any]) -> None:
    """Return if desiredCount and healthCheckGracePeriodSeconds, where given, are in bounds.

    Raises: InvalidParameterException.
    """
    for member, most in (
        ("desiredCount", DESIRED_COUNT_MAX),
        ("healthCheckGracePeriodSeconds", GRACE_PERIOD_SECONDS_MAX),
    ):
        value = request.get(member)
        if value is not None and not 0 <= value <= most:
            raise invalid_parameter(f"{member} must be between 0 and {most}, not {value}.")


def check_client_token(token: str | None) -> None:
    """Return if there is no token, or it has up to 36 visible ASCII characters.

    Raises: InvalidParameterException.
    """
    if token and not _TOKEN.fullmatch(token):
        raise invalid_parameter(
            f"clientToken has up to {CLIENT_TOKEN_CHARACTERS_MAX} visible ASCII characters "
            "without spaces."
        )


def check_ec2_only(request: Mapping[str, Any]) -> None:
    """Return if nothing is asked that only Fargate or load balancers have.

    Raises: InvalidParameterException.
    """
    if request.get("platformVersion"):
        raise invalid_parameter(
            "The platform version must be null when specifying an EC2 launch type."
        )
    if request.get("role"):
        raise invalid_parameter(
            "A role may only be given for a service with one load balancer; this one has none."
        )


def refuse_later_parts(request: Mapping[str, Any]) -> None:
    """Return if the request asks for nothing that Roadstead does not do yet.

    Raises: InvalidParameterException when launchType and capacityProviderStrategy are both given;
        UnsupportedFeatureException naming the first thing that is not implemented.
    """
    if request.get("launchType") and request.get("capacityProviderStrategy"):
        raise invalid_parameter(
            "Specify either Launch Type or Capacity Provider Strategy, but not both."
        )
    if request.get("schedulingStrategy") == "DAEMON":
        raise _not_yet("The scheduling strategy DAEMON")
    controller = (request.get("deploymentController") or {}).get("type")
    if controller not in (None, "ECS"):
        raise _not_yet(f"The deployment controller {controller}")
    if request.get("launchType") in ("FARGATE", "MANAGED_INSTANCES"):
        raise _not_yet(f"The launch type {request['launchType']}")
    for member, name in _LATER_LISTS.items():
        if request.get(member):
            raise _not_yet(name)
    if (request.get("serviceConnectConfiguration") or {}).get("enabled"):
        raise _not_yet("Service Connect")
    if request.get("enableExecuteCommand"):
        raise _not_yet("ECS Exec (enableExecuteCommand)")
    if (request.get("monitoring") or {}).get("metricConfigurations"):
        raise _not_yet("Monitoring of services")
    if request.get("availabilityZoneRebalancing") == "ENABLED":
        raise _not_yet("Availability Zone rebalancing")


def check_network(network_mode: str, configuration: Mapping[str, Any] | None) -> None:
    """Return if a network configuration is given where the definition's mode needs one.

    Raises: InvalidParameterException when it is missing or out of place;
        UnsupportedFeatureException for awsvpc.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    """
    if network_mode != "awsvpc":
        if configuration:
            raise invalid_parameter(
                "Network Configuration is not valid for the given networkMode of this task "
                "definition."
            )
        return
    if not configuration:
        raise invalid_parameter(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    raise _not_yet("The network mode awsvpc")


def _not_yet(what: str) -> Exception:
    return unsupported_feature(f"{what}: not implemented yet. See docs/parity.md for what is.")
