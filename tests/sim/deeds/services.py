"""Services of every kind: created, scaled, deployed, configured anew, deleted."""

from typing import TYPE_CHECKING, Any

from sim import tastes
from sim.families import FAMILIES, WEIGHTS

if TYPE_CHECKING:
    from sim.user import User

SERVICES_MAX = 5
_FAMILIES = list(FAMILIES)
_WEIGHTS = [WEIGHTS.get(family, 1) for family in _FAMILIES]


def a_family(user: "User") -> str:
    return user.rng.choices(_FAMILIES, _WEIGHTS)[0]


def a_service(user: "User", controller: str = "ECS") -> Any:
    """One that is there, or None."""
    found = [each for each in user.services("ACTIVE") if each.deployment_controller == controller]
    return user.rng.choice(found) if found else None


def _a_name(user: "User") -> str:
    """A new one; or one of the first, which may be there, or may have been."""
    if user.rng.random() < 0.3:
        return f"s{user.rng.randint(1, 3)}"
    return f"s{user.another_name()}"


async def create_service(user: "User") -> None:
    if len(user.services("ACTIVE")) < SERVICES_MAX:
        kind = user.rng.choices((create_replica, create_daemon, create_external), (7, 2, 2))[0]
        await kind(user)


async def create_replica(user: "User") -> None:
    asked = {
        "deploymentConfiguration": tastes.configuration(user.rng),
        **tastes.placement(user.rng),
    }
    asked["availabilityZoneRebalancing"] = tastes.rebalancing(user.rng, asked)
    await user.serve(_a_name(user), a_family(user), user.rng.randint(0, 8), **asked)


async def create_daemon(user: "User") -> None:
    await user.serve(
        _a_name(user),
        a_family(user),
        None,
        schedulingStrategy="DAEMON",
        deploymentConfiguration=tastes.daemon_configuration(user.rng),
        **tastes.placement(user.rng, is_daemon=True),
    )


async def create_external(user: "User") -> None:
    name = _a_name(user)
    await user.serve(
        name,
        None,
        user.rng.randint(0, 8),
        deploymentController={"type": "EXTERNAL"},
        **tastes.placement(user.rng),
    )
    await user.call(
        "CreateTaskSet",
        cluster=user.cluster,
        service=name,
        taskDefinition=a_family(user),
        scale={"unit": "PERCENT", "value": 100.0},
    )


async def scale(user: "User") -> None:
    found = [each for each in user.services("ACTIVE") if each.scheduling_strategy == "REPLICA"]
    if found:
        await user.update(user.rng.choice(found).name, desiredCount=user.rng.randint(0, 10))


async def deploy(user: "User") -> None:
    """The same again, another revision, or another one with other numbers."""
    service = a_service(user)
    if service is None:
        return
    is_daemon = service.scheduling_strategy == "DAEMON"
    match user.rng.randrange(3):
        case 0:
            await user.update(service.name, forceNewDeployment=True)
        case 1:
            await user.update(service.name, taskDefinition=a_family(user))
        case _ if is_daemon:
            await user.update(
                service.name,
                taskDefinition=a_family(user),
                deploymentConfiguration=tastes.daemon_configuration(user.rng),
            )
        case _:
            asked = {
                "desiredCount": user.rng.randint(0, 8),
                "deploymentConfiguration": tastes.configuration(user.rng),
            }
            asked["availabilityZoneRebalancing"] = "DISABLED"
            await user.update(service.name, taskDefinition=a_family(user), **asked)


async def configure(user: "User") -> None:
    """Other numbers, or another placement, without a deployment."""
    service = a_service(user)
    if service is None:
        return
    asked: dict[str, Any] = {}
    is_daemon = service.scheduling_strategy == "DAEMON"
    if user.rng.random() < 0.5:
        asked |= tastes.placement(user.rng, is_daemon=is_daemon)
    elif is_daemon:
        asked["deploymentConfiguration"] = tastes.daemon_configuration(user.rng)
    else:
        asked["deploymentConfiguration"] = tastes.configuration(user.rng)
    if not is_daemon:
        asked["availabilityZoneRebalancing"] = "DISABLED"
    await user.update(service.name, **asked)


async def delete_service(user: "User") -> None:
    found = user.services("ACTIVE")
    if found:
        await user.call(
            "DeleteService", cluster=user.cluster, service=user.rng.choice(found).name, force=True
        )
