"""Service deployments and revisions: their statuses, their traffic, and what they may start."""

from collections.abc import Iterator

from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_deployment import (
    DEPLOYMENTS_BY_SERVICE,
    SERVICE_DEPLOYMENTS,
    ServiceDeployment,
)
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS, ServiceRevision
from roadstead.ecs.records.task import TASKS, Task
from roadstead.ecs.rules.deployment.status import MOVES
from roadstead.ecs.transitions.service_revisions import revision_of_task
from roadstead.state.view import View
from roadstead.store.store import Commit
from sim.fleets import share_of

_UNDER_WAY = ("PENDING", "IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")


class DeploymentLaw:
    def __init__(self) -> None:
        self._pinned: dict[str, dict[str, str]] = {}
        """Task → container → the digest that its revision had when it was started."""

    def begin(self, view: View) -> None:
        self._view = view

    def problems(self, commit: Commit) -> Iterator[str]:
        for change in commit.changes:
            before, after = change.before, change.after
            if change.table is SERVICE_DEPLOYMENTS:
                yield from self._deployment(before, after)
            elif change.table is SERVICE_REVISIONS and before is not None and after is not None:
                yield from _revision(before, after)
            elif change.table is TASKS:
                if before is None:
                    yield from self._started(after)
                if after is None:
                    self._pinned.pop(change.arn, None)
                elif change.arn in self._pinned:
                    yield from self._images(after)

    def _deployment(
        self, before: ServiceDeployment | None, after: ServiceDeployment | None
    ) -> Iterator[str]:
        if after is None:
            return
        if before is not None:
            if after.status not in _reachable(before.status):
                yield f"{after.arn} went from {before.status} to {after.status}"
            if (
                before.status == after.status == "IN_PROGRESS"
                and after.production_percent < before.production_percent
            ):
                yield f"{after.arn} lost traffic: {before.production_percent} before"
        under_way = [
            each
            for status in _UNDER_WAY
            for each in self._view.find(DEPLOYMENTS_BY_SERVICE, f"{after.service_arn}|{status}")
        ]
        service = self._view.get(SERVICES, after.service_arn)
        if len(under_way) > 1:
            yield f"{after.service_arn} has {len(under_way)} deployments under way"
        named = "" if service is None else service.service_deployment_arn
        if [each.arn for each in under_way] != ([named] if named else []):
            yield f"{after.service_arn} names {named}, under way are {under_way}"

    def _started(self, task: Task) -> Iterator[str]:
        """A deployment that FAILED starts nothing, but to keep a share that it was given."""
        service = self._view.get(SERVICES, task.service_arn) if task.service_arn else None
        if service is None:
            return
        deployment = next((d for d in service.deployments if d.id == task.started_by), None)
        if deployment is None:
            yield f"{task.arn} was started by {task.started_by}, which {service.arn} does not have"
        elif deployment.rollout_state == "FAILED" and not share_of(service, deployment):
            yield f"{task.arn} was started by {deployment.id}, which FAILED"
        revision = revision_of_task(self._view, task)
        if revision is not None:
            pinned = {
                each.container_name: each.image_digest
                for each in revision.container_images
                if each.image_digest
            }
            if pinned:
                self._pinned[task.arn] = pinned

    def _images(self, task: Task) -> Iterator[str]:
        pinned = self._pinned[task.arn]
        for container in task.containers:
            digest = container.image_digest
            if digest and container.name in pinned and digest != pinned[container.name]:
                yield f"{task.arn} runs {digest}, its revision has {pinned[container.name]}"


def _reachable(status: str) -> set[str]:
    """One update may take a deployment more than one step."""
    found = {status}
    while (more := {after for each in found for after in MOVES[each]} - found) != set():
        found |= more
    return found


def _revision(before: ServiceRevision, after: ServiceRevision) -> Iterator[str]:
    known = {e.container_name: e.image_digest for e in before.container_images if e.image_digest}
    now = {each.container_name: each.image_digest for each in after.container_images}
    for name, digest in known.items():
        if now.get(name) != digest:
            yield f"{after.arn} had {digest} for {name}, and has {now.get(name)}"
    if before.task_definition_arn != after.task_definition_arn:
        yield f"{after.arn} is of another task definition"
