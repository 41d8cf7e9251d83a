"""Container instances: drained and back, labelled, deregistered."""

from typing import TYPE_CHECKING

from sim.constraints import LABEL, LABELS

if TYPE_CHECKING:
    from sim.user import User


async def drain(user: "User") -> None:
    if instances := user.instances("ACTIVE"):
        await user.set_state(user.rng.choice(instances).arn, "DRAINING")


async def end_drain(user: "User") -> None:
    if instances := user.instances("DRAINING"):
        await user.set_state(user.rng.choice(instances).arn, "ACTIVE")


async def deregister_instance(user: "User") -> None:
    instances = user.instances("ACTIVE", "DRAINING")
    if len(instances) > 1:
        chosen = user.rng.choice(instances)
        await user.deregister(chosen.arn, force=user.rng.random() < 0.5)


async def label_instance(user: "User") -> None:
    """Give it a disk, another one, or none."""
    instances = user.instances("ACTIVE", "DRAINING")
    if not instances:
        return
    attribute = {
        "name": LABEL,
        "value": user.rng.choice(LABELS),
        "targetType": "container-instance",
        "targetId": user.rng.choice(instances).arn,
    }
    if user.rng.random() < 0.25:
        attribute.pop("value")
        await user.call("DeleteAttributes", cluster=user.cluster, attributes=[attribute])
    else:
        await user.call("PutAttributes", cluster=user.cluster, attributes=[attribute])
