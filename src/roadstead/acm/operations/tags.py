"""What a client may ask about the tags of certificates."""

from typing import Any

from roadstead.acm.operations.references import the_certificate
from roadstead.acm.rules.tags import check_count, checked_tags
from roadstead.acm.transitions.certificates import set_tags
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def add_tags_to_certificate(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set tags, besides those that there are.

    Raises: ResourceNotFoundException, InvalidArnException, InvalidTagException,
        TooManyTagsException
    Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_AddTagsToCertificate.html
    """
    certificate = the_certificate(tx, call, request["CertificateArn"])
    tags = {**certificate.tags, **checked_tags(request["Tags"])}
    check_count(tags)
    set_tags(tx, certificate, tags)
    return {}


def remove_tags_from_certificate(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Remove tags: by key, or only if the value is this one where there is one.

    Raises: ResourceNotFoundException, InvalidArnException, InvalidTagException
    Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_RemoveTagsFromCertificate.html
    """
    certificate = the_certificate(tx, call, request["CertificateArn"])
    tags = dict(certificate.tags)
    for each in request["Tags"]:
        if each.get("Value") in (None, tags.get(each["Key"])):
            tags.pop(each["Key"], None)
    set_tags(tx, certificate, tags)
    return {}


def list_tags_for_certificate(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The tags of a certificate; without any there is no list.

    Raises: ResourceNotFoundException, InvalidArnException
    Source: https://docs.aws.amazon.com/acm/latest/APIReference/API_ListTagsForCertificate.html
    """
    certificate = the_certificate(view, call, request["CertificateArn"])
    if not certificate.tags:
        return {}
    return {"Tags": [{"Key": key, "Value": value} for key, value in certificate.tags.items()]}
