"""What a client may ask about certificates: they are imported, never issued here."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from roadstead.acm.errors import (
    invalid_args,
    limit_exceeded,
    resource_in_use,
    validation,
)
from roadstead.acm.operations.references import the_certificate
from roadstead.acm.records.certificate import CERTIFICATES_BY_SCOPE, Certificate
from roadstead.acm.rules.pem import parse
from roadstead.acm.rules.tags import checked_tags
from roadstead.acm.transitions import certificates as transitions
from roadstead.acm.views.certificate import (
    certificate_detail,
    certificate_summary,
    status_of,
    users_of,
)
from roadstead.aws.pages import after_token, next_token
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

CERTIFICATES_MAX = 2500
"""Source: https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html"""
PAGE_MAX = 1000
KEY_TYPES_SHOWN = ("RSA_1024", "RSA_2048")
"""What ListCertificates shows unless asked for others. Source: botocore:acm#Filters"""


def import_certificate(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Keep a certificate with its key, or renew the one that is named.

    Raises: ValidationException for what is no certificate, key or chain, or does not belong
        together; ResourceNotFoundException, InvalidArnException; LimitExceededException.
    Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html
    """
    arn = request.get("CertificateArn")
    before = the_certificate(tx, call, arn) if arn else None
    if before is not None and request.get("Tags"):
        raise validation("Tags cannot be specified when a certificate is imported again.")
    tags = checked_tags(request.get("Tags"))
    parsed = parse(
        request["Certificate"],
        request["PrivateKey"],
        request.get("CertificateChain") or b"",
        call.now,
    )
    if before is None and tx.count(CERTIFICATES_BY_SCOPE, call.scope) >= CERTIFICATES_MAX:
        raise limit_exceeded(f"There can be at most {CERTIFICATES_MAX} certificates.")
    return {"CertificateArn": transitions.import_certificate(tx, call, parsed, before, tags).arn}


def describe_certificate(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """All but the key.

    Raises: ResourceNotFoundException, InvalidArnException
    Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_DescribeCertificate.html
    """
    certificate = the_certificate(view, call, request["CertificateArn"])
    return {"Certificate": certificate_detail(certificate, call.now)}


def get_certificate(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The certificate and its chain. A key that was imported never leaves again.

    Raises: ResourceNotFoundException, InvalidArnException
    Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_GetCertificate.html
    """
    certificate = the_certificate(view, call, request["CertificateArn"])
    chain = certificate.chain_pem
    return {
        "Certificate": certificate.certificate_pem,
        **({"CertificateChain": chain} if chain else {}),
    }


def list_certificates(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The certificates that the filters let through, in order of their ARNs or their ages.

    Raises: InvalidArgsException for SortBy without SortOrder, or a token of another request.
    Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_ListCertificates.html
    """
    if bool(request.get("SortBy")) != bool(request.get("SortOrder")):
        raise invalid_args("SortBy and SortOrder must be specified together.")
    passes = _filter(request, call)
    found = [each for each in view.find(CERTIFICATES_BY_SCOPE, call.scope) if passes(each)]
    if request.get("SortBy"):
        descending = request["SortOrder"] == "DESCENDING"
        found.sort(key=lambda each: (str(each.created_at), each.arn), reverse=descending)
    question = {
        key: value for key, value in request.items() if key not in ("NextToken", "MaxItems")
    }
    question["nextToken"] = request.get("NextToken")
    after = after_token("ListCertificates", question, code="InvalidArgsException")
    start = next((number for number, each in enumerate(found, 1) if each.arn == after), 0)
    size = request.get("MaxItems") or PAGE_MAX
    page = list(islice(found, start, start + size))
    answer: dict[str, Any] = {
        "CertificateSummaryList": [certificate_summary(each, call.now) for each in page]
    }
    if start + size < len(found):
        answer["NextToken"] = next_token("ListCertificates", question, page[-1].arn)
    return answer


def delete_certificate(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Delete a certificate that nobody uses.

    Raises: ResourceInUseException while a listener uses it; ResourceNotFoundException,
        InvalidArnException
    Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html
    """
    certificate = the_certificate(tx, call, request["CertificateArn"])
    if users_of(certificate):
        raise resource_in_use(certificate.arn, call.account)
    transitions.delete_certificate(tx, certificate)
    return {}


def _filter(request: dict[str, Any], call: Call) -> Callable[[Certificate], bool]:
    includes = request.get("Includes") or {}
    statuses = request.get("CertificateStatuses")
    key_types = includes.get("keyTypes") or KEY_TYPES_SHOWN
    usages = set(includes.get("keyUsage") or ())
    extended = set(includes.get("extendedKeyUsage") or ())
    origins = request.get("CertificateKeyPairOrigins")

    def passes(each: Certificate) -> bool:
        return (
            (not statuses or status_of(each, call.now) in statuses)
            and each.key_algorithm in key_types
            and usages <= set(each.key_usages)
            and extended <= {name for name, _ in each.extended_key_usages}
            and includes.get("exportOption") != "ENABLED"
            and not includes.get("managedBy")
            and (not origins or "CUSTOMER_PROVIDED" in origins)
        )

    return passes
