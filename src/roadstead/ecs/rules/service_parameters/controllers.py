"""What a service may be told under each deployment controller and scheduling strategy.

ECS itself deploys under the controller ECS. Under CODE_DEPLOY and EXTERNAL somebody else does, so
whatever tasks are made of belongs to the task sets, not to the service.
"""

from collections.abc import Mapping
from typing import Any

from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.rules.deployment.configuration import DEFAULTS, has_bake, is_staged
from roadstead.ecs.rules.service_parameters.later import not_yet

_OF_TASK_SETS = (
    "taskDefinition",
    "launchType",
    "capacityProviderStrategy",
    "networkConfiguration",
    "platformVersion",
    "loadBalancers",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
"""Members that a service of the controller EXTERNAL leaves to its task sets.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/create-external-deployment-api.html
"""
_ONLY_WITH_ECS = (
    "deploymentCircuitBreaker",
    "alarms",
    "earlySuccessCriteria",
)
_CODE_DEPLOY_DOES = {
    "taskDefinition": "update task definition",
    "networkConfiguration": "update network parameters",
    "platformVersion": "update platform version",
    "loadBalancers": "update load balancers",
    "serviceRegistries": "update service registries",
    "capacityProviderStrategy": "update capacity provider strategy",
    "serviceConnectConfiguration": "update Service Connect configuration",
    "volumeConfigurations": "update volume configurations",
    "enableExecuteCommand": "update ECS Exec",
    "forceNewDeployment": "force a new deployment",
}
"""What only a deployment of AWS CodeDeploy changes, as ECS's refusal calls it.

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""
_EXTERNAL_REFUSES = (
    *_OF_TASK_SETS,
    "enableExecuteCommand",
    "forceNewDeployment",
)
_DAEMON = "The daemon scheduling strategy does not support"


def configuration_defaults(scheduling_strategy: str) -> dict[str, Any]:
    """The deployment configuration of a service that was told none.

    Units: percent of desiredCount.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    if scheduling_strategy == "DAEMON":
        return {**DEFAULTS, "minimumHealthyPercent": 0, "maximumPercent": 100}
    return DEFAULTS


def check_daemon(request: Mapping[str, Any], *, is_update: bool = False) -> None:
    """Return if a service of the scheduling strategy DAEMON may be asked for this.

    is_update: an update refuses even an empty placementStrategy.
    Raises: InvalidParameterException.
    Source: observed: the refusals of desired counts and placement strategies.
    """
    if request.get("desiredCount") is not None:
        raise invalid_parameter(
            f"{_DAEMON} a desired count for services. Remove the desired count value and try again"
        )
    strategy = request.get("placementStrategy")
    if strategy or (is_update and strategy is not None):
        raise invalid_parameter(
            f"{_DAEMON} placement strategies. Remove the placement strategy and try again"
        )
    if request.get("launchType") == "FARGATE":
        raise invalid_parameter(f"{_DAEMON} the launch type FARGATE. Use EC2 or EXTERNAL.")
    controller = (request.get("deploymentController") or {}).get("type") or "ECS"
    if controller != "ECS":
        raise invalid_parameter(f"{_DAEMON} the deployment controller {controller}. Use ECS.")
    if request.get("volumeConfigurations"):
        raise invalid_parameter(f"{_DAEMON} volume configurations.")
    given = request.get("deploymentConfiguration") or {}
    if has_bake(given) or is_staged(given):
        raise invalid_parameter(
            f"{_DAEMON} deployment strategies other than ROLLING, bake times, early success "
            "criteria and lifecycle hooks."
        )
    maximum = given.get("maximumPercent")
    if maximum is not None and maximum > 100:
        raise invalid_parameter(
            f"{_DAEMON} values above 100 for maximum percent on deployment configuration. Change "
            "the maximum percent value to 100, and try again."
        )


def check_code_deploy_creation(request: Mapping[str, Any]) -> None:
    """Refuse a service of the controller CODE_DEPLOY, for what is wrong or for what is missing.

    Raises: InvalidParameterException when it has not exactly one load balancer;
        UnsupportedFeatureException when it has: there is no AWS CodeDeploy here that deploys.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
    """
    given = request.get("loadBalancers") or []
    if len(given) != 1:
        raise invalid_parameter(
            "A service with the deployment controller CODE_DEPLOY needs exactly one load balancer, "
            f"whose listeners AWS CodeDeploy shifts between two target groups; {len(given)} are "
            "given."
        )
    raise not_yet("The deployment controller CODE_DEPLOY, which needs AWS CodeDeploy")


def check_external_creation(request: Mapping[str, Any]) -> None:
    """Return if a service of the controller EXTERNAL may be created from this.

    Raises: InvalidParameterException for what belongs to its task sets.
    Source: observed: "TaskDefinition must be blank." and, for one that is an empty string, "Family
        should not be null or empty."
    """
    if request.get("taskDefinition") == "":
        raise invalid_parameter("Family should not be null or empty.")
    for member in _OF_TASK_SETS:
        if request.get(member):
            raise invalid_parameter(f"{member[0].upper()}{member[1:]} must be blank.")


def check_code_deploy_update(request: Mapping[str, Any]) -> None:
    """Return if the update leaves alone what AWS CodeDeploy does.

    Raises: InvalidParameterException.
    Source: observed: "Unable to update task definition on services with a CODE_DEPLOY …".
    """
    for member, what in _CODE_DEPLOY_DOES.items():
        if request.get(member):
            raise invalid_parameter(
                f"Unable to {what} on services with a CODE_DEPLOY deployment controller. Use AWS "
                "CodeDeploy to trigger a new deployment."
            )


def check_external_update(request: Mapping[str, Any]) -> None:
    """Return if the update leaves alone what belongs to the task sets.

    Raises: InvalidParameterException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    for member in _EXTERNAL_REFUSES:
        if request.get(member):
            raise invalid_parameter(
                f"{member} cannot be updated on services with an EXTERNAL deployment controller. "
                "Use task sets instead."
            )


def check_controlled_configuration(
    controller: str, configuration: Mapping[str, Any] | None
) -> None:
    """Return if another controller than ECS leaves room for this deployment configuration.

    Raises: InvalidParameterException for what only ECS's own deployments have, and under EXTERNAL
        for percentages other than the default ones, which hold while instances drain.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    given = configuration or {}
    if controller == "ECS":
        return
    for member in _ONLY_WITH_ECS:
        if (given.get(member) or {}).get("enable"):
            raise invalid_parameter(
                f"{member} cannot be enabled with the deployment controller {controller}, only "
                "with ECS."
            )
    if (given.get("strategy") or "ROLLING") != "ROLLING" or given.get("lifecycleHooks"):
        raise invalid_parameter(
            "A deployment strategy and lifecycle hooks can be given with the deployment controller "
            f"ECS only, not with {controller}."
        )
    if controller != "EXTERNAL":
        return
    for member in ("maximumPercent", "minimumHealthyPercent"):
        if given.get(member) is not None and given[member] != DEFAULTS[member]:
            raise invalid_parameter(
                f"{member} cannot be chosen with the deployment controller EXTERNAL: it is "
                f"{DEFAULTS[member]}."
            )


def check_same_controller(existing: str, request: Mapping[str, Any]) -> None:
    """Return if an update names no other deployment controller than the service has.

    Raises: UnsupportedFeatureException.
    """
    wanted = (request.get("deploymentController") or {}).get("type")
    if wanted is not None and wanted != existing:
        raise not_yet(f"Changing the deployment controller from {existing} to {wanted}")
