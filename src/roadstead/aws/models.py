"""Service models as AWS publishes them. The only door to botocore, which ships them all."""

from functools import cache

import botocore.loaders

from roadstead.aws.shapes import ServiceModel, read_model


@cache
def service_model(name: str) -> ServiceModel:
    """The model of a service by botocore's name for it: `ecs`, `elbv2`, `autoscaling`.

    Read once per process, about 40 ms for ECS.
    Raises: botocore.exceptions.UnknownServiceError for a name that botocore does not know.
    """
    return read_model(name, botocore.loaders.Loader().load_service_model(name, "service-2"))
