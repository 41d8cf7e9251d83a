"""The only writer of Namespace: created, changed, deleted."""

from collections.abc import Mapping

from msgspec.structs import replace

from roadstead.servicediscovery.records.namespace import NAMESPACES, Namespace
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def create_namespace(tx: Tx, call: Call, settings: Namespace) -> Namespace:
    """A new namespace of these settings, with an id of its own."""
    ident = f"ns-{call.ids.hex32()[:16]}"
    return tx.put(
        NAMESPACES,
        replace(
            settings,
            arn=call.arn("servicediscovery", f"namespace/{ident}"),
            namespace_id=ident,
            scope=call.scope,
            created_at=call.now,
        ),
    )


def change_namespace(tx: Tx, namespace: Namespace, **changes: object) -> Namespace:
    """The namespace with these members changed."""
    changed: Namespace = replace(namespace, **changes)
    return namespace if changed == namespace else tx.put(NAMESPACES, changed)


def set_tags(tx: Tx, namespace: Namespace, tags: Mapping[str, str]) -> None:
    """Let these be its tags."""
    change_namespace(tx, namespace, tags=dict(tags))


def delete_namespace(tx: Tx, namespace: Namespace) -> None:
    """The namespace, in which no service is left, is gone."""
    tx.delete(NAMESPACES, namespace.arn)
