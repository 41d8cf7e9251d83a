"""Traffic: targets lead to tasks that serve, no task is stopped under requests, rules add up."""

import asyncio
from collections.abc import Iterator

from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS
from roadstead.ecs.records.task import TASKS, Task, target_key
from roadstead.elbv2.records.load_balancer import RULES
from roadstead.elbv2.records.target_group import TARGETS, Target
from roadstead.state.view import View
from roadstead.store.store import Commit
from sim.fronts import HELD, holders

LED_SECONDS_MAX = 20.0
"""So long a target may lead to a task that has ended, or is to: until the next look, while the
server lives and its disk is slow."""
_SERVING = ("ACTIVATING", "RUNNING")


class TrafficLaw:
    def __init__(self) -> None:
        self._astray: dict[str, float] = {}
        """Targets that lead to no task that serves → since when."""

    def begin(self, view: View) -> None:
        self._view = view
        self._astray = {}
        for target in view.all(TARGETS):
            self._note(target.arn)

    def problems(self, commit: Commit) -> Iterator[str]:
        touched: dict[str, None] = {}
        for change in commit.changes:
            before, after = change.before, change.after
            if change.table is TARGETS:
                touched[change.arn] = None
                if after is not None and (before is None or _is_back(before, after)):
                    yield from self._registered(after)
            elif change.table is TASKS:
                for task in (before, after):
                    if task is not None:
                        touched.update(dict.fromkeys(_keys(task)))
                if after is not None:
                    yield from self._task(before, after)
            elif change.table is SERVICES and _is_shifted(before, after):
                yield from self._shares(after)
        for arn in touched:
            yield from self._note(arn)
        yield from self._overdue()

    def _registered(self, target: Target) -> Iterator[str]:
        """In the commit that makes a target, its task runs and says so."""
        tasks = holders(self._view, target.arn)
        serving = [each for each in tasks if each.last_status in _SERVING]
        if len(serving) != 1 or serving[0].desired_status != "RUNNING":
            yield f"{target.arn} is registered for {[(t.arn, t.last_status) for t in tasks]}"

    def _note(self, arn: str) -> list[str]:
        """Remember a target that leads to nobody who serves; tell of one that leads to two."""
        target = self._view.get(TARGETS, arn)
        tasks = holders(self._view, arn) if target is not None else []
        serving = [each for each in tasks if each.last_status in (*_SERVING, "DEACTIVATING")]
        if target is None or target.status == "draining" or _is_right(serving):
            self._astray.pop(arn, None)
        else:
            self._astray.setdefault(arn, asyncio.get_running_loop().time())
        registered = [each for each in serving if arn in _keys(each, ("REGISTERED",))]
        if len(registered) > 1:
            return [f"{arn} is registered for {[each.arn for each in registered]}"]
        return []

    def _overdue(self) -> Iterator[str]:
        now = asyncio.get_running_loop().time()
        for arn, since in self._astray.items():
            if now - since > LED_SECONDS_MAX:
                tasks = [(each.arn, each.last_status) for each in holders(self._view, arn)]
                yield f"{arn} has led for {now - since:.0f} s to {tasks}"

    def _task(self, before: Task | None, after: Task) -> Iterator[str]:
        """Steps of its life that its targets decide."""
        if not after.targets:
            return
        yield from self._ousted(before, after)
        was = "" if before is None else before.last_status
        is_new = after.last_status == "RUNNING" and was != "RUNNING"
        if is_new and any(each.state != "REGISTERED" for each in after.targets):
            yield f"{after.arn} is RUNNING with {after.targets}"
        if after.last_status == "STOPPING":
            for key in _keys(after):
                yield f"{after.arn} is STOPPING and {key} leads there"
            for each in after.targets:
                arn = target_key(each)
                is_there = each.target_id and self._view.get(TARGETS, arn) is not None
                if is_there and not holders(self._view, arn):
                    yield f"{after.arn} is STOPPING and {arn} is nobody else's"

    def _ousted(self, before: Task | None, after: Task) -> Iterator[str]:
        """Nobody takes the place of a task to which requests may still be under way."""
        if before is None or after.last_status in ("DEPROVISIONING", "STOPPED"):
            return
        for was, now in zip(before.targets, after.targets, strict=True):
            target = self._view.get(TARGETS, target_key(was))
            is_left = was.state in HELD and now.state == "GONE"
            if is_left and target is not None and target.status != "draining":
                yield f"{after.arn} is {after.last_status}, and {target.arn} is another's"

    def _shares(self, service: Service) -> Iterator[str]:
        """Production traffic is all of it, and as much as the deployment says."""
        traffic = service.traffic
        assert traffic is not None
        if abs(sum(traffic.production.values()) - 100) > 0.1:
            yield f"{service.arn} has {traffic.production}"
        record = self._view.get(SERVICE_DEPLOYMENTS, service.service_deployment_arn)
        if record is not None and record.status == "IN_PROGRESS":
            share = traffic.production.get(record.target_revision_arn, 0.0)
            if len(traffic.production) > 1 and abs(share - record.production_percent) > 0.1:
                yield f"{service.arn}: {share} %, {record.production_percent} is wanted"
        for arn, percent in traffic.production.items():
            revision = self._view.get(SERVICE_REVISIONS, arn)
            if revision is None or not revision.resolved_target_groups:
                continue
            groups = zip(revision.load_balancers, revision.resolved_target_groups, strict=True)
            for entry, group in groups:
                rule = entry["advancedConfiguration"]["productionListenerRule"]
                yield from self._weight(service, rule, group, percent)

    def _weight(self, service: Service, rule_arn: str, group: str, percent: float) -> Iterator[str]:
        rule = self._view.get(RULES, rule_arn)
        if rule is None or rule_arn in service.traffic_troubles:
            return
        weights = {
            each["TargetGroupArn"]: each.get("Weight", 1)
            for action in rule.actions
            if action["Type"] == "forward"
            for each in action["ForwardConfig"]["TargetGroups"]
        }
        total = sum(weights.values())
        share = 100 * weights.get(group, 0) / total if total else 0.0
        if abs(share - percent) > 0.1:
            yield f"{rule_arn} leads {share} % to {group}, {percent} is wanted: {weights}"


def _is_back(before: Target, after: Target) -> bool:
    return before.status == "draining" and after.status != "draining"


def _is_shifted(before: Service | None, after: Service | None) -> bool:
    return (
        before is not None
        and after is not None
        and after.traffic is not None
        and after.traffic != before.traffic
    )


def _is_right(serving: list[Task]) -> bool:
    return any(each.desired_status == "RUNNING" for each in serving)


def _keys(task: Task, states: tuple[str, ...] = HELD) -> list[str]:
    return [target_key(each) for each in task.targets if each.state in states]
