"""Reads must answer too, with what is valid."""

from typing import TYPE_CHECKING

from sim.deeds.networks import network_for
from sim.deeds.services import a_family_for, a_service

if TYPE_CHECKING:
    from sim.user import User


async def look_around(user: "User") -> None:
    cluster = user.cluster
    names = [each.name for each in user.services("ACTIVE", "DRAINING", "INACTIVE")]
    if names:
        await user.call("DescribeServices", cluster=cluster, services=names[:10])
    tasks = (await user.call("ListTasks", cluster=cluster))["taskArns"]
    if tasks:
        await user.call("DescribeTasks", cluster=cluster, tasks=tasks[:100])
        await user.call("GetTaskProtection", cluster=cluster, tasks=tasks[:100])
    arns = [each.arn for each in user.instances("ACTIVE", "DRAINING", "INACTIVE")]
    if arns:
        await user.call(
            "DescribeContainerInstances", cluster=cluster, containerInstances=arns[:100]
        )


async def look_at_deployments(user: "User") -> None:
    external = a_service(user, "EXTERNAL")
    if external is not None:
        await user.call("DescribeTaskSets", cluster=user.cluster, service=external.name)
    service = a_service(user)
    if service is None:
        return
    listed = await user.call("ListServiceDeployments", cluster=user.cluster, service=service.name)
    found = listed["serviceDeployments"][:20]
    if found:
        await user.call(
            "DescribeServiceDeployments",
            serviceDeploymentArns=[each["serviceDeploymentArn"] for each in found],
        )
        revisions = dict.fromkeys(each["targetServiceRevisionArn"] for each in found)
        await user.call("DescribeServiceRevisions", serviceRevisionArns=list(revisions))


async def ask_for_a_plan(user: "User") -> None:
    """What would happen, and why something does not: asking leaves no trace."""
    service = a_service(user)
    instances = user.instances("ACTIVE", "DRAINING")
    if service is None or not instances:
        return
    asked = {"cluster": user.cluster, "service": service.name}
    await user.roadstead.call("ExplainService", **asked)
    arn = user.rng.choice(instances).arn
    family = a_family_for(user, service)
    moved = network_for(user, family, service)
    operation, request = user.rng.choice(
        (
            (
                "UpdateContainerInstancesState",
                {"cluster": user.cluster, "containerInstances": [arn], "status": "DRAINING"},
            ),
            (
                "DeregisterContainerInstance",
                {"cluster": user.cluster, "containerInstance": arn, "force": True},
            ),
            ("UpdateService", asked | {"forceNewDeployment": True}),
            ("UpdateService", asked | {"taskDefinition": family} | moved),
        )
    )
    await user.roadstead.call("PlanChange", operation=operation, request=request)
    user.found_untouched()
