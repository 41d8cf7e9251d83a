"""Services of every kind: created, scaled, deployed, configured anew, deleted."""

from typing import TYPE_CHECKING, Any

from sim import tastes
from sim.deeds.load_balancers import fronts
from sim.deeds.networks import a_vpc, network, network_for
from sim.families import FAMILIES, WEIGHTS, has_interface, is_ported
from sim.places import VPC

if TYPE_CHECKING:
    from sim.user import User

SERVICES_MAX = 5
_FAMILIES = list(FAMILIES)
_WEIGHTS = [WEIGHTS.get(family, 1) for family in _FAMILIES]


def a_family(user: "User") -> str:
    """Without interfaces of their own in a world that has no networks."""
    family = user.rng.choices(_FAMILIES, _WEIGHTS)[0]
    return family if user.has_networks or not has_interface(family) else "web"


def a_family_for(user: "User", service: Any) -> str:
    """Another family for its tasks: mostly one that its load balancers can lead to."""
    if not service.load_balancers or user.rng.random() < 0.1:
        return a_family(user)
    is_own = service.network_configuration is not None
    fitting = [each for each in FAMILIES if is_ported(each) and has_interface(each) == is_own]
    return user.rng.choice(fitting)


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
    family = a_family(user)
    asked |= await _traffic(user, family, asked["deploymentConfiguration"])
    await user.serve(_a_name(user), family, user.rng.randint(0, 8), **asked)


async def create_daemon(user: "User") -> None:
    family = a_family(user)
    await user.serve(
        _a_name(user),
        family,
        None,
        schedulingStrategy="DAEMON",
        deploymentConfiguration=tastes.daemon_configuration(user.rng),
        **tastes.placement(user.rng, is_daemon=True),
        **await _traffic(user, family, {}, zones=3),
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
    await create_task_set(user, name, {"unit": "PERCENT", "value": 100.0})


async def create_task_set(user: "User", service: str, scale: dict[str, Any]) -> None:
    family = a_family(user)
    members = await _traffic(user, family, {}, fronts_max=1)
    members.pop("healthCheckGracePeriodSeconds", None)
    await user.call(
        "CreateTaskSet",
        cluster=user.cluster,
        service=service,
        taskDefinition=family,
        scale=scale,
        **members,
    )


async def _traffic(
    user: "User",
    family: str,
    configuration: dict[str, Any],
    *,
    zones: int = 0,
    fronts_max: int = 2,
) -> dict[str, Any]:
    """The network that tasks of the family need, and perhaps load balancers that lead there."""
    if not user.has_networks:
        return {}
    vpc_id = a_vpc(user) if has_interface(family) else VPC
    asked = network(user, family, vpc_id, zones=zones)
    if is_ported(family) and user.rng.random() < 0.6:
        target_type = "ip" if has_interface(family) else "instance"
        asked |= await fronts(user, vpc_id, target_type, configuration)
        del asked["loadBalancers"][fronts_max:]
    return asked


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
    family = a_family_for(user, service)
    asked: dict[str, Any] = network_for(user, family, service)
    match user.rng.randrange(3):
        case 0:
            await user.update(service.name, forceNewDeployment=True)
        case 1:
            await user.update(service.name, taskDefinition=family, **asked)
        case _ if is_daemon:
            await user.update(
                service.name,
                taskDefinition=family,
                deploymentConfiguration=tastes.daemon_configuration(user.rng),
                **asked,
            )
        case _:
            asked |= {
                "desiredCount": user.rng.randint(0, 8),
                "deploymentConfiguration": _configuration_for(user, service),
            }
            asked["availabilityZoneRebalancing"] = "DISABLED"
            await user.update(service.name, taskDefinition=family, **asked)


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
        asked["deploymentConfiguration"] = _configuration_for(user, service)
    if service.load_balancers and user.rng.random() < 0.3:
        asked["healthCheckGracePeriodSeconds"] = user.rng.choice((0, 30, 120))
    if not is_daemon:
        asked["availabilityZoneRebalancing"] = "DISABLED"
    await user.update(service.name, **asked)


def _configuration_for(user: "User", service: Any) -> dict[str, Any]:
    """A strategy that shifts traffic needs a pair of target groups."""
    entries = service.load_balancers
    is_single = bool(entries) and "advancedConfiguration" not in entries[0]
    return tastes.configuration(user.rng, is_rolling=is_single)


async def delete_service(user: "User") -> None:
    found = user.services("ACTIVE")
    if found:
        await user.call(
            "DeleteService", cluster=user.cluster, service=user.rng.choice(found).name, force=True
        )
