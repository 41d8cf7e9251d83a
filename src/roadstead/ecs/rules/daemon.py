"""Rolling a DAEMON service by numbers: how many of its tasks to stop now.

It is the instances that say how many tasks there are: one each. So nothing is ever started beside
what it replaces, a stop comes first, and maximumPercent has nothing to decide. Starts need no
arithmetic: every instance that lacks a task gets one.
"""

import msgspec

from roadstead.ecs.rules.deployment.rolling import minimum_running


class DaemonPopulation(msgspec.Struct, frozen=True, kw_only=True):
    """The tasks, not asked to stop, on instances that match; others do not count."""

    matching: int
    """Instances that the service wants a task on: its desiredCount."""
    minimum_healthy_percent: int = 0
    current: int = 0
    """Tasks of the PRIMARY deployment, PENDING or RUNNING, not found unhealthy."""
    current_healthy: int = 0
    """Those of them that count as healthy."""
    leaving: int = 0
    """Tasks of older deployments that serve."""
    idle: int = 0
    """Tasks of older deployments that do not serve: PENDING, or not healthy."""
    protected: int = 0
    """Tasks of older deployments beside those two, that are protected from being stopped."""
    protected_healthy: int = 0
    """Those of them that count as healthy."""
    unhealthy: int = 0
    """Tasks of the PRIMARY deployment that failed their health check."""
    unheard: int = 0
    """Current tasks, not healthy yet, of which nothing will be heard: their agents are away. Known
    while there are unhealthy ones."""
    missing: int = 0
    """Instances that have no task, or one that was asked to stop."""
    ending: int = 0
    """Of those, the ones with a connected agent whose task has not ended yet."""
    startable: int = 0
    """Of those, the ones that get a task now, up to as many as a plan takes."""
    is_held: bool = False
    """The PRIMARY deployment starts nothing now: given up, or waiting after failed starts."""


class DaemonMoves(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks to stop now."""

    stop_leaving: int = 0
    stop_idle: int = 0
    stop_unhealthy: int = 0
    is_blocked: bool = False
    """The minimum allows no stop, now or later: only a change by the user helps."""
    protected: int = 0
    """How many tasks would be stopped, now or later, if they were not protected."""


def daemon_moves(tasks: DaemonPopulation) -> DaemonMoves:
    """What brings a current, healthy task to every instance, as fast as the minimum allows.

    Nothing is stopped for a revision that starts nothing now. Unhealthy tasks are replaced one at
    a time, once the one before is healthy: there is no room to start a replacement first.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """
    minimum = minimum_running(tasks.matching, tasks.minimum_healthy_percent)
    if tasks.is_held:
        return DaemonMoves()
    spare = tasks.current_healthy + tasks.leaving + tasks.protected_healthy - minimum
    unready = tasks.current - tasks.current_healthy - tasks.unheard
    is_still = not (unready or tasks.ending or tasks.startable)
    return DaemonMoves(
        stop_leaving=max(0, min(spare, tasks.leaving)),
        stop_idle=tasks.idle,
        stop_unhealthy=1 if tasks.unhealthy and is_still else 0,
        is_blocked=tasks.leaving > 0
        and minimum >= tasks.matching
        and not (tasks.missing or tasks.idle or tasks.unhealthy)
        and is_still,
        protected=tasks.protected,
    )
