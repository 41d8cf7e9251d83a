"""Task definition revisions, and the images that they name."""

from typing import TYPE_CHECKING

from sim.families import FAMILIES, IMAGES

if TYPE_CHECKING:
    from sim.user import User


async def register(user: "User", family: str) -> None:
    await user.define(family, **FAMILIES[family])


async def register_revision(user: "User") -> None:
    await register(user, user.rng.choice(list(FAMILIES)))


async def deregister_revision(user: "User") -> None:
    family = user.rng.choice(list(FAMILIES))
    answer = await user.call("ListTaskDefinitions", familyPrefix=family, status="ACTIVE")
    arns = answer["taskDefinitionArns"]
    if arns:
        await user.call("DeregisterTaskDefinition", taskDefinition=user.rng.choice(arns))
    if not arns or len(arns) == 1:
        await register(user, family)


async def delete_revisions(user: "User") -> None:
    answer = await user.call("ListTaskDefinitions", status="INACTIVE")
    arns = answer["taskDefinitionArns"]
    if arns:
        chosen = user.rng.sample(arns, min(len(arns), 3))
        await user.call("DeleteTaskDefinitions", taskDefinitions=chosen)


async def push_image(user: "User") -> None:
    user.registry.push(user.rng.choice(IMAGES))
