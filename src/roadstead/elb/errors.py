"""The error codes of Classic load balancers, each a function that makes the ApiError to raise.

Source: botocore:elb (the exceptions its operations declare; on the wire they have their codes)
"""

from roadstead.aws.errors import ApiError


def certificate_not_found(arn: str) -> ApiError:
    return ApiError("CertificateNotFound", f"Server Certificate not found for the key: {arn}")


def duplicate_listener(name: str, port: int) -> ApiError:
    return ApiError(
        "DuplicateListener",
        f"A listener already exists for {name} with LoadBalancerPort {port}, but with a different "
        "InstancePort, Protocol, or SSLCertificateId",
    )


def duplicate_load_balancer(name: str) -> ApiError:
    return ApiError(
        "DuplicateLoadBalancerName",
        f"Load Balancer named '{name}' already exists and it is configured with different "
        "parameters.",
    )


def duplicate_tag_keys(key: str) -> ApiError:
    return ApiError("DuplicateTagKeys", f"Tag key '{key}' was specified more than once")


def instance_not_found(instance_id: str) -> ApiError:
    return ApiError("InvalidInstance", f"Could not find EC2 instance {instance_id}.")


def instance_elsewhere(instance_id: str, vpc_id: str) -> ApiError:
    return ApiError(
        "InvalidInstance", f"EC2 instance {instance_id} is not in the same VPC as ELB: {vpc_id}."
    )


def invalid_configuration(message: str) -> ApiError:
    return ApiError("InvalidConfigurationRequest", message)


def invalid_scheme(scheme: str) -> ApiError:
    return ApiError(
        "InvalidScheme",
        f"Scheme '{scheme}' is not valid: it must be internal, or internet-facing, which is meant "
        "where there is none.",
    )


def invalid_security_group(message: str) -> ApiError:
    return ApiError("InvalidSecurityGroup", message)


def invalid_subnet(message: str) -> ApiError:
    return ApiError("InvalidSubnet", message)


def listener_not_found(name: str, port: int) -> ApiError:
    return ApiError("ListenerNotFound", f"{name} has no listener on the port {port}")


def load_balancer_not_found(name: str) -> ApiError:
    return ApiError("LoadBalancerNotFound", f"There is no ACTIVE Load Balancer named '{name}'")


def policy_not_found(name: str) -> ApiError:
    return ApiError("PolicyNotFound", f"There is no policy with name {name}")


def policy_type_not_found(name: str) -> ApiError:
    return ApiError("PolicyTypeNotFound", f"Policy type {name} not found.")


def subnet_not_found(subnet_id: str) -> ApiError:
    return ApiError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist")


def too_many(things: str, message: str) -> ApiError:
    """A quota is reached; `things` as the code has them: LoadBalancers, Tags."""
    return ApiError(f"TooMany{things}", message)


def unsupported(what: str) -> ApiError:
    """What Roadstead does not build."""
    return ApiError(
        "OperationNotPermitted",
        f"{what} is not supported by this control plane; docs/parity.md lists what is.",
    )


def unsupported_protocol(protocol: str) -> ApiError:
    return ApiError(
        "UnsupportedProtocol",
        f"The protocol '{protocol}' is not supported: it must be HTTP, HTTPS, TCP or SSL",
    )


def validation(message: str) -> ApiError:
    """A value that is not valid, in words of its own."""
    return ApiError("ValidationError", message)
