"""Names of namespaces that DNS answers.

Source: botocore:servicediscovery#NamespaceNamePrivate
    https://docs.aws.amazon.com/cloud-map/latest/dg/creating-namespaces.html
"""

import re

from roadstead.aws.domains import LOAD_BALANCERS
from roadstead.servicediscovery.errors import invalid_input

LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
OURS = (LOAD_BALANCERS, "compute.internal", "ec2.internal")
"""Domains whose names are others' already."""


def check_dns_name(name: str) -> None:
    """Return if DNS can answer for names in the namespace.

    Raises: InvalidInput
    """
    if re.fullmatch(rf"{LABEL}(\.{LABEL})*", name) is None:
        raise invalid_input(f"The namespace name '{name}' is not a valid domain name")
    lower = name.lower()
    for each in OURS:
        if lower == each or lower.endswith(f".{each}"):
            raise invalid_input(
                f"The namespace name '{name}' is reserved: names in {each} are AWS's"
            )
