"""The error codes of Elastic Load Balancing, each a function that makes the ApiError to raise.

Source: botocore:elbv2 (the exceptions its operations declare)
"""

from collections.abc import Iterable

from roadstead.aws.errors import ApiError


def alpn_policy_not_found(names: Iterable[str]) -> ApiError:
    return ApiError("ALPNPolicyNotFound", f"ALPN policies {_listed(names)} not found")


def certificate_not_found(arn: str) -> ApiError:
    return ApiError("CertificateNotFound", f"Certificate '{arn}' not found")


def duplicate_listener(port: int) -> ApiError:
    return ApiError(
        "DuplicateListener",
        f"A listener already exists on this port for this load balancer: {port}",
    )


def duplicate_load_balancer_name(name: str) -> ApiError:
    return ApiError(
        "DuplicateLoadBalancerName",
        f"A load balancer with the same name '{name}' exists, but with different settings",
    )


def duplicate_tag_keys(key: str) -> ApiError:
    return ApiError("DuplicateTagKeys", f"Tag key '{key}' was specified more than once")


def duplicate_target_group_name(name: str) -> ApiError:
    return ApiError(
        "DuplicateTargetGroupName",
        f"A target group with the same name '{name}' exists, but with different settings",
    )


def incompatible_protocols(message: str) -> ApiError:
    return ApiError("IncompatibleProtocols", message)


def invalid_action(message: str) -> ApiError:
    return ApiError("InvalidLoadBalancerAction", message)


def invalid_configuration(message: str) -> ApiError:
    return ApiError("InvalidConfigurationRequest", message)


def invalid_security_group(message: str) -> ApiError:
    return ApiError("InvalidSecurityGroup", message)


def invalid_subnet(message: str) -> ApiError:
    return ApiError("InvalidSubnet", message)


def invalid_target(message: str) -> ApiError:
    return ApiError("InvalidTarget", message)


def listener_not_found(arns: Iterable[str]) -> ApiError:
    return ApiError("ListenerNotFound", f"Listeners {_listed(arns)} not found")


def load_balancer_not_found(names: Iterable[str]) -> ApiError:
    return ApiError("LoadBalancerNotFound", f"Load balancers {_listed(names)} not found")


def operation_not_permitted(message: str) -> ApiError:
    return ApiError("OperationNotPermitted", message)


def priority_in_use(priority: int) -> ApiError:
    return ApiError("PriorityInUse", f"Priority '{priority}' is currently in use")


def resource_in_use(message: str) -> ApiError:
    return ApiError("ResourceInUse", message)


def resource_not_found(message: str) -> ApiError:
    return ApiError("ResourceNotFound", message)


def rule_not_found(arns: Iterable[str]) -> ApiError:
    return ApiError("RuleNotFound", f"Rules {_listed(arns)} not found")


def ssl_policy_not_found(name: str) -> ApiError:
    return ApiError("SSLPolicyNotFound", f"SSL policy '{name}' not found")


def subnet_not_found(subnet_id: str) -> ApiError:
    return ApiError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist")


def target_group_not_found(names: Iterable[str]) -> ApiError:
    return ApiError("TargetGroupNotFound", f"Target groups {_listed(names)} not found")


def target_group_association_limit(message: str) -> ApiError:
    return ApiError("TargetGroupAssociationLimit", message)


def too_many(things: str, message: str) -> ApiError:
    """A quota is reached; `things` as the code has them: Listeners, Rules, Targets, …"""
    return ApiError(f"TooMany{things}", message)


def unsupported(what: str) -> ApiError:
    """What Roadstead does not build."""
    return ApiError(
        "OperationNotPermitted",
        f"{what} is not supported by this control plane; docs/parity.md lists what is.",
    )


def unsupported_protocol(message: str) -> ApiError:
    return ApiError("UnsupportedProtocol", message)


def validation(message: str) -> ApiError:
    """A value that is not valid, in words of its own."""
    return ApiError("ValidationError", message)


def _listed(names: Iterable[str]) -> str:
    return "'[" + ", ".join(names) + "]'"
