"""The states of registered instances, as DescribeInstanceHealth tells them.

Source: botocore:elb#InstanceState (the descriptions are its own)
"""

import msgspec

NOT_APPLICABLE = "N/A"


class InstanceState(msgspec.Struct, frozen=True):
    state: str
    """InService or OutOfService."""
    reason_code: str
    """ELB: found by the load balancer's own doing; Instance: by the instance's; or N/A."""
    description: str


IN_SERVICE = InstanceState("InService", NOT_APPLICABLE, NOT_APPLICABLE)
REGISTERING = InstanceState("OutOfService", "ELB", "Instance registration is still in progress.")
FAILED = InstanceState(
    "OutOfService",
    "Instance",
    "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
)
TERMINATED = InstanceState("OutOfService", "Instance", "Instance is in terminated state.")
ZONE_DISABLED = InstanceState(
    "OutOfService",
    "ELB",
    "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route "
    "traffic to.",
)
DRAINING = InstanceState(
    "InService", NOT_APPLICABLE, "Instance deregistration currently in progress."
)
NOT_REGISTERED = InstanceState(
    "OutOfService", "Instance", "Instance is not currently registered with the LoadBalancer."
)
