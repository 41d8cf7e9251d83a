"""The error codes of ECS, each a function that makes the ApiError to raise.

Source: botocore:ecs (the exceptions its operations declare)
"""

from collections.abc import Sequence

from roadstead.aws.errors import ApiError


def access_denied(caller_arn: str, operation: str, resource: str) -> ApiError:
    return ApiError(
        "AccessDeniedException",
        f"User: {caller_arn} is not authorized to perform: {operation} on resource: {resource}",
    )


def attribute_limit_exceeded(message: str) -> ApiError:
    return ApiError("AttributeLimitExceededException", message)


def client_error(message: str) -> ApiError:
    return ApiError("ClientException", message)


def cluster_contains_container_instances() -> ApiError:
    return ApiError(
        "ClusterContainsContainerInstancesException",
        "The Cluster cannot be deleted while Container Instances are active or draining.",
    )


def cluster_contains_services() -> ApiError:
    return ApiError(
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
    )


def cluster_contains_tasks() -> ApiError:
    return ApiError(
        "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active."
    )


def cluster_not_found(message: str = "Cluster not found.") -> ApiError:
    return ApiError("ClusterNotFoundException", message)


def conflict(message: str, resource_ids: Sequence[str]) -> ApiError:
    return ApiError("ConflictException", message, members={"resourceIds": list(resource_ids)})


def invalid_parameter(message: str) -> ApiError:
    return ApiError("InvalidParameterException", message)


def limit_exceeded(message: str) -> ApiError:
    return ApiError("LimitExceededException", message)


def missing_version(message: str) -> ApiError:
    return ApiError("MissingVersionException", message)


def namespace_not_found(namespace: str) -> ApiError:
    return ApiError("NamespaceNotFoundException", f"Failed to retrieve namespace for {namespace}")


def no_update_available(message: str) -> ApiError:
    return ApiError("NoUpdateAvailableException", message)


def resource_not_found(message: str) -> ApiError:
    return ApiError("ResourceNotFoundException", message)


def service_deployment_not_found(message: str = "Service deployment not found.") -> ApiError:
    return ApiError("ServiceDeploymentNotFoundException", message)


def service_not_active(message: str = "Service was not ACTIVE.") -> ApiError:
    return ApiError("ServiceNotActiveException", message)


def service_not_found(message: str = "Service not found.") -> ApiError:
    return ApiError("ServiceNotFoundException", message)


def target_not_found(message: str) -> ApiError:
    return ApiError("TargetNotFoundException", message)


def task_set_not_found(message: str = "The specified task set could not be found.") -> ApiError:
    return ApiError("TaskSetNotFoundException", message)


def unsupported_feature(message: str) -> ApiError:
    """ECS has it, Roadstead does not yet. The message names what, and where the list of it is."""
    return ApiError("UnsupportedFeatureException", message)
