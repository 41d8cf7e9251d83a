"""All tables and indexes of the slice of Classic load balancers."""

from roadstead.elb.records.load_balancer import CLASSIC_BY_SCOPE, CLASSIC_LOAD_BALANCERS
from roadstead.state.records import Schema

SCHEMA = Schema(tables=(CLASSIC_LOAD_BALANCERS,), indexes=(CLASSIC_BY_SCOPE,))
