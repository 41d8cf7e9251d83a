"""Services: one PRIMARY deployment, first; statuses go forward; revisions that may be deployed.

No task is left without its deployment.
"""

from collections.abc import Iterator

from roadstead.ecs.records.service import SERVICES, Service
from roadstead.ecs.records.service_tasks import STANDINGS, TASKS_BY_STANDING, standing_key
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.state.view import View
from roadstead.store.store import Commit

_ORDER = ("ACTIVE", "DRAINING", "INACTIVE")


class ServiceLaw:
    def begin(self, view: View) -> None:
        self._view = view

    def problems(self, commit: Commit) -> Iterator[str]:
        for change in commit.changes:
            if change.table is not SERVICES:
                continue
            before, after = change.before, change.after
            if after is None:
                if before.status != "INACTIVE":
                    yield f"{before.arn} is removed though {before.status}"
                continue
            is_same = before is not None and before.created_at == after.created_at
            if is_same and _ORDER.index(after.status) < _ORDER.index(before.status):
                yield f"{after.arn} went back from {before.status} to {after.status}"
            yield from _primary(after)
            yield from self._dropped(before if is_same else None, after)
            if after.deployment_controller == "ECS":
                yield from self._deployed(before if is_same else None, after)

    def _dropped(self, before: Service | None, after: Service) -> Iterator[str]:
        """A deployment goes with its last task: nobody would look after one that it left."""
        kept = {each.id for each in after.deployments}
        for each in before.deployments if before is not None else ():
            left = [
                self._view.count(TASKS_BY_STANDING, standing_key(each.id, at)) for at in STANDINGS
            ]
            if each.id not in kept and any(left):
                yield f"{after.arn} drops {each.id} with {sum(left)} tasks"

    def _deployed(self, before: Service | None, after: Service) -> Iterator[str]:
        """A new deployment of a revision that is not ACTIVE: only where it was in use before."""
        primary = after.deployments[0]
        if before is not None and before.deployments[0].id == primary.id:
            return
        definition = self._view.get(TASK_DEFINITIONS, primary.task_definition_arn)
        if definition is not None and definition.status == "ACTIVE":
            return
        if primary.rollout_state_reason and "rolling back" in primary.rollout_state_reason:
            return
        if before is None or (
            before.deployments[0].task_definition_arn != primary.task_definition_arn
        ):
            yield f"{after.arn} deploys {primary.task_definition_arn}, which is not ACTIVE"


def _primary(service: Service) -> Iterator[str]:
    statuses = [each.status for each in service.deployments]
    if service.deployment_controller == "ECS":
        if statuses != ["PRIMARY"] + ["ACTIVE"] * (len(statuses) - 1):
            yield f"{service.arn} has deployments {statuses}"
    elif "PRIMARY" in statuses[1:] or not set(statuses) <= {"PRIMARY", "ACTIVE", "DRAINING"}:
        yield f"{service.arn} has deployments {statuses}"
    if len({each.id for each in service.deployments}) != len(statuses):
        yield f"{service.arn} has a deployment twice"
