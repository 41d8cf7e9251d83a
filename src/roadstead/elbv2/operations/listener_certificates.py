"""What a client may ask about the further certificates of a listener, beside its default one."""

from typing import Any

from roadstead.aws.marked_pages import page_of
from roadstead.elbv2.errors import (
    invalid_configuration,
    operation_not_permitted,
    too_many,
    validation,
)
from roadstead.elbv2.operations.references import the_listener
from roadstead.elbv2.operations.secure import checked_certificate
from roadstead.elbv2.records.load_balancer import LISTENERS_BY_LOAD_BALANCER, Listener
from roadstead.elbv2.rules.protocols import WITH_CERTIFICATE
from roadstead.elbv2.rules.quotas import CERTIFICATES_MAX
from roadstead.elbv2.transitions.listeners import set_certificates
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def add_listener_certificates(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Add certificates, by whose names clients are served; one that is there is not added again.

    Raises: ListenerNotFound; CertificateNotFound; TooManyCertificates; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddListenerCertificates.html
    """
    listener = _secure(the_listener(tx, call, request["ListenerArn"]))
    added = []
    for each in request["Certificates"]:
        if each.get("IsDefault"):
            raise validation("The default certificate is changed by ModifyListener")
        added.append(checked_certificate(tx, call, each.get("CertificateArn") or ""))
    default, *others = listener.certificates
    listener = set_certificates(tx, listener, (default, *dict.fromkeys((*others, *added))))
    listeners = tx.find(LISTENERS_BY_LOAD_BALANCER, listener.load_balancer_arn)
    if len({arn for one in listeners for arn in one.certificates[1:]}) > CERTIFICATES_MAX:
        raise too_many(
            "Certificates",
            f"A load balancer can have at most {CERTIFICATES_MAX} certificates beside the default "
            "ones",
        )
    return {"Certificates": [{"CertificateArn": arn, "IsDefault": False} for arn in added]}


def remove_listener_certificates(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Remove certificates; one that is not there is no error.

    Raises: ListenerNotFound; OperationNotPermitted for the default certificate.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveListenerCertificates.html
    """
    listener = _secure(the_listener(tx, call, request["ListenerArn"]))
    removed = [each.get("CertificateArn") or "" for each in request["Certificates"]]
    default, *others = listener.certificates
    for arn in removed:
        if arn == default and arn not in others:
            raise operation_not_permitted(
                f"Default certificate '{arn}' cannot be removed; set another one by ModifyListener"
            )
    kept = tuple(arn for arn in others if arn not in removed)
    set_certificates(tx, listener, (default, *kept))
    return {}


def describe_listener_certificates(
    view: View, call: Call, request: dict[str, Any]
) -> dict[str, Any]:
    """The default certificate and the others.

    Raises: ListenerNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerCertificates.html
    """
    listener = the_listener(view, call, request["ListenerArn"])
    shown = [
        {"CertificateArn": arn, "IsDefault": number == 0}
        for number, arn in enumerate(listener.certificates)
    ]
    page, marker = page_of("DescribeListenerCertificates", request, shown)
    return {"Certificates": page, **marker}


def _secure(listener: Listener) -> Listener:
    if listener.protocol not in WITH_CERTIFICATE:
        raise invalid_configuration(
            f"Listeners with the protocol {listener.protocol} have no certificates"
        )
    return listener
