"""Certificate: one that was imported, with its private key.

The private key is a secret: no view shows it, and no `repr`, so that no log does.
"""

from datetime import datetime

from roadstead.state.records import Index, Record, Schema, Table


class Certificate(Record, frozen=True, kw_only=True):
    """`arn` is `arn:aws:acm:<region>:<account>:certificate/<uuid>`."""

    scope: str = ""
    """`account/region`."""
    certificate_pem: str = ""
    chain_pem: str = ""
    """The certificates between it and its root, in order; may be empty."""
    private_key_pem: str = ""
    """A secret."""
    domain_name: str = ""
    """The first name that it is for."""
    names: tuple[str, ...] = ()
    """All names that it is for; listeners choose a certificate by them."""
    serial: str = ""
    subject: str = ""
    issuer: str = ""
    key_algorithm: str = ""
    """As ACM writes it: RSA_2048, EC_prime256v1."""
    signature_algorithm: str = ""
    key_usages: tuple[str, ...] = ()
    extended_key_usages: tuple[tuple[str, str], ...] = ()
    """ACM's name and the object id."""
    not_before: datetime | None = None
    not_after: datetime | None = None
    created_at: datetime | None = None
    imported_at: datetime | None = None
    users: dict[str, tuple[str, ...]] = {}
    """By service (elbv2, elb), the load balancers that use it. While there are, it stays."""
    tags: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Certificate(arn={self.arn!r}, domain_name={self.domain_name!r})"

    def __rich_repr__(self) -> "list[tuple[str, str]]":
        return [("arn", self.arn), ("domain_name", self.domain_name)]


CERTIFICATES = Table("certificates", Certificate)

CERTIFICATES_BY_SCOPE = Index("certificates_by_scope", CERTIFICATES, lambda each: (each.scope,))

SCHEMA = Schema(tables=(CERTIFICATES,), indexes=(CERTIFICATES_BY_SCOPE,))
"""All that the slice of certificates stores."""
