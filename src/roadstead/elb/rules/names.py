"""Names of Classic load balancers.

Source: botocore:elb#CreateAccessPointInput (LoadBalancerName)
"""

import re

from roadstead.elb.errors import validation

NAME_CHARACTERS_MAX = 32


def check_name(name: str) -> None:
    """Return if a load balancer may have this name.

    Raises: ValidationError
    """
    if not name:
        raise validation("LoadBalancer name cannot be empty")
    if len(name) > NAME_CHARACTERS_MAX:
        raise validation(
            f"LoadBalancer name cannot be longer than {NAME_CHARACTERS_MAX} characters"
        )
    if re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", name) is None:
        raise validation(
            "LoadBalancer name must only contain alphanumeric characters or hyphens, and must not "
            f"begin or end with a hyphen: '{name}'"
        )
