"""Service deployments of a house, and a revision whose tasks stay PENDING for a while."""

from typing import Any

from house import House, until

PAUSED = {
    "strategy": "BLUE_GREEN",
    "bakeTimeInMinutes": 0,
    "lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}],
}

ROLLOUT_SECONDS = 240
"""A rollout waits until its tasks have been RUNNING for a while."""


def latest(house: House, service: str) -> dict[str, Any]:
    """The newest service deployment; nothing while there is none."""
    listed = house.ecs.list_service_deployments(service=service)["serviceDeployments"]
    if not listed:
        return {}
    arn = listed[0]["serviceDeploymentArn"]
    found = house.ecs.describe_service_deployments(serviceDeploymentArns=[arn])
    return dict(found["serviceDeployments"][0])


def until_latest(house: House, service: str, status: str) -> None:
    until(
        lambda: latest(house, service).get("status") == status,
        f"{service} is {status}",
        seconds=ROLLOUT_SECONDS,
    )


def until_it_waits(house: House, service: str) -> None:
    """Until its deployment waits for a word at a hook."""

    def waits() -> bool:
        hooks = latest(house, service).get("lifecycleHookDetails", [])
        return any(hook["status"] == "AWAITING_ACTION" for hook in hooks)

    until(waits, f"the deployment of {service} waits", seconds=ROLLOUT_SECONDS)


def create_paused(house: House, service: str, definition: str, count: int) -> None:
    """A service whose every deployment waits for a word; the first one got it."""
    house.ecs.create_service(
        serviceName=service,
        taskDefinition=definition,
        desiredCount=count,
        deploymentConfiguration=PAUSED,
    )
    until_it_waits(house, service)
    first = latest(house, service)
    house.ecs.continue_service_deployment(
        serviceDeploymentArn=first["serviceDeploymentArn"],
        hookId=first["lifecycleHookDetails"][0]["hookId"],
    )
    until_latest(house, service, "SUCCESSFUL")


def register_pending(house: House, family: str, seconds: int, greeting: str) -> None:
    """A revision whose tasks are PENDING until a container of so many seconds has ended."""
    (web,) = house.ecs.describe_task_definition(taskDefinition=f"{family}:1")["taskDefinition"][
        "containerDefinitions"
    ]
    web["environment"] = [{"name": "GREETING", "value": greeting}]
    web["dependsOn"] = [{"containerName": "first", "condition": "SUCCESS"}]
    first = {
        "name": "first",
        "image": web["image"],
        "memory": 16,
        "essential": False,
        "command": ["sleep", str(seconds)],
        "stopTimeout": 2,
    }
    house.ecs.register_task_definition(family=family, containerDefinitions=[web, first])
