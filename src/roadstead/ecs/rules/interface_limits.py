"""How many awsvpc tasks a container instance takes at a time, by its instance type.

Each has a network interface of its own, beside the primary one of the instance. With trunking
(the account setting awsvpcTrunking) ECS hangs many of them on one.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-instance-eni.html
"""

import re

TRUNKING_AGENT_MIN = (1, 28, 1)
TRUNKING_CAPABILITY = "ecs.capability.task-eni-trunking"
TRUNK_ATTRIBUTE = "ecs.awsvpc-trunk-id"

_INTERFACES_OF_SIZE = {
    "nano": 2,
    "micro": 2,
    "small": 3,
    "medium": 2,
    "large": 3,
    "xlarge": 4,
    "2xlarge": 4,
    "3xlarge": 4,
    "4xlarge": 8,
    "6xlarge": 8,
    "8xlarge": 8,
    "9xlarge": 8,
    "10xlarge": 8,
    "12xlarge": 8,
    "16xlarge": 15,
    "18xlarge": 15,
    "24xlarge": 15,
    "32xlarge": 15,
    "48xlarge": 15,
    "metal": 15,
}
"""Most families have these. Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html"""
_INTERFACES_OF_TYPE = {
    "a1.metal": 8,
    "g4dn.xlarge": 3,
    "g4dn.2xlarge": 3,
    "g4dn.4xlarge": 3,
    "g4dn.8xlarge": 4,
    "g4dn.16xlarge": 4,
    "g5.12xlarge": 15,
    "g5.16xlarge": 8,
    "g5.48xlarge": 7,
    "m1.small": 2,
    "m4.large": 2,
    "m4.16xlarge": 8,
    "t1.micro": 2,
    "t2.medium": 3,
    "t2.2xlarge": 3,
    "t2.xlarge": 3,
    "t3.medium": 3,
    "t3a.medium": 3,
    "t3a.small": 2,
    "t4g.medium": 3,
}
_INTERFACES_ELSEWHERE = 15
"""Of machines that are no instance type of EC2: nothing but the kernel limits them."""

_TRUNKED_FAMILIES = re.compile(
    r"a1|c5(a|d|n|ad)?|c6(a|g|i|gd|gn|id|in)|c7(a|g|i|gd|gn)|g4dn|g5g?|g6|i3en|i4g|im4gn|is4gen"
    r"|m5(a|d|n|ad|dn|zn)?|m6(a|g|i|gd|id|in|idn)|m7(a|g|i|gd)|r5(a|b|d|n|ad|dn)?"
    r"|r6(a|g|i|gd|id|in|idn)|r7(a|g|i|gd|iz)|x2(gd|idn|iedn)|z1d"
)
_TASKS_ON_TRUNK_OF_SIZE = {
    "medium": 4,
    "large": 10,
    "xlarge": 20,
    "2xlarge": 40,
    "3xlarge": 40,
    "4xlarge": 60,
    "6xlarge": 60,
    "8xlarge": 60,
    "9xlarge": 60,
    "12xlarge": 60,
    "16xlarge": 120,
    "18xlarge": 120,
    "24xlarge": 120,
    "32xlarge": 120,
    "48xlarge": 120,
    "metal": 120,
}
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/eni-trunking-supported-instance-types.html"""


def tasks_by_interfaces(instance_type: str) -> int:
    """How many awsvpc tasks an instance of the type takes without trunking: all but the primary."""
    return interfaces_of(instance_type) - 1


def interfaces_of(instance_type: str) -> int:
    """How many network interfaces an instance of the type can have, the primary one included."""
    known = _INTERFACES_OF_TYPE.get(instance_type)
    if known is not None:
        return known
    return _INTERFACES_OF_SIZE.get(_size_of(instance_type), _INTERFACES_ELSEWHERE)


def tasks_by_trunk(instance_type: str) -> int | None:
    """How many awsvpc tasks an instance of the type takes with trunking; None: it cannot."""
    family = instance_type.partition(".")[0]
    if not _TRUNKED_FAMILIES.fullmatch(family):
        return None
    return _TASKS_ON_TRUNK_OF_SIZE.get(_size_of(instance_type))


def has_trunking_agent(agent_version: str) -> bool:
    """Whether an agent of this version knows trunks; a version that is none is a newer one."""
    numbers = re.match(r"v?(\d+)\.(\d+)\.(\d+)", agent_version)
    return numbers is None or tuple(map(int, numbers.groups())) >= TRUNKING_AGENT_MIN


def _size_of(instance_type: str) -> str:
    """`metal-24xl` counts as metal."""
    size = instance_type.partition(".")[2]
    return "metal" if size.startswith("metal") else size
