"""The error codes of Certificate Manager, each a function that makes the ApiError to raise.

Source: botocore:acm (the exceptions its operations declare)
"""

from roadstead.aws.errors import ApiError


def invalid_args(message: str) -> ApiError:
    return ApiError("InvalidArgsException", message)


def invalid_arn(arn: str) -> ApiError:
    return ApiError(
        "InvalidArnException", f"The ARN {arn} is not that of a certificate of this account"
    )


def invalid_tag(message: str) -> ApiError:
    return ApiError("InvalidTagException", message)


def limit_exceeded(message: str) -> ApiError:
    return ApiError("LimitExceededException", message)


def resource_in_use(arn: str, account: str) -> ApiError:
    return ApiError("ResourceInUseException", f"Certificate {arn} in account {account} is in use.")


def resource_not_found(arn: str, account: str) -> ApiError:
    return ApiError(
        "ResourceNotFoundException", f"Could not find certificate {arn} in account {account}."
    )


def too_many_tags(message: str) -> ApiError:
    return ApiError("TooManyTagsException", message)


def validation(message: str) -> ApiError:
    return ApiError("ValidationException", message)
