"""The only writer of a container instance's custom attributes after its registration."""

from collections.abc import Mapping

import msgspec

from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES, ContainerInstance
from roadstead.state.view import Tx


def put_custom_attributes(
    tx: Tx, instance: ContainerInstance, attributes: Mapping[str, str | None]
) -> ContainerInstance:
    """The instance with these custom attributes and no others."""
    if instance.custom_attributes == attributes:
        return instance
    return tx.put(
        CONTAINER_INSTANCES,
        msgspec.structs.replace(instance, custom_attributes=dict(attributes)),
    )
