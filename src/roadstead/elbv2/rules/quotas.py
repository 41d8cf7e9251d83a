"""Quotas: how many of what there may be, as DescribeAccountLimits tells them.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html
"""

TARGET_GROUPS_MAX = 3000
LOAD_BALANCERS_MAX = 50
"""Of each type."""
LISTENERS_MAX = 50
"""Of a load balancer; as are rules (beside the default rules), targets and certificates."""
RULES_MAX = 100
TARGETS_MAX = 1000
CERTIFICATES_MAX = 25
TARGET_GROUPS_OF_LOAD_BALANCER_MAX = 100
TARGET_GROUPS_OF_ACTION_MAX = 5
CONDITION_VALUES_MAX = 5
"""Of a rule, in all of its conditions; as are wildcards."""
CONDITION_WILDCARDS_MAX = 6
SECURITY_GROUPS_MAX = 5
TAGS_MAX = 50

LIMITS: dict[str, int] = {
    "target-groups": TARGET_GROUPS_MAX,
    "targets-per-application-load-balancer": TARGETS_MAX,
    "listeners-per-application-load-balancer": LISTENERS_MAX,
    "rules-per-application-load-balancer": RULES_MAX,
    "network-load-balancers": LOAD_BALANCERS_MAX,
    "targets-per-network-load-balancer": 3000,
    "targets-per-availability-zone-per-network-load-balancer": 500,
    "listeners-per-network-load-balancer": LISTENERS_MAX,
    "condition-values-per-alb-rule": CONDITION_VALUES_MAX,
    "condition-wildcards-per-alb-rule": CONDITION_WILDCARDS_MAX,
    "target-groups-per-application-load-balancer": TARGET_GROUPS_OF_LOAD_BALANCER_MAX,
    "target-groups-per-action-on-application-load-balancer": TARGET_GROUPS_OF_ACTION_MAX,
    "target-groups-per-action-on-network-load-balancer": TARGET_GROUPS_OF_ACTION_MAX,
    "certificates-per-application-load-balancer": CERTIFICATES_MAX,
    "certificates-per-network-load-balancer": CERTIFICATES_MAX,
    "targets-per-target-group": TARGETS_MAX,
    "application-load-balancers": LOAD_BALANCERS_MAX,
}
