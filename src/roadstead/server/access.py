"""Access: which kind of key may ask for what.

`root` may everything. `instance` may what an agent needs. `host` reports what became of the EC2
instances that it carries. Anything else is denied as IAM denies it.
"""

from roadstead.aws.refusals import JSON_REFUSALS, Refusals
from roadstead.keys import Kind

AGENT_ACTIONS = frozenset(
    {
        "ecs:CreateCluster",
        "ecs:DeregisterContainerInstance",
        "ecs:DiscoverPollEndpoint",
        "ecs:GetTaskProtection",
        "ecs:ListTagsForResource",
        "ecs:Poll",
        "ecs:RegisterContainerInstance",
        "ecs:StartTelemetrySession",
        "ecs:SubmitAttachmentStateChanges",
        "ecs:SubmitContainerStateChange",
        "ecs:SubmitTaskStateChange",
        "ecs:UpdateContainerInstancesState",
        "ecs:UpdateTaskProtection",
    }
)
"""Source: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEC2ContainerServiceforEC2Role.html
and agent:agent/api (what it calls)"""

STREAM_EVENTS = "roadstead:StreamEvents"
"""Reading published events; for root keys only, as all that neither an agent nor a host needs."""

STREAM_CHANGES = "roadstead:StreamChanges"
"""Reading which nouns have changed; for root keys only."""

STREAM_FABRIC = "roadstead:StreamFabric"
"""Reading what a machine is to carry of networks."""

HOST_ACTIONS = frozenset(
    {
        STREAM_FABRIC,
        "roadstead:DescribeControlPlane",
        "roadstead:SubmitInstanceStateChange",
        "roadstead:SubmitInterfaceStates",
    }
)


def is_allowed(kind: Kind, action: str) -> bool:
    """Whether a key of this kind may do `action`, which is spelled `ecs:RunTask`."""
    match kind:
        case "root":
            return True
        case "instance":
            return action in AGENT_ACTIONS
        case "host":
            return action in HOST_ACTIONS


def check_access(
    kind: Kind, caller_arn: str, action: str, refusals: Refusals = JSON_REFUSALS
) -> None:
    """Return if the key may do it.

    Raises: the refusal for who may not, AccessDeniedException in JSON.
    """
    if not is_allowed(kind, action):
        raise refusals.denied(caller_arn, action)


def instance_id_of(caller_arn: str) -> str:
    """The EC2 instance that an `instance` key belongs to."""
    return caller_arn.rpartition("/")[2]
