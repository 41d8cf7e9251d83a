"""The certificates of listeners, from where they were imported, by a name that tells their content.

A certificate that is imported again has another name: the listeners that use it change, and the
proxy reads both files anew.
"""

from roadstead.acm.records.certificate import CERTIFICATES
from roadstead.dataplane.snapshot.names import digest
from roadstead.state.view import View


def pair_of(view: View, arn: str) -> tuple[str, str] | None:
    """The chain and the private key of a certificate, in PEM; None if there is no such one."""
    found = view.get(CERTIFICATES, arn)
    if found is None:
        return None
    chain = "\n".join(
        each.strip() for each in (found.certificate_pem, found.chain_pem) if each.strip()
    )
    return f"{chain}\n", found.private_key_pem


def certificate_name(arn: str, pair: tuple[str, str]) -> str:
    """`<end of the ARN>-<digest>`"""
    content = digest("".join(pair).encode())
    return f"{arn.rpartition('/')[2][:36]}-{content[:8]}"
