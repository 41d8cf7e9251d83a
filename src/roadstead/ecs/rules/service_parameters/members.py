"""Single members of a request about a service: names, words, numbers and tokens."""

import re
from collections.abc import Mapping
from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.rules.service_parameters.later import refuse_later_parts

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


def check_members(request: Mapping[str, Any], desired_count_max: int) -> None:
    """Return if what a request says of a service is in bounds, and what Roadstead does.

    desired_count_max: the quota on tasks per service.
    Raises: InvalidParameterException; UnsupportedFeatureException.
    """
    check_words(request)
    check_numbers(request, desired_count_max)
    refuse_later_parts(request)
    check_ec2_only(request)


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


def check_numbers(request: Mapping[str, Any], desired_count_max: int) -> None:
    """Return if desiredCount and healthCheckGracePeriodSeconds, where given, are in bounds.

    Raises: InvalidParameterException.
    """
    for member, most in (
        ("desiredCount", desired_count_max),
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
    """Return if nothing is asked that only Fargate has.

    Raises: InvalidParameterException.
    """
    if request.get("platformVersion"):
        raise invalid_parameter(
            "The platform version must be null when specifying an EC2 launch type."
        )
