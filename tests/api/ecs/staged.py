"""What the API tests of service deployments share: a service that is rolled out in stages."""

from typing import Any

from services import agents_work, register_web, the_service

PAUSE = {"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}
STAGED = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1, "lifecycleHooks": [PAUSE]}


def a_service(ecs: Any, server: Any, **parameters: Any) -> dict[str, Any]:
    """A service `web` of two tasks, whose first deployment is done."""
    register_web(ecs)
    ecs.create_service(serviceName="web", taskDefinition="web", desiredCount=2, **parameters)
    work(ecs, server)
    return the_service(ecs)


def work(ecs: Any, server: Any, seconds: float = 60) -> None:
    """Agents do what they are told, and time passes."""
    server.settle()
    agents_work(server, the_service(ecs)["serviceArn"])
    server.advance(seconds)


def roll_out(ecs: Any, server: Any, **configuration: Any) -> str:
    """A newer revision begins to be rolled out; the ARN of the service deployment."""
    register_web(ecs)
    changes = {"deploymentConfiguration": configuration} if configuration else {}
    updated = ecs.update_service(service="web", taskDefinition="web", **changes)["service"]
    server.settle()
    return str(updated["currentServiceDeployment"])


def described(ecs: Any, arn: str) -> dict[str, Any]:
    (found,) = ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"]
    return dict(found)


def paused(ecs: Any, server: Any) -> tuple[str, str]:
    """A deployment that waits at a hook: its ARN, and the hook's id."""
    a_service(ecs, server)
    arn = roll_out(ecs, server, **STAGED)
    work(ecs, server)
    (hook,) = described(ecs, arn)["lifecycleHookDetails"]
    assert hook["status"] == "AWAITING_ACTION"
    return arn, str(hook["hookId"])
