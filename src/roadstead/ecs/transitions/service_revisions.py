"""The only writer of service revisions: made with a deployment, their digests filled in once."""

from typing import Any

import msgspec

from roadstead.aws.arns import last_part
from roadstead.ecs.records.service import SERVICES, Deployment, Service
from roadstead.ecs.records.service_revision import (
    REVISIONS_BY_SERVICE,
    SERVICE_REVISIONS,
    ContainerImage,
    ServiceRevision,
)
from roadstead.ecs.records.task import Task
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS
from roadstead.ecs.rules import image_versions
from roadstead.ecs.rules.deployment.configuration import is_staged
from roadstead.ecs.rules.deployment.shares import most_led_to
from roadstead.ecs.rules.load_balancers.sides import resolved_groups
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View


def create_revision(
    tx: Tx,
    call: Call,
    service: Service,
    deployment: Deployment,
    load_balancers: tuple[dict[str, Any], ...] = (),
    service_registries: tuple[dict[str, Any], ...] = (),
) -> ServiceRevision:
    """A new revision of what the tasks of this deployment are made of, and who leads to them."""
    definition = tx.get(TASK_DEFINITIONS, deployment.task_definition_arn)
    containers = [] if definition is None else definition.document["containerDefinitions"]
    cluster = last_part(service.cluster_arn)
    identifier = call.ids.digits(19)
    return tx.put(
        SERVICE_REVISIONS,
        ServiceRevision(
            arn=call.arn("ecs", f"service-revision/{cluster}/{service.name}/{identifier}"),
            service_arn=service.arn,
            cluster_arn=service.cluster_arn,
            task_definition_arn=deployment.task_definition_arn,
            launch_type=deployment.launch_type,
            network_configuration=deployment.network_configuration,
            load_balancers=load_balancers,
            service_registries=service_registries,
            resolved_target_groups=resolved_groups(
                load_balancers,
                _former_revision(tx, service),
                is_staged=is_staged(service.deployment_configuration),
            ),
            container_images=tuple(
                ContainerImage(container_name=each["name"], image=each.get("image") or "")
                for each in containers
                if image_versions.is_resolved(each)
            ),
            created_at=call.now,
        ),
    )


def _former_revision(view: View, service: Service) -> ServiceRevision | None:
    """The revision of the last deployment that was completed, else that which is led to most.

    Without listeners it is the one before. So does `source_deployment` once the next is there.
    """
    former = view.get(SERVICE_REVISIONS, service.completed_revision_arn)
    if former is not None or not service.deployments:
        return former
    led_to = most_led_to(service, service.deployments) or service.deployments[0]
    return view.get(SERVICE_REVISIONS, led_to.service_revision_arn)


def revision_of_task(view: View, task: Task) -> ServiceRevision | None:
    """The revision that a service's task belongs to, if its deployment is still there."""
    service = view.get(SERVICES, task.service_arn) if task.service_arn else None
    if service is None:
        return None
    for deployment in service.deployments:
        if deployment.id == task.started_by:
            return view.get(SERVICE_REVISIONS, deployment.service_revision_arn)
    return None


def note_images(tx: Tx, task: Task) -> None:
    """A task of a service is RUNNING: the first of its revision says what its tags stand for."""
    revision = revision_of_task(tx, task)
    if revision is None or image_versions.is_settled(revision):
        return
    digests = {each.name: each.image_digest for each in task.containers if each.image_digest}
    images = image_versions.resolved(revision.container_images, digests)
    failures = revision.resolution_failures + any(not each.image_digest for each in images)
    tx.put(
        SERVICE_REVISIONS,
        msgspec.structs.replace(revision, container_images=images, resolution_failures=failures),
    )


def forget_revision(tx: Tx, arn: str) -> None:
    """Remove the revision of a task set that is gone."""
    tx.delete(SERVICE_REVISIONS, arn)


def forget_revisions(tx: Tx, service_arn: str) -> None:
    """Remove all revisions of a service."""
    for revision in tx.find(REVISIONS_BY_SERVICE, service_arn):
        tx.delete(SERVICE_REVISIONS, revision.arn)
