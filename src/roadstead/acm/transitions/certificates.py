"""The only writer of Certificate."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from roadstead.acm.records.certificate import CERTIFICATES, Certificate
from roadstead.acm.rules.names import (
    extended_key_usages_of,
    issuer_of,
    key_usages_of,
    serial_of,
    signature_algorithm_of,
)
from roadstead.acm.rules.pem import Parsed
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def import_certificate(
    tx: Tx, call: Call, parsed: Parsed, before: Certificate | None, tags: Mapping[str, str]
) -> Certificate:
    """A new certificate, or what takes the place of `before`: its ARN, its users and tags stay."""
    certificate = parsed.certificate
    found = before or Certificate(
        arn=call.arn("acm", f"certificate/{call.ids.uuid()}"),
        scope=call.scope,
        created_at=call.now,
        tags=dict(tags),
    )
    return tx.put(
        CERTIFICATES,
        replace(
            found,
            certificate_pem=parsed.certificate_pem,
            chain_pem=parsed.chain_pem,
            private_key_pem=parsed.private_key_pem,
            domain_name=parsed.names[0],
            names=parsed.names,
            serial=serial_of(certificate),
            subject=certificate.subject.rfc4514_string(),
            issuer=issuer_of(certificate),
            key_algorithm=parsed.key_algorithm,
            signature_algorithm=signature_algorithm_of(certificate, parsed.key_algorithm),
            key_usages=key_usages_of(certificate),
            extended_key_usages=extended_key_usages_of(certificate),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            imported_at=call.now,
        ),
    )


def set_users(tx: Tx, arn: str, service: str, users: Iterable[str]) -> None:
    """Note which load balancers of a service (elbv2, elb) use the certificate."""
    certificate = tx.get(CERTIFICATES, arn)
    if certificate is None:
        return
    wanted = tuple(sorted(set(users)))
    if certificate.users.get(service, ()) == wanted:
        return
    others = {name: each for name, each in certificate.users.items() if name != service}
    tx.put(
        CERTIFICATES,
        replace(certificate, users={**others, service: wanted} if wanted else others),
    )


def set_tags(tx: Tx, certificate: Certificate, tags: Mapping[str, str]) -> None:
    """Let these be the tags of the certificate."""
    if dict(tags) != certificate.tags:
        tx.put(CERTIFICATES, replace(certificate, tags=dict(tags)))


def delete_certificate(tx: Tx, certificate: Certificate) -> None:
    """The certificate and its key are gone."""
    tx.delete(CERTIFICATES, certificate.arn)
