"""ClassicInstance: an EC2 instance that is registered with a Classic load balancer, or drains.

A record of its own, not a member of the load balancer's: so what one costs does not grow with the
number of the others.
"""

from datetime import datetime

from roadstead.state.records import Index, Record, Table


class ClassicInstance(Record, frozen=True, kw_only=True):
    """`arn` is `<load balancer's ARN>|<instance id>`."""

    load_balancer_arn: str = ""
    instance_id: str = ""
    address: str = ""
    """Where requests to it go; empty while there is no such place."""
    zone: str = ""
    state: str = "OutOfService"
    """InService or OutOfService."""
    reason_code: str = "ELB"
    """ELB, Instance or N/A."""
    description: str = ""
    """Source: botocore:elb#InstanceState"""
    registered_at: datetime | None = None
    draining_until: datetime | None = None
    """Set once it is deregistered while connection draining is on; it is gone at that time."""


CLASSIC_INSTANCES = Table("classic_instances", ClassicInstance)

CLASSIC_INSTANCES_BY_LOAD_BALANCER = Index(
    "classic_instances_by_load_balancer",
    CLASSIC_INSTANCES,
    lambda each: (each.load_balancer_arn,),
    lambda each: each.instance_id,
)
CLASSIC_INSTANCES_BY_ID = Index(
    "classic_instances_by_id", CLASSIC_INSTANCES, lambda each: (each.instance_id,)
)
"""Key: EC2 instance id."""

CLASSIC_INSTANCES_BY_ADDRESS = Index(
    "classic_instances_by_address",
    CLASSIC_INSTANCES,
    lambda each: (each.address,) if each.address else (),
)

DRAINING_CLASSIC_INSTANCES = Index(
    "draining_classic_instances",
    CLASSIC_INSTANCES,
    lambda each: ("all",) if each.draining_until is not None else (),
)


def classic_instance_arn(load_balancer_arn: str, instance_id: str) -> str:
    return f"{load_balancer_arn}|{instance_id}"
