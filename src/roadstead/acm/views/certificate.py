"""Certificates as the API shows them. The private key is in none of these."""

from datetime import datetime
from typing import Any

from roadstead.acm.records.certificate import Certificate
from roadstead.acm.rules.names import shown_names


def status_of(certificate: Certificate, now: datetime) -> str:
    """ISSUED, or EXPIRED once its time is over."""
    assert certificate.not_after is not None
    return "EXPIRED" if certificate.not_after < now else "ISSUED"


def users_of(certificate: Certificate) -> list[str]:
    """The load balancers that use it."""
    return sorted(user for users in certificate.users.values() for user in users)


def certificate_detail(certificate: Certificate, now: datetime) -> dict[str, Any]:
    """Source: botocore:acm#CertificateDetail"""
    names = shown_names(certificate.names)
    detail: dict[str, Any] = {
        "CertificateArn": certificate.arn,
        "Serial": certificate.serial,
        "Subject": certificate.subject,
        "Issuer": certificate.issuer,
        "CreatedAt": certificate.created_at,
        "ImportedAt": certificate.imported_at,
        "Status": status_of(certificate, now),
        "NotBefore": certificate.not_before,
        "NotAfter": certificate.not_after,
        "KeyAlgorithm": certificate.key_algorithm,
        "SignatureAlgorithm": certificate.signature_algorithm,
        "InUseBy": users_of(certificate),
        "Type": "IMPORTED",
        "KeyUsages": [{"Name": each} for each in certificate.key_usages],
        "ExtendedKeyUsages": [
            {"Name": name, **({"OID": oid} if oid else {})}
            for name, oid in certificate.extended_key_usages
        ],
        "RenewalEligibility": "INELIGIBLE",
        "Options": {"CertificateTransparencyLoggingPreference": "DISABLED"},
    }
    if names:
        detail |= {"DomainName": names[0], "SubjectAlternativeNames": list(names)}
    return detail


def certificate_summary(certificate: Certificate, now: datetime) -> dict[str, Any]:
    """Source: botocore:acm#CertificateSummary"""
    names = shown_names(certificate.names)
    summary: dict[str, Any] = {
        "CertificateArn": certificate.arn,
        "HasAdditionalSubjectAlternativeNames": False,
        "Status": status_of(certificate, now),
        "Type": "IMPORTED",
        "KeyAlgorithm": certificate.key_algorithm,
        "KeyUsages": list(certificate.key_usages),
        "ExtendedKeyUsages": [name for name, _ in certificate.extended_key_usages],
        "InUse": bool(users_of(certificate)),
        "RenewalEligibility": "INELIGIBLE",
        "NotBefore": certificate.not_before,
        "NotAfter": certificate.not_after,
        "CreatedAt": certificate.created_at,
        "ImportedAt": certificate.imported_at,
    }
    if names:
        summary |= {"DomainName": names[0], "SubjectAlternativeNameSummaries": list(names[:100])}
    return summary
