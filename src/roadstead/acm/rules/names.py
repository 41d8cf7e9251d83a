"""What a certificate says of itself: its names, its uses, who issued it."""

import re
from collections.abc import Iterable

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

DOMAIN = re.compile(
    r"(\*\.)?((?!-)[A-Za-z0-9-]{0,62}[A-Za-z0-9]\.)+(?!-)[A-Za-z0-9-]{1,62}[A-Za-z0-9]"
)
"""A domain name as ACM shows one. Source: botocore:acm#DomainNameString"""
DOMAIN_CHARACTERS_MAX = 253

_USAGES = {
    "digital_signature": "DIGITAL_SIGNATURE",
    "content_commitment": "NON_REPUDIATION",
    "key_encipherment": "KEY_ENCIPHERMENT",
    "data_encipherment": "DATA_ENCIPHERMENT",
    "key_agreement": "KEY_AGREEMENT",
    "key_cert_sign": "CERTIFICATE_SIGNING",
    "crl_sign": "CRL_SIGNING",
}
_EXTENDED_USAGES: dict[ObjectIdentifier, str] = {
    ExtendedKeyUsageOID.SERVER_AUTH: "TLS_WEB_SERVER_AUTHENTICATION",
    ExtendedKeyUsageOID.CLIENT_AUTH: "TLS_WEB_CLIENT_AUTHENTICATION",
    ExtendedKeyUsageOID.CODE_SIGNING: "CODE_SIGNING",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "EMAIL_PROTECTION",
    ExtendedKeyUsageOID.TIME_STAMPING: "TIME_STAMPING",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSP_SIGNING",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "ANY",
}


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The names that the certificate is for, its common name first."""
    common = [
        str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    ]
    alternatives = certificate.extensions
    try:
        found = alternatives.get_extension_for_class(x509.SubjectAlternativeName).value
        others = found.get_values_for_type(x509.DNSName)
    except x509.ExtensionNotFound:
        others = []
    return tuple(dict.fromkeys((*common, *others)))


def shown_names(names: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that are domain names."""
    return tuple(
        each
        for each in names
        if len(each) <= DOMAIN_CHARACTERS_MAX and DOMAIN.fullmatch(each) is not None
    )


def issuer_of(certificate: x509.Certificate) -> str:
    """Who issued it: the organization, or the common name of one that has none."""
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        found = certificate.issuer.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    return certificate.issuer.rfc4514_string()


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number in pairs of digits."""
    digits = f"{certificate.serial_number:x}"
    digits = digits.rjust(len(digits) + len(digits) % 2, "0")
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def key_usages_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """What its key may be used for; ANY if it does not say."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ("ANY",)
    return tuple(name for field, name in _USAGES.items() if getattr(usage, field))


def extended_key_usages_of(certificate: x509.Certificate) -> tuple[tuple[str, str], ...]:
    """What else it may be used for: ACM's name and the object id; NONE if it does not say."""
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return (("NONE", ""),)
    return tuple((_EXTENDED_USAGES.get(each, "CUSTOM"), each.dotted_string) for each in usages)


def signature_algorithm_of(certificate: x509.Certificate, key_algorithm: str) -> str:
    """The hash and the kind of key that signed it: SHA256WITHRSA."""
    digest = certificate.signature_hash_algorithm
    kind = "ECDSA" if "ecdsa" in _signature_name(certificate) else "RSA"
    return f"{digest.name.upper() if digest else key_algorithm}WITH{kind}"


def _signature_name(certificate: x509.Certificate) -> str:
    # 1.2.840.10045.4 is the arc of ECDSA's signatures.
    return (
        "ecdsa"
        if certificate.signature_algorithm_oid.dotted_string.startswith("1.2.840.10045.4")
        else "rsa"
    )
