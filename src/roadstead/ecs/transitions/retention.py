"""Records that ended are removed for good."""

from collections.abc import Iterable

from roadstead.ecs.records.account import CLIENT_TOKENS
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.ecs.records.service import SERVICES
from roadstead.ecs.records.task import TASKS
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


def forget_tokens(tx: Tx, arns: Iterable[str]) -> None:
    for arn in arns:
        tx.delete(CLIENT_TOKENS, arn)
