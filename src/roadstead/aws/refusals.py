"""How a service says that it does not believe who is asking.

The reasons are the same everywhere; their names depend on the protocol that the service speaks.
"""

import msgspec

from roadstead.aws.errors import ApiError

_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. "
    "Consult the service documentation for details."
)


class Refusals(msgspec.Struct, frozen=True):
    """One dialect of refusing: an error code for each reason.

    Units: statuses are HTTP status codes.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html and
        https://docs.aws.amazon.com/AutoScaling/ec2/APIReference/CommonErrors.html
    """

    missing_code: str
    incomplete_code: str
    mismatch_code: str
    unknown_key_code: str
    expired_token_code: str
    denied_code: str
    incomplete_status: int
    other_status: int
    denied_status: int
    unknown_key_message: str = "The security token included in the request is invalid."

    def missing(self) -> ApiError:
        """The request carries no signature at all."""
        return ApiError(self.missing_code, "Missing Authentication Token", status=self.other_status)

    def incomplete(self, message: str) -> ApiError:
        """The signature lacks a part, or a part cannot be read."""
        return ApiError(self.incomplete_code, message, status=self.incomplete_status)

    def mismatch(self, message: str = _MISMATCH) -> ApiError:
        """The signature can be read and is wrong, or not good for this time and place."""
        return ApiError(self.mismatch_code, message, status=self.other_status)

    def unknown_key(self) -> ApiError:
        """There is no such access key, or the session token is not its own."""
        return ApiError(self.unknown_key_code, self.unknown_key_message, status=self.other_status)

    def expired_token(self) -> ApiError:
        """The access key was good for a time, which is over."""
        return ApiError(
            self.expired_token_code,
            "The security token included in the request is expired",
            status=self.other_status,
        )

    def denied(self, caller_arn: str, action: str) -> ApiError:
        """We believe who it is, and they may not."""
        return ApiError(
            self.denied_code,
            f"User: {caller_arn} is not authorized to perform: {action} on resource: * because no "
            "identity-based policy allows the action",
            status=self.denied_status,
        )


def mismatch_message(canonical: str, text: str) -> str:
    """What AWS tells whoever signs by hand: the texts that should have been signed."""
    return (
        f"{_MISMATCH}\n\nThe Canonical String for this request should have been\n'{canonical}'\n\n"
        f"The String-to-Sign should have been\n'{text}'\n"
    )


JSON_REFUSALS = Refusals(
    missing_code="MissingAuthenticationTokenException",
    incomplete_code="IncompleteSignatureException",
    mismatch_code="InvalidSignatureException",
    unknown_key_code="UnrecognizedClientException",
    expired_token_code="ExpiredTokenException",  # noqa: S106  # an error code
    denied_code="AccessDeniedException",
    incomplete_status=400,
    other_status=400,
    denied_status=400,
)
QUERY_REFUSALS = Refusals(
    missing_code="MissingAuthenticationToken",
    incomplete_code="IncompleteSignature",
    mismatch_code="SignatureDoesNotMatch",
    unknown_key_code="InvalidClientTokenId",
    expired_token_code="ExpiredToken",  # noqa: S106  # an error code
    denied_code="AccessDenied",
    incomplete_status=400,
    other_status=403,
    denied_status=403,
)
EC2_REFUSALS = Refusals(
    missing_code="MissingAuthenticationToken",
    incomplete_code="IncompleteSignature",
    mismatch_code="AuthFailure",
    unknown_key_code="AuthFailure",
    expired_token_code="RequestExpired",  # noqa: S106  # an error code
    denied_code="UnauthorizedOperation",
    incomplete_status=400,
    other_status=401,
    denied_status=403,
    unknown_key_message="AWS was not able to validate the provided access credentials",
)
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"""
