"""Certificates, security and ALPN policies of HTTPS and TLS listeners, looked up and checked.

Source: botocore:elbv2#CreateListenerInput (Certificates, SslPolicy, AlpnPolicy)
"""

from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.acm.records.certificate import CERTIFICATES
from roadstead.aws.errors import ApiError
from roadstead.elbv2.errors import (
    alpn_policy_not_found,
    certificate_not_found,
    invalid_configuration,
    ssl_policy_not_found,
    unsupported,
    validation,
)
from roadstead.elbv2.rules.protocols import WITH_CERTIFICATE
from roadstead.elbv2.rules.ssl_policies import DEFAULT_POLICY, POLICIES
from roadstead.state.plans import Call
from roadstead.state.view import View

ALPN_POLICIES = ("HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None")
TOO_WEAK = ("RSA_1024",)
"""Keys that a load balancer does not take. Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html"""


def certificates_of(
    view: View, call: Call, request: Mapping[str, Any], protocol: str, held: tuple[str, ...]
) -> tuple[str, ...]:
    """The certificates of a listener after the request; the first is the default.

    `held`: what it has before. A new default takes the place of the old one, the list stays.
    Raises: ValidationError; CertificateNotFound, UnsupportedCertificate;
        InvalidConfigurationRequest
    """
    asked = request.get("Certificates")
    if protocol not in WITH_CERTIFICATE:
        if asked:
            raise invalid_configuration(
                f"Certificates cannot be specified for listeners with the protocol {protocol}"
            )
        return ()
    if not asked:
        if not held:
            raise validation(f"A certificate must be specified for {protocol} listeners")
        return held
    if len(asked) > 1:
        raise invalid_configuration(
            "Exactly one certificate can be specified, the default one; use "
            "AddListenerCertificates for others"
        )
    if asked[0].get("IsDefault") is not None:
        raise invalid_configuration("You cannot set the isDefault parameter for the certificate")
    default = checked_certificate(view, call, asked[0].get("CertificateArn") or "")
    return (default, *(each for each in held[1:] if each != default))


def checked_certificate(view: View, call: Call, arn: str) -> str:
    """The ARN of a certificate that a listener may use.

    Raises: CertificateNotFound; UnsupportedCertificate
    """
    certificate = view.get(CERTIFICATES, arn)
    if certificate is None or certificate.scope != call.scope:
        raise certificate_not_found(arn)
    if certificate.key_algorithm in TOO_WEAK:
        raise ApiError(
            "UnsupportedCertificate",
            f"The certificate '{arn}' must have a fully-qualified domain name, a supported "
            f"signature, and a supported key size; its key is {certificate.key_algorithm}.",
        )
    return arn


def ssl_policy_of(request: Mapping[str, Any], protocol: str, held: str) -> str:
    """The security policy of a listener after the request.

    Raises: SSLPolicyNotFound; InvalidConfigurationRequest
    """
    asked = request.get("SslPolicy")
    if protocol not in WITH_CERTIFICATE:
        if asked:
            raise invalid_configuration(
                f"An SSL policy cannot be specified for listeners with the protocol {protocol}"
            )
        return ""
    if not asked:
        return held or DEFAULT_POLICY
    if asked not in POLICIES:
        raise ssl_policy_not_found(asked)
    return str(asked)


def alpn_policy_of(
    request: Mapping[str, Any], protocol: str, held: tuple[str, ...]
) -> tuple[str, ...]:
    """The ALPN policy of a TLS listener after the request.

    Raises: ALPNPolicyNotFound; InvalidConfigurationRequest
    """
    asked: Iterable[str] | None = request.get("AlpnPolicy")
    if asked is None:
        return held if protocol == "TLS" else ()
    names = tuple(asked)
    if names and protocol != "TLS":
        raise invalid_configuration(
            f"An ALPN policy cannot be specified for listeners with the protocol {protocol}"
        )
    if len(names) > 1:
        raise invalid_configuration("Only one ALPN policy can be specified")
    strange = [each for each in names if each not in ALPN_POLICIES]
    if strange:
        raise alpn_policy_not_found(strange)
    return names


def refuse_mutual_authentication(request: Mapping[str, Any]) -> None:
    """Return if the request does not ask for clients' certificates.

    Raises: OperationNotPermitted
    """
    mode = (request.get("MutualAuthentication") or {}).get("Mode") or "off"
    if mode != "off":
        raise unsupported(f"Mutual authentication with mode '{mode}'")
