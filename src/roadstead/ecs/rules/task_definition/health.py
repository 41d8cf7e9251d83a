"""Health checks, timeouts and restarts of a container."""

from collections.abc import Mapping, Sequence
from typing import Any

from roadstead.ecs.rules.task_definition.choices import invalid_container

HEALTH_CHECK_DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3}
"""Units: seconds, but for retries.
Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html"""
_HEALTH_CHECK_RANGES = {
    "interval": (5, 300),
    "timeout": (2, 60),
    "retries": (1, 10),
    "startPeriod": (0, 300),
}
_COMMANDS = ("CMD", "CMD-SHELL")

TIMEOUT_SECONDS_MIN = 2
IGNORED_EXIT_CODES_MAX = 50
RESTART_PERIOD_SECONDS_MIN = 60
RESTART_PERIOD_SECONDS_MAX = 1800
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html"""


def check_health_check(name: str, check: Mapping[str, Any]) -> None:
    """Return if a container's health check can be run.

    Raises: ClientException.
    Shape: HealthCheck
    """
    command: Sequence[str] = check["command"]
    if len(command) < 2 or command[0] not in _COMMANDS:
        raise invalid_container(
            name,
            "The healthCheck command must begin with CMD, then the words of a command, or with "
            "CMD-SHELL, then a line for the shell.",
        )
    for member, (smallest, largest) in _HEALTH_CHECK_RANGES.items():
        value = check.get(member)
        if value is not None and not smallest <= value <= largest:
            raise invalid_container(
                name,
                f"healthCheck.{member} must be from {smallest} to {largest}, not {value}.",
            )


def check_start_timeout(name: str, seconds: int) -> None:
    """Raises: ClientException for less than 2 seconds."""
    _check_timeout(name, "startTimeout", seconds)


def check_stop_timeout(name: str, seconds: int) -> None:
    """Raises: ClientException for less than 2 seconds."""
    _check_timeout(name, "stopTimeout", seconds)


def check_restart_policy(name: str, policy: Mapping[str, Any]) -> None:
    """Return if a container may be restarted so.

    Raises: ClientException.
    Shape: ContainerRestartPolicy
    """
    if len(policy.get("ignoredExitCodes", ())) > IGNORED_EXIT_CODES_MAX:
        raise invalid_container(
            name, f"restartPolicy can have up to {IGNORED_EXIT_CODES_MAX} ignoredExitCodes."
        )
    period = policy.get("restartAttemptPeriod")
    if (
        period is not None
        and not RESTART_PERIOD_SECONDS_MIN <= period <= RESTART_PERIOD_SECONDS_MAX
    ):
        raise invalid_container(
            name,
            f"restartPolicy.restartAttemptPeriod must be from {RESTART_PERIOD_SECONDS_MIN} to "
            f"{RESTART_PERIOD_SECONDS_MAX} seconds, not {period}.",
        )


def _check_timeout(name: str, member: str, seconds: int) -> None:
    if seconds < TIMEOUT_SECONDS_MIN:
        raise invalid_container(
            name, f"{member} must be at least {TIMEOUT_SECONDS_MIN} seconds, not {seconds}."
        )
