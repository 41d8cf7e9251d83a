"""The error codes of AWS Cloud Map, each a function that makes the ApiError to raise.

Source: botocore:servicediscovery (the exceptions its operations declare)
"""

from roadstead.aws.errors import ApiError


def custom_health_not_found(service_id: str) -> ApiError:
    return ApiError(
        "CustomHealthNotFound",
        f"The service {service_id} has no custom health check (HealthCheckCustomConfig)",
    )


def instance_not_found(instance_id: str, service_id: str) -> ApiError:
    return ApiError(
        "InstanceNotFound", f"Instance {instance_id} not found in the service {service_id}"
    )


def invalid_input(message: str) -> ApiError:
    return ApiError("InvalidInput", message)


def limit_exceeded(message: str) -> ApiError:
    return ApiError("ResourceLimitExceeded", message)


def namespace_already_exists(name: str, namespace_id: str, creator_request_id: str) -> ApiError:
    return ApiError(
        "NamespaceAlreadyExists",
        f"A namespace with the name '{name}' exists already: {namespace_id}",
        members={"NamespaceId": namespace_id, "CreatorRequestId": creator_request_id},
    )


def namespace_not_found(reference: str) -> ApiError:
    return ApiError("NamespaceNotFound", f"The namespace '{reference}' does not exist")


def operation_not_found(operation_id: str) -> ApiError:
    return ApiError("OperationNotFound", f"The operation '{operation_id}' does not exist")


def resource_in_use(message: str) -> ApiError:
    return ApiError("ResourceInUse", message)


def resource_not_found(arn: str) -> ApiError:
    return ApiError("ResourceNotFoundException", f"The resource '{arn}' does not exist")


def service_already_exists(name: str, service_id: str, arn: str, request_id: str) -> ApiError:
    return ApiError(
        "ServiceAlreadyExists",
        f"A service with the name '{name}' exists already in the namespace: {service_id}",
        members={"ServiceId": service_id, "ServiceArn": arn, "CreatorRequestId": request_id},
    )


def service_attributes_limit_exceeded(message: str) -> ApiError:
    return ApiError("ServiceAttributesLimitExceededException", message)


def service_not_found(reference: str) -> ApiError:
    return ApiError("ServiceNotFound", f"The service '{reference}' does not exist")


def too_many_tags(message: str, arn: str) -> ApiError:
    return ApiError("TooManyTagsException", message, members={"ResourceName": arn} if arn else {})


def unsupported(what: str) -> ApiError:
    """What Roadstead does not build."""
    return invalid_input(
        f"{what} is not supported by this control plane; docs/parity.md lists what is."
    )
