"""The only writer of security groups and of the rules in them."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from roadstead.ec2.records.network import SECURITY_GROUPS, Permission, SecurityGroup, ec2_arn
from roadstead.ec2.rules.groups import DEFAULT_GROUP
from roadstead.state.plans import Call
from roadstead.state.view import Tx

ANYWHERE = "0.0.0.0/0"


def create_group(
    tx: Tx,
    call: Call,
    *,
    scope: str,
    vpc_id: str,
    name: str,
    description: str,
    tags: Mapping[str, str] | None = None,
) -> SecurityGroup:
    """A new group, from which everything may leave and into which nothing may come.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    group_id = f"sg-{call.ids.hex32()[:17]}"
    return tx.put(
        SECURITY_GROUPS,
        SecurityGroup(
            arn=ec2_arn(scope, "security-group", group_id),
            group_id=group_id,
            scope=scope,
            vpc_id=vpc_id,
            name=name,
            description=description,
            permissions=(Permission(rule_id=new_rule_id(call), is_egress=True, cidr=ANYWHERE),),
            tags=dict(tags or {}),
        ),
    )


def create_default_group(tx: Tx, call: Call, *, scope: str, vpc_id: str) -> SecurityGroup:
    """The group that every VPC has: whoever is in it may reach the others in it.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
    """
    group = create_group(
        tx,
        call,
        scope=scope,
        vpc_id=vpc_id,
        name=DEFAULT_GROUP,
        description="default VPC security group",
    )
    among_themselves = Permission(rule_id=new_rule_id(call), group_id=group.group_id)
    return put_permissions(tx, group, (among_themselves, *group.permissions))


def put_permissions(
    tx: Tx, group: SecurityGroup, permissions: Iterable[Permission]
) -> SecurityGroup:
    """The group with these rules and no others."""
    return tx.put(SECURITY_GROUPS, replace(group, permissions=tuple(permissions)))


def tag_group(tx: Tx, group: SecurityGroup, tags: Mapping[str, str]) -> SecurityGroup:
    """The group with these tags and no others."""
    return tx.put(SECURITY_GROUPS, replace(group, tags=dict(tags)))


def delete_group(tx: Tx, group: SecurityGroup) -> None:
    """The group is gone; nobody is in it and no other names it."""
    tx.delete(SECURITY_GROUPS, group.arn)


def new_rule_id(call: Call) -> str:
    """The id of a new rule."""
    return f"sgr-{call.ids.hex32()[:17]}"
