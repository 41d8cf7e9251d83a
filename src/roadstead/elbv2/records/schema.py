"""All tables and indexes of the slice of application and network load balancers."""

from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LISTENERS_BY_CERTIFICATE,
    LISTENERS_BY_LOAD_BALANCER,
    LOAD_BALANCERS,
    LOAD_BALANCERS_BY_NAME,
    LOAD_BALANCERS_BY_SCOPE,
    RULES,
    RULES_BY_LISTENER,
    RULES_BY_LOAD_BALANCER,
    RULES_BY_TARGET_GROUP,
)
from roadstead.elbv2.records.target_group import (
    DRAINING_TARGETS,
    TARGET_GROUPS,
    TARGET_GROUPS_BY_NAME,
    TARGET_GROUPS_BY_SCOPE,
    TARGETS,
    TARGETS_BY_ADDRESS,
    TARGETS_BY_GROUP,
    TARGETS_BY_ID,
)
from roadstead.state.records import Schema

SCHEMA = Schema(
    tables=(LOAD_BALANCERS, LISTENERS, RULES, TARGET_GROUPS, TARGETS),
    indexes=(
        LOAD_BALANCERS_BY_SCOPE,
        LOAD_BALANCERS_BY_NAME,
        LISTENERS_BY_CERTIFICATE,
        RULES_BY_LOAD_BALANCER,
        TARGET_GROUPS_BY_NAME,
        LISTENERS_BY_LOAD_BALANCER,
        RULES_BY_LISTENER,
        RULES_BY_TARGET_GROUP,
        TARGET_GROUPS_BY_SCOPE,
        TARGETS_BY_GROUP,
        TARGETS_BY_ADDRESS,
        TARGETS_BY_ID,
        DRAINING_TARGETS,
    ),
)
