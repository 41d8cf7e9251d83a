"""Records that ended are removed for good."""

from collections.abc import Iterable

from roadstead.ecs.records.account import CLIENT_TOKENS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS
from roadstead.ecs.records.task import TASKS
from roadstead.ecs.transitions.service_deployments import forget_deployment
from roadstead.ecs.transitions.services import forget_service
from roadstead.state.view import Tx


def forget_tasks(tx: Tx, arns: Iterable[str]) -> None:
    for arn in arns:
        tx.delete(TASKS, arn)


def forget_instances(tx: Tx, arns: Iterable[str]) -> None:
    for arn in arns:
        tx.delete(CONTAINER_INSTANCES, arn)


def forget_services(tx: Tx, arns: Iterable[str]) -> None:
    """Their events go with them."""
    for arn in arns:
        service = tx.get(SERVICES, arn)
        if service is not None:
            forget_service(tx, service)


def forget_service_deployments(tx: Tx, arns: Iterable[str]) -> None:
    """Their target revisions go with them, unless their service still uses them."""
    for arn in arns:
        record = tx.get(SERVICE_DEPLOYMENTS, arn)
        if record is not None:
            forget_deployment(tx, record)


def forget_tokens(tx: Tx, arns: Iterable[str]) -> None:
    for arn in arns:
        tx.delete(CLIENT_TOKENS, arn)
