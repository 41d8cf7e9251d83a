"""All tables and indexes of the slice of Classic load balancers."""

from roadstead.elb.records.instance import (
    CLASSIC_INSTANCES,
    CLASSIC_INSTANCES_BY_ADDRESS,
    CLASSIC_INSTANCES_BY_ID,
    CLASSIC_INSTANCES_BY_LOAD_BALANCER,
    DRAINING_CLASSIC_INSTANCES,
)
from roadstead.elb.records.load_balancer import (
    CLASSIC_BY_CERTIFICATE,
    CLASSIC_BY_SCOPE,
    CLASSIC_LOAD_BALANCERS,
)
from roadstead.state.records import Schema

SCHEMA = Schema(
    tables=(CLASSIC_LOAD_BALANCERS, CLASSIC_INSTANCES),
    indexes=(
        CLASSIC_BY_SCOPE,
        CLASSIC_BY_CERTIFICATE,
        CLASSIC_INSTANCES_BY_LOAD_BALANCER,
        CLASSIC_INSTANCES_BY_ID,
        CLASSIC_INSTANCES_BY_ADDRESS,
        DRAINING_CLASSIC_INSTANCES,
    ),
)
