"""Arn: the name that every AWS resource has, taken apart and put together.

Knows the six fields and nothing of what a service writes in the last one: whether
`task/default/1234` is a task that exists is for the service to say.
"""

import msgspec

_PREFIX = "arn:"
_FIELDS = 6

_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)


class Arn(msgspec.Struct, frozen=True, order=True):
    """`arn:partition:service:region:account:resource`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def resource_type(self) -> str:
        """What stands before the first slash: `task` of `task/default/1234`."""
        return self.resource.partition("/")[0]

    @property
    def resource_id(self) -> str:
        """What stands after the first slash: `default/1234` of `task/default/1234`."""
        return self.resource.partition("/")[2]

    @property
    def parts(self) -> tuple[str, ...]:
        """All that slashes separate: `("task", "default", "1234")`."""
        return tuple(self.resource.split("/"))


def is_arn(text: str) -> bool:
    """Whether `text` claims to be an ARN; it may still be a malformed one."""
    return text.startswith(_PREFIX)


def parse_arn(text: str) -> Arn:
    """The fields of an ARN.

    Raises: ValueError when there are fewer than six fields, or a field that no ARN leaves
        empty (partition, service, resource) is empty.
    """
    fields = text.split(":", _FIELDS - 1)
    if len(fields) < _FIELDS or fields[0] != "arn":
        raise ValueError(
            f"{text!r} is not an ARN: expected arn:partition:service:region:account:resource"
        )
    _, partition, service, region, account, resource = fields
    if not (partition and service and resource):
        raise ValueError(f"{text!r} is not an ARN: partition, service and resource are required")
    return Arn(partition, service, region, account, resource)


def last_part(arn: str) -> str:
    """What stands after the last slash: the id or the name that people know a resource by."""
    return arn.rpartition("/")[2]


def partition_of(region: str) -> str:
    """The partition that a Region belongs to.

    Source: botocore:partitions.json
    """
    for prefix, partition in _PARTITIONS:
        if region.startswith(prefix):
            return partition
    return "aws"
