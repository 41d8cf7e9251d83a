"""The error codes of EC2, each a function that makes the ApiError to raise.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from roadstead.aws.errors import ApiError


def not_found(code: str, kind: str, resource_id: str) -> ApiError:
    """code: `InvalidVpcID.NotFound`; kind: as the sentence has it, `vpc ID`."""
    return ApiError(code, f"The {kind} '{resource_id}' does not exist")


def vpc_not_found(vpc_id: str) -> ApiError:
    return not_found("InvalidVpcID.NotFound", "vpc ID", vpc_id)


def subnet_not_found(subnet_id: str) -> ApiError:
    return not_found("InvalidSubnetID.NotFound", "subnet ID", subnet_id)


def group_not_found(group_id: str) -> ApiError:
    return not_found("InvalidGroup.NotFound", "security group", group_id)


def rule_not_found(rule_id: str) -> ApiError:
    return not_found("InvalidSecurityGroupRuleId.NotFound", "security group rule ID", rule_id)


def interface_not_found(interface_id: str) -> ApiError:
    return not_found("InvalidNetworkInterfaceID.NotFound", "networkInterface ID", interface_id)


def attachment_not_found(attachment_id: str) -> ApiError:
    return not_found("InvalidAttachmentID.NotFound", "interface attachment with ID", attachment_id)


def gateway_not_found(gateway_id: str) -> ApiError:
    return not_found("InvalidInternetGatewayID.NotFound", "internetGateway ID", gateway_id)


def route_table_not_found(route_table_id: str) -> ApiError:
    return not_found("InvalidRouteTableID.NotFound", "routeTable ID", route_table_id)


def association_not_found(association_id: str) -> ApiError:
    return not_found("InvalidAssociationID.NotFound", "association ID", association_id)


def instance_not_found(instance_id: str) -> ApiError:
    return not_found("InvalidInstanceID.NotFound", "instance ID", instance_id)


def malformed_id(code: str, resource_id: str, prefix: str) -> ApiError:
    """code: `InvalidVpcID.Malformed`; prefix: `vpc-`."""
    return ApiError(code, f'Invalid id: "{resource_id}" (expecting "{prefix}...")')


def dependency_violation(kind: str, resource_id: str, why: str = "") -> ApiError:
    """kind: as the sentence has it, `vpc`. why: what holds it, where EC2 does not say so."""
    because = f": {why}" if why else ""
    return ApiError(
        "DependencyViolation",
        f"The {kind} '{resource_id}' has dependencies and cannot be deleted{because}.",
    )


def resource_in_use(resource_id: str) -> ApiError:
    return ApiError("DependencyViolation", f"resource {resource_id} has a dependent object")


def insufficient_addresses(subnet_id: str) -> ApiError:
    return ApiError(
        "InsufficientFreeAddressesInSubnet",
        f"The specified subnet '{subnet_id}' does not have enough free addresses to satisfy the "
        "request.",
    )


def invalid_parameter(message: str) -> ApiError:
    return ApiError("InvalidParameterValue", message)


def invalid_combination(message: str) -> ApiError:
    return ApiError("InvalidParameterCombination", message)


def missing_parameter(name: str) -> ApiError:
    return ApiError("MissingParameter", f"The request must contain the parameter {name}")


def limit_exceeded(code: str, message: str) -> ApiError:
    """code: `VpcLimitExceeded`, `SecurityGroupLimitExceeded`, …"""
    return ApiError(code, message)


def operation_not_permitted(message: str) -> ApiError:
    return ApiError("OperationNotPermitted", message)


def auth_failure(message: str) -> ApiError:
    """The resource is not the caller's to change, though its name is known."""
    return ApiError("AuthFailure", message)


def unsupported(message: str) -> ApiError:
    """EC2 has it, Roadstead does not. The message names what."""
    return ApiError("UnsupportedOperation", message)


def dry_run() -> ApiError:
    """The answer to a request with DryRun that would have been granted."""
    return ApiError(
        "DryRunOperation",
        "Request would have succeeded, but DryRun flag is set.",
        status=412,
    )
