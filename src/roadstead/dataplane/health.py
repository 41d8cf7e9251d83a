"""HealthReports: what the proxy found out about targets, brought into the state.

News come from its event log, at once. A look at all hosts now and then, and after the proxy has
been away, makes up for what was missed: the level counts, events only say when to look.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

import aiohttp

from roadstead.clock import Clock
from roadstead.dataplane.classic_health import ClassicHealth
from roadstead.dataplane.first_checks import FirstChecks, Place
from roadstead.dataplane.health_events import Finding, finding, standing
from roadstead.dataplane.proxy_admin import ProxyAdmin, ProxyUnreachable
from roadstead.dataplane.snapshot.names import cluster_name
from roadstead.dataplane.tail import Tail
from roadstead.elbv2.records.target_group import (
    TARGET_GROUPS,
    TARGETS,
    TARGETS_BY_ADDRESS,
    Target,
    TargetGroup,
)
from roadstead.elbv2.rules.health_check import checked_port_of
from roadstead.elbv2.rules.target_health import (
    INITIAL_HEALTH_CHECKING,
    RESPONSE_CODE_MISMATCH,
)
from roadstead.elbv2.transitions.targets import begin_checking, report_health
from roadstead.state.plans import Call
from roadstead.state.records import Change
from roadstead.state.view import Tx, View

READ_EVERY_SECONDS = 0.1
LOOK_EVERY_SECONDS = 15.0
LOOK_SOON_SECONDS = 0.5
"""After a target was registered: it is shown to be checked."""
CODE_SECONDS_MAX = 1.0
"""How long it may take to say which code was wrong: so much later a target is unhealthy."""

log = logging.getLogger(__name__)

Update = Callable[[Callable[[Tx], Any]], Any]


class HealthReports:
    """Reads what one proxy writes. `run` it in the program's TaskGroup."""

    def __init__(
        self,
        view: Callable[[], View],
        update: Update,
        call: Callable[[str], Call],
        tail: Tail,
        admin: ProxyAdmin,
        clock: Clock,
        first_checks: FirstChecks,
    ) -> None:
        """`call` makes a call about an ARN."""
        self._view = view
        self._update = update
        self._call = call
        self._tail = tail
        self._admin = admin
        self._clock = clock
        self._groups = {cluster_name(each.arn): each.arn for each in view().all(TARGET_GROUPS)}
        self._first_checks = first_checks
        self._classic = ClassicHealth(view, update, call, first_checks)
        self._unknown_codes: list[tuple[TargetGroup, Target]] = []
        """Who is to be asked which wrong code it answers; nobody else waits for that."""
        self._asked: set[str] = set()
        """ARNs of those, until they have answered or passed."""
        self._look_at = 0.0

    def note(self, changes: Iterable[Change]) -> None:
        """Follow target groups, and look soon at targets that are new."""
        for change in changes:
            self._classic.note(change)
            if change.table is TARGET_GROUPS:
                if change.after is None:
                    self._groups.pop(cluster_name(change.arn), None)
                else:
                    self._groups[cluster_name(change.arn)] = change.arn
            elif change.table is TARGETS:
                self._leave_rest(change.before, change.after)
                if change.after is not None and change.after.status == "initial":
                    soon = self._clock.monotonic() + LOOK_SOON_SECONDS
                    self._look_at = min(self._look_at, soon)

    def _leave_rest(self, before: Target | None, after: Target | None) -> None:
        """Nothing is known of first checks where no new target is any more."""
        if before is not None and (
            after is None or after.status != "initial" or after.address != before.address
        ):
            cluster = cluster_name(before.target_group_arn)
            self._first_checks.forget(Place(cluster, before.address, before.port))

    async def run(self) -> None:
        """Report for ever."""
        self._tail.skip()
        self._unknown_codes.clear()
        self._asked.clear()
        async with asyncio.TaskGroup() as questions:
            while True:
                if self._clock.monotonic() >= self._look_at:
                    await self._look()
                for line in self._tail.lines():
                    found = finding(line)
                    if found is not None:
                        self._take(found)
                self._first_checks.wake()
                for group, target in self._unknown_codes:
                    questions.create_task(self._tell_code(group, target))
                self._unknown_codes.clear()
                await self._clock.sleep(READ_EVERY_SECONDS)

    async def _look(self) -> None:
        """Compare all targets with what the proxy says of them now."""
        try:
            clusters = await self._admin.clusters()
        except ProxyUnreachable as error:
            log.debug("the proxy cannot be asked for health: %s", error)
            self._look_at = self._clock.monotonic() + 1
            return
        self._look_at = self._clock.monotonic() + LOOK_EVERY_SECONDS
        for cluster in clusters:
            for each in standing(cluster):
                self._take(each)

    def _take(self, found: Finding) -> None:
        group = self._view().get(TARGET_GROUPS, self._groups.get(found.cluster, ""))
        if group is None:
            self._classic.take(found)
            return
        if not group.health_check.enabled:
            return
        for target in self._view().find(TARGETS_BY_ADDRESS, found.address):
            if target.port == found.port and target.target_group_arn == group.arn:
                self._tell(group, target, found)

    def _tell(self, group: TargetGroup, target: Target, found: Finding) -> None:
        match found.kind:
            case "passed":
                self._asked.discard(target.arn)
                if target.status in ("initial", "unhealthy") or target.is_unhealthy:
                    self._report(target.arn, healthy=True)
            case "pending":
                self._begin(target)
            case "failed" | "unhealthy" if target.status == "initial":
                self._fail_first_check(group, target, found)
            case "unhealthy":
                if target.status == "healthy" or (
                    target.status == "draining" and not target.is_unhealthy
                ):
                    self._report_failure(group, target, found.reason)

    def _fail_first_check(self, group: TargetGroup, target: Target, found: Finding) -> None:
        check = group.health_check
        is_unhealthy = self._first_checks.failed(
            Place(found.cluster, found.address, found.port),
            f"targets|{group.arn}",
            check.unhealthy_threshold,
            check.interval_seconds,
        )
        if is_unhealthy:
            self._report_failure(group, target, found.reason)
        else:
            self._begin(target)

    def _begin(self, target: Target) -> None:
        if target.status == "initial" and target.reason != INITIAL_HEALTH_CHECKING:
            arn = target.arn

            def change(tx: Tx) -> None:
                now = tx.get(TARGETS, arn)
                if now is not None:
                    begin_checking(tx, self._call(arn), now)

            self._update(change)

    def _report_failure(self, group: TargetGroup, target: Target, reason: str) -> None:
        """At once; if the code was a wrong one, as soon as it is known which."""
        if reason != RESPONSE_CODE_MISMATCH:
            self._report(target.arn, healthy=False, reason=reason)
        elif target.arn not in self._asked:
            self._asked.add(target.arn)
            self._unknown_codes.append((group, target))

    async def _tell_code(self, group: TargetGroup, target: Target) -> None:
        code = await _code_of(group, target)
        if target.arn in self._asked:
            self._asked.discard(target.arn)
            text = f"Health checks failed with these codes: [{code}]" if code else ""
            reason = RESPONSE_CODE_MISMATCH
            self._report(target.arn, healthy=False, reason=reason, description=text)

    def _report(self, arn: str, *, healthy: bool, reason: str = "", description: str = "") -> None:
        def change(tx: Tx) -> None:
            target = tx.get(TARGETS, arn)
            if target is None:
                return
            call = self._call(arn)
            report_health(tx, call, target, healthy=healthy, reason=reason, description=description)

        self._update(change)


async def _code_of(group: TargetGroup, target: Target) -> int:
    """The code that a target answers the health check with; 0 if it does not answer soon.

    Envoy says that the code was a wrong one, not which.
    """
    check = group.health_check
    port = checked_port_of(check, target.port)
    url = f"{check.protocol.lower()}://{target.address}:{port}{check.path}"
    limit = aiohttp.ClientTimeout(total=CODE_SECONDS_MAX)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.get(url, ssl=False, allow_redirects=False) as answer,
        ):
            return answer.status
    except (TimeoutError, OSError, aiohttp.ClientError):
        return 0
