"""One task of a service begins, on an instance that was chosen for it."""

from roadstead.aws.arns import last_part
from roadstead.ecs.records.cluster import CLUSTERS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.scope import scope_of
from roadstead.ecs.records.service import Deployment, Service
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS
from roadstead.ecs.records.task_definition import TASK_DEFINITIONS, TaskDefinition
from roadstead.ecs.rules.network import interface_in
from roadstead.ecs.transitions.task_registrations import registrations_of
from roadstead.ecs.transitions.task_targets import targets_of
from roadstead.ecs.transitions.tasks import start_task
from roadstead.state.plans import Call
from roadstead.state.view import Tx


def start_task_of_service(
    tx: Tx, call: Call, service: Service, deployment: Deployment, container_instance_arn: str
) -> str:
    """Start a task of the deployment there; returns its id."""
    definition = tx.must(TASK_DEFINITIONS, deployment.task_definition_arn)
    cluster = tx.must(CLUSTERS, service.cluster_arn)
    instance = tx.must(CONTAINER_INSTANCES, container_instance_arn)
    revision = tx.get(SERVICE_REVISIONS, deployment.service_revision_arn)
    task = start_task(
        tx,
        call,
        cluster=cluster,
        definition=definition,
        instance=instance,
        group=f"service:{service.name}",
        started_by=deployment.id,
        service_arn=service.arn,
        is_daemon=service.scheduling_strategy == "DAEMON",
        tags=_tags_of_tasks(service, definition, cluster.name),
        enable_execute_command=service.enable_execute_command,
        enable_ecs_managed_tags=service.enable_ecs_managed_tags,
        launch_type=deployment.launch_type,
        interface=interface_in(
            tx,
            scope_of(service.arn),
            deployment.network_configuration,
            instance.availability_zone,
            call.ids,
        ),
        targets=targets_of(revision),
        registrations=registrations_of(revision),
    )
    return last_part(task.arn)


def _tags_of_tasks(service: Service, definition: TaskDefinition, cluster: str) -> dict[str, str]:
    """Propagated tags, and the managed ones if the service wants them.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
    """
    tags: dict[str, str] = {}
    match service.propagate_tags:
        case "SERVICE":
            tags.update(service.tags)
        case "TASK_DEFINITION":
            tags.update(definition.tags)
    if service.enable_ecs_managed_tags:
        tags["aws:ecs:clusterName"] = cluster
        tags["aws:ecs:serviceName"] = service.name
    return tags
