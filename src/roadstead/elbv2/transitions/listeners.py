"""The only writer of Listener. A listener always has its default rule, made and deleted with it."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from roadstead.acm.transitions.certificates import set_users
from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LISTENERS_BY_CERTIFICATE,
    RULES_BY_LISTENER,
    Listener,
    LoadBalancer,
)
from roadstead.elbv2.transitions.rules import Parts, create_rule, delete_rule
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_listener(
    tx: Tx, call: Call, load_balancer: LoadBalancer, settings: Listener, actions: Parts
) -> Listener:
    """A new listener of these settings, with a default rule of these actions."""
    ident = call.ids.hex32()[:16]
    listener = tx.put(
        LISTENERS,
        replace(
            settings,
            arn=load_balancer.arn.replace(":loadbalancer/", ":listener/") + f"/{ident}",
            load_balancer_arn=load_balancer.arn,
        ),
    )
    _note_users(tx, listener.certificates)
    create_rule(tx, call, listener, priority=0, conditions=(), actions=actions)
    return listener


def change_listener(tx: Tx, listener: Listener, settings: Listener) -> Listener:
    """The listener with these settings."""
    if settings == listener:
        return listener
    changed = tx.put(LISTENERS, settings)
    _note_users(tx, (*listener.certificates, *changed.certificates))
    return changed


def set_certificates(tx: Tx, listener: Listener, certificates: tuple[str, ...]) -> Listener:
    """The listener with these certificates; the first is the default."""
    return change_listener(tx, listener, replace(listener, certificates=certificates))


def set_attributes(tx: Tx, listener: Listener, attributes: Mapping[str, str]) -> Listener:
    """Set these attributes, besides those that were set before."""
    merged = {**listener.attributes, **attributes}
    return change_listener(tx, listener, replace(listener, attributes=merged))


def delete_listener(tx: Tx, call: Call, listener: Listener) -> None:
    """The listener and all of its rules are gone."""
    for rule in tx.find(RULES_BY_LISTENER, listener.arn):
        delete_rule(tx, call, rule)
    tx.delete(LISTENERS, listener.arn)
    _note_users(tx, listener.certificates)


def _note_users(tx: Tx, certificates: Iterable[str]) -> None:
    """Tell Certificate Manager which load balancers use these certificates now."""
    for arn in dict.fromkeys(certificates):
        users = (each.load_balancer_arn for each in tx.find(LISTENERS_BY_CERTIFICATE, arn))
        set_users(tx, arn, "elbv2", users)
