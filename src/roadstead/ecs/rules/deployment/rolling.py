"""Rolling deployments by numbers: how many tasks a service may start and stop now.

Knows counts only; which tasks they are is for the caller. What the numbers promise: no stop of ours
takes the healthy tasks below the minimum, no start of ours takes all tasks above the maximum.
"""

import msgspec


class Population(msgspec.Struct, frozen=True, kw_only=True):
    """A service's tasks that were not asked to stop, by what is to become of them."""

    desired_count: int
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    current: int = 0
    """Tasks as they should be: of the PRIMARY deployment, PENDING or RUNNING, not found unhealthy,
    not on a DRAINING instance."""
    current_healthy: int = 0
    """Those of them that count as healthy."""
    current_young: int = 0
    """Those of them that are RUNNING, but for too short a time to count as healthy."""
    leaving: int = 0
    """Tasks that serve but must go: of older deployments, or on a DRAINING instance."""
    leaving_young: int = 0
    """Those of them that are too young to count as healthy."""
    idle: int = 0
    """Tasks that must go and do not serve: PENDING or not healthy ones of the same kind."""
    unhealthy: int = 0
    """Tasks of the PRIMARY deployment that failed their health check."""
    coming: int = 0
    """Tasks of the former deployment, the last that was completed, that do not serve yet; after a
    rollout that was given up, of all older deployments."""
    protected: int = 0
    """Those of the current tasks that are protected: too many or not, they are not stopped."""
    protected_unready: int = 0
    """Those of them that do not count as healthy."""
    protected_young: int = 0
    """Those of the unready ones that are RUNNING, but too young."""
    protected_leaving: int = 0
    """Tasks beside `leaving` that serve and must go, but are protected."""
    protected_leaving_young: int = 0
    """Those of them that are too young to count as healthy."""
    protected_idle: int = 0
    """Tasks beside `idle` and `coming` that do not serve and must go, but are protected."""
    staying: int = 0
    """Tasks of older deployments that serve, and stay because the rollout was given up, as many as
    are wanted."""
    staying_young: int = 0
    """Those of them that are too young to count as healthy."""
    restorable: int = 0
    """How many tasks the former deployment has lost since, and may get again."""
    is_primary_held: bool = False
    """Whether the PRIMARY deployment can start nothing now: it waits after failed starts, or for a
    place."""
    is_failed: bool = False
    """Whether the rollout was given up: the PRIMARY deployment starts nothing any more."""


class Moves(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks to start and to stop now."""

    start: int = 0
    stop_current: int = 0
    stop_leaving: int = 0
    stop_idle: int = 0
    stop_unhealthy: int = 0
    stop_coming: int = 0
    stop_staying: int = 0
    start_former: int = 0
    """How many to start of the former deployment, to hold the minimum until the new one serves."""
    replaces_unhealthy: int = 0
    """How many of those to start stand in for unhealthy ones."""
    is_blocked: bool = False
    """The percentages allow nothing, now or later: only a change by the user helps."""
    protected: int = 0
    """How many protected tasks would be stopped if they were not."""

    @property
    def stops(self) -> int:
        """How many tasks to stop in all."""
        return (
            self.stop_current
            + self.stop_leaving
            + self.stop_idle
            + self.stop_unhealthy
            + self.stop_coming
            + self.stop_staying
        )


def minimum_running(desired_count: int, minimum_healthy_percent: int) -> int:
    """Fewest healthy tasks that a rolling update may leave.

    Units: percent of desiredCount, rounded up.
    Shape: DeploymentConfiguration.minimumHealthyPercent
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    return -(-desired_count * minimum_healthy_percent // 100)


def maximum_total(desired_count: int, maximum_percent: int) -> int:
    """Most tasks, PENDING or RUNNING, that a rolling update may have.

    Units: percent of desiredCount, rounded down.
    Shape: DeploymentConfiguration.maximumPercent
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
    """
    return desired_count * maximum_percent // 100


def next_moves(tasks: Population) -> Moves:
    """What brings the service nearer to `desired_count` current, healthy tasks.

    Stops as many as the minimum allows, and starts as many as the maximum then leaves room for.
    Tasks that do not serve are stopped freely. Tasks that must go serve as soon as they are
    RUNNING, for the young ones among them go first; young ones that may not go hold nothing up for
    the others, and count once they are healthy.
    Unhealthy tasks are replaced first and stopped then: one stays for each task that is not healthy
    yet, those beyond have their replacement, or are replacements that failed themselves. Where the
    maximum leaves no room, they are stopped to make it and replaced one by one.
    What the former deployment loses is made up for by its own revision as far as the minimum needs
    it, with the room that the PRIMARY one does not take: the new revision may never serve, but it
    is what the user asked for.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
    """
    desired = tasks.desired_count
    minimum = minimum_running(desired, tasks.minimum_healthy_percent)
    maximum = maximum_total(desired, tasks.maximum_percent)
    surplus = _surplus_of(tasks, minimum)
    kept, kept_healthy = tasks.current - surplus.stops, tasks.current_healthy - surplus.healthy
    serving = kept_healthy + tasks.leaving + tasks.protected_leaving + tasks.staying
    held_young = tasks.protected_leaving_young + tasks.staying_young
    stop_leaving = _between(0, serving - held_young - minimum, tasks.leaving)
    stop_staying = min(
        kept + tasks.staying - desired,
        serving - tasks.protected_leaving_young - stop_leaving - minimum,
    )
    stop_staying = _between(0, stop_staying, tasks.staying)
    lacking = max(0, minimum - serving)
    kept_coming = min(max(lacking, _standing_in(tasks, kept)), tasks.coming)
    kept_unhealthy = min(tasks.unhealthy, max(0, desired - kept_healthy))
    total = kept + tasks.leaving - stop_leaving + kept_unhealthy + kept_coming
    total += tasks.protected_leaving + tasks.protected_idle + tasks.staying - stop_staying
    missing = 0 if tasks.is_failed else max(0, desired - kept)
    room = maximum - total - (0 if tasks.is_primary_held else missing)
    start_former = _between(0, room, min(lacking - kept_coming, tasks.restorable))
    total += start_former
    if total >= maximum and kept == kept_healthy and not tasks.is_failed:
        # No room for a replacement: one makes it, the next once all others are healthy.
        gone = min(kept_unhealthy, total - maximum + 1)
        kept_unhealthy -= gone
        total -= gone
    start = _between(0, maximum - total, missing)
    return Moves(
        start=start,
        stop_current=surplus.stops,
        stop_leaving=stop_leaving,
        stop_idle=tasks.idle,
        stop_unhealthy=tasks.unhealthy - kept_unhealthy,
        stop_coming=tasks.coming - kept_coming,
        stop_staying=stop_staying,
        start_former=start_former,
        replaces_unhealthy=min(start, tasks.unhealthy),
        is_blocked=tasks.leaving > stop_leaving
        and missing > 0
        and start == start_former == kept_coming == held_young == 0
        and kept == kept_healthy,
        protected=_between(0, kept - desired, tasks.protected)
        + _between(0, serving - stop_leaving - minimum, tasks.protected_leaving)
        + tasks.protected_idle,
    )


class _Surplus(msgspec.Struct, frozen=True):
    """How many current tasks are too many and may go: those that do not serve before others."""

    idle: int
    young: int
    healthy: int

    @property
    def stops(self) -> int:
        return self.idle + self.young + self.healthy


def _surplus_of(tasks: Population, minimum: int) -> _Surplus:
    """Without protection no more than `desired_count` is left, and that is at least the minimum;
    but where tasks of less worth may not go, none goes that the minimum needs."""
    surplus = min(max(0, tasks.current - tasks.desired_count), tasks.current - tasks.protected)
    may_go_young = tasks.current_young - tasks.protected_young
    may_go_idle = tasks.current - tasks.current_healthy - tasks.protected_unready - may_go_young
    serving = tasks.current_healthy + tasks.leaving + tasks.protected_leaving + tasks.staying
    idle = min(surplus, may_go_idle)
    spare = max(0, serving + tasks.current_young - minimum)
    young = _between(0, surplus - idle, min(may_go_young, spare))
    not_yet = tasks.leaving_young + tasks.protected_leaving_young + tasks.staying_young
    spare = max(0, serving - not_yet - minimum)
    return _Surplus(idle, young, _between(0, surplus - idle - young, spare))


def _standing_in(tasks: Population, kept: int) -> int:
    """How many tasks of older deployments that do not serve stay after a rollout was given up.

    Nothing takes their place any more, so they stay as those do that serve, as many as are wanted.
    """
    return max(0, tasks.desired_count - kept - tasks.staying) if tasks.is_failed else 0


def after_stops(tasks: Population, moves: Moves) -> Population:
    """The population once all that the moves stop is stopped, and before anything is started."""
    minimum = minimum_running(tasks.desired_count, tasks.minimum_healthy_percent)
    surplus = _surplus_of(tasks, minimum)
    return msgspec.structs.replace(
        tasks,
        current=tasks.current - surplus.stops,
        current_healthy=tasks.current_healthy - surplus.healthy,
        current_young=tasks.current_young - surplus.young,
        leaving=tasks.leaving - moves.stop_leaving,
        leaving_young=max(0, tasks.leaving_young - moves.stop_leaving),
        idle=tasks.idle - moves.stop_idle,
        unhealthy=tasks.unhealthy - moves.stop_unhealthy,
        coming=tasks.coming - moves.stop_coming,
        staying=tasks.staying - moves.stop_staying,
        staying_young=max(0, tasks.staying_young - moves.stop_staying),
    )


def _between(lowest: int, number: int, highest: int) -> int:
    return max(lowest, min(number, highest))
