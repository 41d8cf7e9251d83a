"""What was sent as a certificate, its chain and its key: parsed, checked, and told apart.

Whatever passes here a TLS server can load: the key is the certificate's, the chain is one. No
message says anything of a private key but what is wrong with it.

Source: https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html
"""

import re
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from roadstead.acm.errors import validation
from roadstead.acm.rules.names import names_of

BYTES_MAX = 32_768
"""Of a certificate. Source: botocore:acm#CertificateBodyBlob"""
CHAIN_LENGTH_MAX = 20

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_RSA_BITS = (1024, 2048, 3072, 4096)
_CURVES = {"secp256r1": "EC_prime256v1", "secp384r1": "EC_secp384r1", "secp521r1": "EC_secp521r1"}
_PROBE = b"is this the key of the certificate?"


class Parsed(msgspec.Struct, frozen=True):
    """A certificate with its key. Not shown: see `Certificate`."""

    certificate: x509.Certificate
    certificate_pem: str
    chain_pem: str
    private_key_pem: str
    key_algorithm: str
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Parsed(names={self.names!r})"


def parse(certificate: bytes, private_key: bytes, chain: bytes, now: datetime) -> Parsed:
    """The three as they are stored.

    Raises: ValidationException, saying which of them is wrong and how.
    """
    leaves = _certificates(certificate, "certificate")
    if len(leaves) > 1:
        raise validation(
            "The certificate field contains more than one certificate. You can specify only one "
            "certificate in this field; the others belong into the certificate chain."
        )
    leaf = leaves[0]
    _check_times(leaf, now)
    names = names_of(leaf)
    if not names:
        raise validation("The certificate is for no domain name: it has no subject to serve.")
    key = _private_key(private_key)
    algorithm = key_algorithm(key)
    _check_key_of(leaf, key)
    above = _certificates(chain, "certificate chain") if chain.strip() else []
    _check_chain(leaf, above)
    return Parsed(
        certificate=leaf,
        certificate_pem=_pem(leaf),
        chain_pem="".join(_pem(each) for each in above),
        private_key_pem=key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode(),
        key_algorithm=algorithm,
        names=names,
    )


def key_algorithm(key: PrivateKeyTypes) -> str:
    """The algorithm as ACM writes it.

    Raises: ValidationException for one that it does not take.
    """
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size in _RSA_BITS:
        return f"RSA_{key.key_size}"
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _CURVES:
        return _CURVES[key.curve.name]
    raise validation(
        "The private key is not supported. It must be RSA of 1024, 2048, 3072 or 4096 bits, or on "
        "one of the curves P-256, P-384 and P-521."
    )


def _certificates(text: bytes, what: str) -> list[x509.Certificate]:
    try:
        blocks = _CERTIFICATE.findall(text.decode("ascii"))
        rest = _CERTIFICATE.sub("", text.decode("ascii")).strip()
        found = [x509.load_pem_x509_certificate(block.encode()) for block in blocks]
    except (ValueError, UnsupportedAlgorithm):
        raise validation(f"The {what} is not a valid X.509 certificate in PEM form.") from None
    if not found or rest:
        raise validation(
            f"The {what} is not valid: it must have certificates in PEM form and nothing else."
        )
    if len(found) > CHAIN_LENGTH_MAX:
        raise validation(f"The {what} can have at most {CHAIN_LENGTH_MAX} certificates.")
    return found


def _private_key(text: bytes) -> PrivateKeyTypes:
    try:
        # The probe in `_check_key_of` uses the key; validating an RSA key's primes takes longer
        # than a request may.
        return load_pem_private_key(text, password=None, unsafe_skip_rsa_key_validation=True)
    except TypeError:
        raise validation("The private key is encrypted. It must be unencrypted.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise validation("The private key is not a valid key in PEM form.") from None


def _check_key_of(leaf: x509.Certificate, key: PrivateKeyTypes) -> None:
    """What the key signs, the certificate's key must verify."""
    public = leaf.public_key()
    try:
        if isinstance(key, rsa.RSAPrivateKey) and isinstance(public, rsa.RSAPublicKey):
            signature = key.sign(_PROBE, PKCS1v15(), SHA256())
            public.verify(signature, _PROBE, PKCS1v15(), SHA256())
            return
        if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(
            public, ec.EllipticCurvePublicKey
        ):
            signature = key.sign(_PROBE, ec.ECDSA(SHA256()))
            public.verify(signature, _PROBE, ec.ECDSA(SHA256()))
            return
    except (InvalidSignature, ValueError):
        pass
    raise validation("The private key does not match the public key of the certificate.")


def _check_times(leaf: x509.Certificate, now: datetime) -> None:
    if now < leaf.not_valid_before_utc:
        raise validation(f"The certificate is not valid before {leaf.not_valid_before_utc}.")
    if now > leaf.not_valid_after_utc:
        raise validation(f"The certificate has expired on {leaf.not_valid_after_utc}.")


def _check_chain(leaf: x509.Certificate, chain: list[x509.Certificate]) -> None:
    """Each certificate is issued by the next one."""
    issued = leaf
    for number, issuer in enumerate(chain, 1):
        try:
            issued.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature):
            raise validation(
                "Could not validate the certificate with the certificate chain: its certificate "
                f"{number} has not issued the one before it. The issuer of the certificate comes "
                "first, then that one's issuer, and so on."
            ) from None
        issued = issuer


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
