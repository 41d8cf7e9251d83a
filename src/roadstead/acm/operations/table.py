"""The operations of Certificate Manager: what writes, and what only reads."""

from collections.abc import Callable
from typing import Any

from roadstead.acm.operations import certificates, tags
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]

WRITES: dict[str, Callable[[Tx, Call, Request], Response]] = {
    "ImportCertificate": certificates.import_certificate,
    "DeleteCertificate": certificates.delete_certificate,
    "AddTagsToCertificate": tags.add_tags_to_certificate,
    "RemoveTagsFromCertificate": tags.remove_tags_from_certificate,
}

READS: dict[str, Callable[[View, Call, Request], Response]] = {
    "DescribeCertificate": certificates.describe_certificate,
    "GetCertificate": certificates.get_certificate,
    "ListCertificates": certificates.list_certificates,
    "ListTagsForCertificate": tags.list_tags_for_certificate,
}
