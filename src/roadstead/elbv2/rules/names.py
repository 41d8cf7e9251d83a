"""Names of load balancers and target groups.

Source: botocore:elbv2#CreateLoadBalancerInput (Name), botocore:elbv2#CreateTargetGroupInput (Name)
"""

import re

from roadstead.elbv2.errors import validation

NAME_CHARACTERS_MAX = 32


def check_target_group_name(name: str) -> None:
    """Return if a target group may have this name.

    Raises: ValidationError
    """
    _check("Target group name", name)


def check_load_balancer_name(name: str) -> None:
    """Return if a load balancer may have this name.

    Raises: ValidationError
    """
    _check("Load balancer name", name)
    if name.startswith("internal-"):
        raise validation(f"Load balancer name '{name}' cannot begin with 'internal-'")


def _check(what: str, name: str) -> None:
    if not name:
        raise validation(f"{what} cannot be empty")
    if len(name) > NAME_CHARACTERS_MAX:
        raise validation(
            f"{what} '{name}' cannot be longer than '{NAME_CHARACTERS_MAX}' characters"
        )
    if re.fullmatch(r"[A-Za-z0-9-]+", name) is None:
        raise validation(
            f"{what} '{name}' can only contain characters that are alphanumeric characters or "
            "hyphens(-)"
        )
    if name.startswith("-") or name.endswith("-"):
        raise validation(f"{what} '{name}' cannot begin or end with '-'")
