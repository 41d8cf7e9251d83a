"""The lifecycle hooks of a deployment configuration: which stages they hold up, and how long.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from roadstead.ecs.errors import invalid_parameter, unsupported_feature
from roadstead.ecs.rules.deployment.stages import ROLLING_HOOK_STAGES, STAGES

TIMEOUT_MINUTES_DEFAULT = 1440
TIMEOUT_MINUTES_MAX = 20_160
LAMBDA_TIMEOUT_MINUTES_MAX = 1440
HOOKS_OF_A_KIND_MAX = 10
"""Source: botocore:ecs#DeploymentLifecycleHookTimeoutConfiguration"""

_TARGET_TYPES = ("AWS_LAMBDA", "PAUSE")
_ACTIONS = ("ROLLBACK", "CONTINUE")
_WITHOUT_HOOKS = ("SCALE_UP", "BAKE_TIME", "CLEAN_UP")
_FOR_LAMBDA_ONLY = ("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")


class PauseHook(msgspec.Struct, frozen=True):
    """A hook that waits for somebody to say how to go on."""

    stages: tuple[str, ...]
    timeout_minutes: int = TIMEOUT_MINUTES_DEFAULT
    timeout_action: str = "ROLLBACK"


def pause_hooks(configuration: Mapping[str, Any]) -> list[PauseHook]:
    """The hooks of type PAUSE in a configuration that was checked."""
    found = []
    for hook in configuration.get("lifecycleHooks") or ():
        timeout = hook.get("timeoutConfiguration") or {}
        found.append(
            PauseHook(
                tuple(hook["lifecycleStages"]),
                timeout.get("timeoutInMinutes") or TIMEOUT_MINUTES_DEFAULT,
                timeout.get("action") or "ROLLBACK",
            )
        )
    return found


def check_hooks(hooks: Sequence[Mapping[str, Any]], strategy: str) -> None:
    """Return if a deployment of this strategy can wait for these hooks.

    Raises: InvalidParameterException; UnsupportedFeatureException for hooks of type AWS_LAMBDA,
        once they are found valid: there is no Lambda here.
    Shape: DeploymentLifecycleHook
    """
    kinds = [_kind(each) for each in hooks]
    for kind in _TARGET_TYPES:
        if kinds.count(kind) > HOOKS_OF_A_KIND_MAX:
            raise invalid_parameter(
                f"lifecycleHooks cannot have more than {HOOKS_OF_A_KIND_MAX} hooks of targetType "
                f"{kind}."
            )
    for hook, kind in zip(hooks, kinds, strict=True):
        _check_target(hook, kind)
        _check_stages(hook, kind, strategy)
        _check_timeout(hook, kind)
    if "AWS_LAMBDA" in kinds:
        raise unsupported_feature(
            "Lifecycle hooks of targetType AWS_LAMBDA: there is no AWS Lambda here to call. A hook "
            "of targetType PAUSE waits for ContinueServiceDeployment."
        )


def _kind(hook: Mapping[str, Any]) -> str:
    kind = hook.get("targetType") or "AWS_LAMBDA"
    if kind not in _TARGET_TYPES:
        raise invalid_parameter(f"Invalid targetType. Valid values are: {', '.join(_TARGET_TYPES)}")
    return str(kind)


def _check_target(hook: Mapping[str, Any], kind: str) -> None:
    for member in ("hookTargetArn", "roleArn"):
        if kind == "AWS_LAMBDA" and not hook.get(member):
            raise invalid_parameter(f"{member} is required for hooks of targetType AWS_LAMBDA.")
        if kind == "PAUSE" and hook.get(member):
            raise invalid_parameter(f"{member} is not valid for hooks of targetType PAUSE.")


def _check_stages(hook: Mapping[str, Any], kind: str, strategy: str) -> None:
    stages = hook.get("lifecycleStages") or ()
    if not stages:
        raise invalid_parameter("A lifecycle hook needs at least one of lifecycleStages.")
    if len(set(stages)) < len(stages):
        raise invalid_parameter("lifecycleStages of a hook cannot name a stage twice.")
    for stage in stages:
        if stage not in STAGES or stage in _WITHOUT_HOOKS:
            raise invalid_parameter(f"Invalid lifecycle stage for hooks: {stage[:100]!r}.")
        if kind == "PAUSE" and stage in _FOR_LAMBDA_ONLY:
            raise invalid_parameter(f"Hooks of targetType PAUSE are not valid for stage {stage}.")
        if strategy == "ROLLING" and stage not in ROLLING_HOOK_STAGES:
            raise invalid_parameter(
                f"The lifecycle stage {stage} is not valid for the deployment strategy ROLLING."
            )


def _check_timeout(hook: Mapping[str, Any], kind: str) -> None:
    timeout = hook.get("timeoutConfiguration") or {}
    minutes = timeout.get("timeoutInMinutes")
    most = TIMEOUT_MINUTES_MAX if kind == "PAUSE" else LAMBDA_TIMEOUT_MINUTES_MAX
    if minutes is not None and not 1 <= minutes <= most:
        raise invalid_parameter(
            f"timeoutInMinutes of a hook of targetType {kind} must be between 1 and {most}, not "
            f"{minutes}."
        )
    action = timeout.get("action")
    if action is not None and action not in _ACTIONS:
        raise invalid_parameter(
            f"timeoutConfiguration.action should be one of [{', '.join(_ACTIONS)}], not "
            f"{action[:100]!r}."
        )
