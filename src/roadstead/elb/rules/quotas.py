"""Quotas: how many of what there may be, as DescribeAccountLimits tells them.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-limits.html
"""

LOAD_BALANCERS_MAX = 20
LISTENERS_MAX = 100
INSTANCES_MAX = 1000
"""Registered with one load balancer."""
SECURITY_GROUPS_MAX = 5
TAGS_MAX = 50

LIMITS: dict[str, int] = {
    "classic-load-balancers": LOAD_BALANCERS_MAX,
    "classic-listeners": LISTENERS_MAX,
    "classic-registered-instances": INSTANCES_MAX,
}
