"""Restart policy: whether a container that ended is started again in its place."""

from datetime import timedelta

from roadstead.agent.engine.records import ContainerState
from roadstead.agent.runtime.port import Exit


def restarts(container: ContainerState, exit_: Exit) -> bool:
    """True when the container shall run again.

    Its policy must be enabled, the exit code not ignored, and the run that ended must have lasted
    at least the attempt period. (A task that is stopping restarts nothing; the caller knows.)
    Units: restartAttemptPeriod in seconds.
    Shape: ContainerRestartPolicy
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-restart-policy.html
    """
    policy = container.definition.restart_policy
    if policy is None or not policy.enabled or exit_.exit_code in policy.ignored_exit_codes:
        return False
    if container.started_at is None:
        return False
    period = timedelta(seconds=policy.restart_attempt_period)
    return exit_.finished_at - container.started_at >= period
