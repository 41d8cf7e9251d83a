"""Why a deployment failed, in ECS's words: one cause, told in every place that asks for a reason.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from collections.abc import Sequence

import msgspec


class Failure(msgspec.Struct, frozen=True):
    """A cause for which a deployment is given up."""

    cause: str
    """How a statusReason goes on behind "because"."""
    rollout_reason: str
    """The rolloutStateReason of the deployment that failed."""
    by: str
    """Who takes it back, in the rolloutStateReason of what it goes back to."""
    announced: str = "tasks failed to start."
    """How the service's event ends."""

    def rolled_back(self) -> str:
        """The statusReason of a deployment that was taken back."""
        return f"Service deployment rolled back because {self.cause}"

    def stopped(self) -> str:
        """The statusReason of a deployment that has nothing to go back to, or is not to."""
        return f"Service deployment stopped because {self.cause}"

    def rolling_back_to(self, deployment_id: str) -> str:
        """The rolloutStateReason of the deployment that comes back."""
        return f"{self.by}: rolling back to deploymentId {deployment_id}."


CIRCUIT_BREAKER = Failure(
    "the circuit breaker threshold was exceeded.",
    "ECS deployment circuit breaker: tasks failed to start.",
    "ECS deployment circuit breaker",
)
SUPERSEDED = "Service deployment stopped because a newer service deployment was started."
"""The statusReason of a deployment that a newer one took the place of."""
SERVICE_DELETED = "Service deployment stopped because the service was deleted."


def stop_requested(deployment_id: str) -> Failure:
    """Somebody called StopServiceDeployment."""
    return Failure(
        "StopServiceDeployment was called.",
        f"ECS deployment {deployment_id} was stopped.",
        "ECS deployment stopped",
        "the deployment was stopped.",
    )


def hooks_failed(stage: str, hook_ids: Sequence[str], status: str) -> Failure:
    """status: what all of these hooks have returned, FAILED or TIMED_OUT."""
    returned = " ".join(f"{each} returned {status} status." for each in hook_ids)
    return Failure(
        f"{stage} lifecycle hook(s) failed. {returned}",
        f"ECS deployment lifecycle hooks: {stage} lifecycle hook(s) failed.",
        "ECS deployment lifecycle hooks",
        f"{stage} lifecycle hook(s) failed.",
    )


def listener_refused(what: str) -> Failure:
    """The listeners cannot be told to shift traffic. what: in ELB's words."""
    text = f"of invalid networking configuration. {what}"
    return Failure(
        text,
        f"ECS deployment: invalid networking configuration. {what}",
        "ECS deployment",
        f"invalid networking configuration. {what}",
    )


def took_too_long(what: str, hours: int) -> Failure:
    """what: the stage, or the deployment as a whole."""
    text = f"{what} did not complete within {hours} hours."
    return Failure(text, f"ECS deployment: {text}", "ECS deployment time limit", text)
