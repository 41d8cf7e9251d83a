"""What a request names: a certificate that there is."""

from roadstead.acm.errors import invalid_arn, resource_not_found
from roadstead.acm.records.certificate import CERTIFICATES, Certificate
from roadstead.state.plans import Call
from roadstead.state.view import View


def the_certificate(view: View, call: Call, arn: str) -> Certificate:
    """Raises: ResourceNotFoundException; InvalidArnException for what cannot be one's ARN."""
    if not arn.startswith(call.arn("acm", "certificate/")):
        raise invalid_arn(arn)
    found = view.get(CERTIFICATES, arn)
    if found is None:
        raise resource_not_found(arn, call.account)
    return found
