"""What a client may ask about target groups."""

from typing import Any

from msgspec.structs import replace

from roadstead.aws.marked_pages import after_marker, one_page, page_of
from roadstead.ec2.records.network import VPCS, ec2_arn
from roadstead.elbv2.errors import (
    duplicate_target_group_name,
    invalid_configuration,
    resource_in_use,
    target_group_not_found,
    too_many,
    unsupported,
    validation,
)
from roadstead.elbv2.operations.references import the_load_balancer, the_target_group
from roadstead.elbv2.records.load_balancer import (
    RULES_BY_LOAD_BALANCER,
    RULES_BY_TARGET_GROUP,
    forwarded,
)
from roadstead.elbv2.records.target_group import (
    TARGET_GROUPS,
    TARGET_GROUPS_BY_NAME,
    TARGET_GROUPS_BY_SCOPE,
    TargetGroup,
)
from roadstead.elbv2.rules.attributes import all_of, checked
from roadstead.elbv2.rules.health_check import (
    changed_health_check,
    check_protocol_of,
    default_health_check,
)
from roadstead.elbv2.rules.names import check_target_group_name
from roadstead.elbv2.rules.protocols import SUPPORTED, is_of_application
from roadstead.elbv2.rules.quotas import TARGET_GROUPS_MAX
from roadstead.elbv2.rules.tags import checked_tags
from roadstead.elbv2.rules.target_attributes import attributes_of, check_together
from roadstead.elbv2.transitions import target_groups as transitions
from roadstead.elbv2.views.target_group import target_group_attributes_view, target_group_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

PORT_MAX = 65_535
PROTOCOL_VERSIONS = ("HTTP1", "HTTP2", "GRPC")


def create_target_group(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new target group, or the one of that name if it has these very settings.

    Raises: ValidationError; DuplicateTargetGroupName; InvalidConfigurationRequest;
        TooManyTargetGroups; DuplicateTagKeys, TooManyTags; OperationNotPermitted for types of
        target and protocols that are not built.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
    """
    settings = _settings(tx, call, request)
    found = _of_name(tx, call, settings.name)
    if found is not None:
        as_asked = replace(
            settings,
            arn=found.arn,
            version=found.version,
            scope=found.scope,
            attributes=found.attributes,
            created_at=found.created_at,
        )
        if as_asked != found:
            raise duplicate_target_group_name(settings.name)
        return {"TargetGroups": [target_group_view(tx, found)]}
    if tx.count(TARGET_GROUPS_BY_SCOPE, call.scope) >= TARGET_GROUPS_MAX:
        raise too_many("TargetGroups", f"There can be at most {TARGET_GROUPS_MAX} target groups")
    group = transitions.create_target_group(tx, call, settings)
    return {"TargetGroups": [target_group_view(tx, group)]}


def modify_target_group(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Change the health check of the group.

    Raises: TargetGroupNotFound; ValidationError; InvalidConfigurationRequest.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html
    """
    group = the_target_group(tx, call, request["TargetGroupArn"])
    check = changed_health_check(
        group.health_check, request, group.protocol, group.protocol_version
    )
    group = transitions.set_health_check(tx, group, check)
    return {"TargetGroups": [target_group_view(tx, group)]}


def modify_target_group_attributes(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set attributes of the group. A delay that is changed holds for targets deregistered later.

    Raises: TargetGroupNotFound; ValidationError for a key that the group does not have;
        InvalidConfigurationRequest for a value that is not valid.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroupAttributes.html
    """
    group = the_target_group(tx, call, request["TargetGroupArn"])
    table = attributes_of(group.protocol, group.target_type)
    changes = checked("Target group", table, request["Attributes"])
    check_together(all_of(table, {**group.attributes, **changes}))
    group = transitions.set_attributes(tx, group, changes)
    return {"Attributes": target_group_attributes_view(group)}


def delete_target_group(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Delete the group with its targets; one that is not there is no error.

    Raises: ResourceInUse while a listener or a rule leads there; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html
    """
    arn = request["TargetGroupArn"]
    if tx.get(TARGET_GROUPS, arn) is None:
        return {}
    group = the_target_group(tx, call, arn)
    if tx.count(RULES_BY_TARGET_GROUP, arn):
        raise resource_in_use(f"Target group '{arn}' is currently in use by a listener or a rule")
    transitions.delete_target_group(tx, group)
    return {}


def describe_target_groups(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The groups that are named, those that a load balancer leads to, or all.

    Raises: TargetGroupNotFound, LoadBalancerNotFound; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html
    """
    name = "DescribeTargetGroups"
    arns, names = request.get("TargetGroupArns"), request.get("Names")
    balancer = request.get("LoadBalancerArn")
    if len([each for each in (arns, names, balancer) if each]) > 1:
        raise validation(
            "Target group ARNs, target group names and a load balancer ARN cannot be specified at "
            "the same time"
        )
    if arns:
        groups = [the_target_group(view, call, arn) for arn in dict.fromkeys(arns)]
    elif names:
        groups = _named(view, call, names)
    elif balancer:
        load_balancer = the_load_balancer(view, call, balancer)
        rules = view.find(RULES_BY_LOAD_BALANCER, load_balancer.arn)
        reached = dict.fromkeys(arn for rule in rules for arn in forwarded(rule))
        groups = [view.must(TARGET_GROUPS, arn) for arn in sorted(reached)]
    else:
        after = after_marker(name, request)
        walk = view.walk(TARGET_GROUPS_BY_SCOPE, call.scope, after=after)
        page, marker = one_page(name, request, walk, lambda group: group.name)
        return {"TargetGroups": [target_group_view(view, each) for each in page], **marker}
    page, marker = page_of(name, request, groups)
    return {"TargetGroups": [target_group_view(view, each) for each in page], **marker}


def describe_target_group_attributes(
    view: View, call: Call, request: dict[str, Any]
) -> dict[str, Any]:
    """All attributes of the group.

    Raises: TargetGroupNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroupAttributes.html
    """
    group = the_target_group(view, call, request["TargetGroupArn"])
    return {"Attributes": target_group_attributes_view(group)}


def _named(view: View, call: Call, names: list[str]) -> list[TargetGroup]:
    groups = [_of_name(view, call, each) for each in dict.fromkeys(names)]
    missing = [
        name for name, each in zip(dict.fromkeys(names), groups, strict=True) if each is None
    ]
    if missing:
        raise target_group_not_found(missing)
    return [each for each in groups if each is not None]


def _of_name(view: View, call: Call, name: str) -> TargetGroup | None:
    return view.first(TARGET_GROUPS_BY_NAME, f"{call.scope}/{name}")


def _settings(view: View, call: Call, request: dict[str, Any]) -> TargetGroup:
    """The group as it is asked for, all of it checked."""
    name = request["Name"]
    check_target_group_name(name)
    target_type = request.get("TargetType") or "instance"
    if target_type not in ("instance", "ip"):
        raise unsupported(f"Target type '{target_type}'")
    if request.get("IpAddressType", "ipv4") != "ipv4":
        raise unsupported("IP address type 'ipv6'")
    if request.get("TargetControlPort"):
        raise unsupported("A target control port")
    protocol, port = request.get("Protocol"), request.get("Port")
    if protocol is None:
        raise validation("A protocol must be specified")
    if protocol not in SUPPORTED:
        raise unsupported(f"Protocol '{protocol}'")
    if port is None:
        raise validation("A port must be specified")
    if not 1 <= port <= PORT_MAX:
        raise validation(f"Port must be between 1 and {PORT_MAX}, not {port}")
    version = _protocol_version(request, protocol)
    check = changed_health_check(
        default_health_check(protocol, version, check_protocol_of(request, protocol)),
        request,
        protocol,
        version,
    )
    return TargetGroup(
        arn="",
        name=name,
        protocol=protocol,
        protocol_version=version,
        port=port,
        vpc_id=_vpc_id(view, call, request),
        target_type=target_type,
        health_check=check,
        tags=checked_tags(request.get("Tags")),
    )


def _protocol_version(request: dict[str, Any], protocol: str) -> str:
    asked = request.get("ProtocolVersion")
    if asked is None:
        return "HTTP1"
    if not is_of_application(protocol):
        raise invalid_configuration(
            f"You cannot specify a protocol version for target groups with the protocol {protocol}"
        )
    if asked not in PROTOCOL_VERSIONS:
        raise validation(
            f"Protocol version '{asked}' is not valid. It must be one of "
            f"'[{', '.join(PROTOCOL_VERSIONS)}]'"
        )
    return str(asked)


def _vpc_id(view: View, call: Call, request: dict[str, Any]) -> str:
    vpc_id = request.get("VpcId")
    if not vpc_id:
        raise validation("A VPC ID must be specified")
    if view.get(VPCS, ec2_arn(call.scope, "vpc", vpc_id)) is None:
        raise validation(f"The VPC ID '{vpc_id}' is not found")
    return str(vpc_id)
