"""Calls of the program's own: what Roadstead does by itself, as which role and for whom."""

from datetime import datetime

from roadstead.aws.arns import parse_arn, partition_of
from roadstead.ids import Ids
from roadstead.state.plans import Call

SERVICE_ROLE = "assumed-role/AWSServiceRoleForECS/ecs-service-scheduler"
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using-service-linked-roles.html"""


def own_call(account: str, region: str, now: datetime, ids: Ids) -> Call:
    """A call by the service itself in this account and Region."""
    partition = partition_of(region)
    return Call(
        account=account,
        region=region,
        partition=partition,
        caller_arn=f"arn:{partition}:sts::{account}:{SERVICE_ROLE}",
        request_id=ids.uuid(),
        now=now,
        ids=ids,
    )


def own_call_about(arn: str, now: datetime, ids: Ids) -> Call:
    """The same, in the account and Region that the resource belongs to."""
    parsed = parse_arn(arn)
    return own_call(parsed.account, parsed.region, now, ids)
