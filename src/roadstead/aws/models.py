"""Service models as AWS publishes them. The only door to botocore, which ships them all."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.loaders

from roadstead.aws.shapes import ServiceModel, read_model

BEYOND_THE_MODEL: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "ecs": {"RegisterContainerInstanceRequest": {"clientToken": "String"}},
}
"""Service → structure → member → shape: members that AWS's own clients send and the published model
lacks. What is not listed here is ignored when it comes.

Source: agent:agent/api/ecsclient (RegisterContainerInstance with a ClientToken)
"""

VALUES_BEYOND_THE_MODEL: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ec2": {"AttachmentStatus": ("available",)},
}
"""Service → enumeration → values that AWS answers with and the published model lacks.

Source: observed: 2025, DescribeInternetGateways of an attached gateway says `available`; so wait
    the tools that attach one
"""


@cache
def service_model(name: str) -> ServiceModel:
    """The model of a service by botocore's name for it: `ecs`, `elbv2`, `autoscaling`.

    Read once per process, about 40 ms for ECS.
    Raises: botocore.exceptions.UnknownServiceError for a name that botocore does not know.
    """
    raw: dict[str, Any] = botocore.loaders.Loader().load_service_model(name, "service-2")
    for structure, members in BEYOND_THE_MODEL.get(name, {}).items():
        known = raw["shapes"][structure]["members"]
        for member, shape in members.items():
            known.setdefault(member, {"shape": shape})
    for enumeration, values in VALUES_BEYOND_THE_MODEL.get(name, {}).items():
        raw["shapes"][enumeration]["enum"] = [*raw["shapes"][enumeration]["enum"], *values]
    return read_model(name, raw)
