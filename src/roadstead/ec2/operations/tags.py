"""CreateTags, DeleteTags, DescribeTags: on any resource by its id."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from roadstead.aws.errors import ApiError
from roadstead.ec2.errors import rule_not_found
from roadstead.ec2.operations.listing import in_scope, one_page, page_start
from roadstead.ec2.records.network import (
    GROUPS_BY_RULE,
    GROUPS_BY_SCOPE,
    INTERFACES_BY_SCOPE,
    SUBNETS_BY_SCOPE,
    VPCS_BY_SCOPE,
    SecurityGroup,
)
from roadstead.ec2.records.routing import GATEWAYS_BY_SCOPE, ROUTE_TABLES_BY_SCOPE
from roadstead.ec2.rules import named
from roadstead.ec2.rules.filters import passes, read_filters
from roadstead.ec2.rules.tags import merged, read_tags
from roadstead.ec2.transitions.network_interfaces import tag_interface
from roadstead.ec2.transitions.routing import tag_gateway, tag_route_table
from roadstead.ec2.transitions.security_groups import put_permissions, tag_group
from roadstead.ec2.transitions.vpcs import put_subnet, put_vpc
from roadstead.state.plans import Call
from roadstead.state.records import Index
from roadstead.state.view import Tx, View

Request = dict[str, Any]
Response = dict[str, Any]
Tags = Mapping[str, str]

RESOURCES_MAX = 1000
"""Of one call. Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html"""


class _Kind(msgspec.Struct, frozen=True):
    """One kind of resource that has tags."""

    resource_type: str
    by_scope: Index[Any]
    id_of: Callable[[Any], str]
    named: Callable[[View, str, str], Any]
    put: Callable[[Tx, Any, Tags], object]


_KINDS = {
    "vpc-": _Kind(
        "vpc",
        VPCS_BY_SCOPE,
        lambda one: one.vpc_id,
        named.vpc,
        lambda tx, one, tags: put_vpc(tx, one, tags=tags),
    ),
    "subnet-": _Kind(
        "subnet",
        SUBNETS_BY_SCOPE,
        lambda one: one.subnet_id,
        named.subnet,
        lambda tx, one, tags: put_subnet(tx, one, tags=tags),
    ),
    "sg-": _Kind(
        "security-group", GROUPS_BY_SCOPE, lambda one: one.group_id, named.group, tag_group
    ),
    "eni-": _Kind(
        "network-interface",
        INTERFACES_BY_SCOPE,
        lambda one: one.network_interface_id,
        named.interface,
        tag_interface,
    ),
    "igw-": _Kind(
        "internet-gateway",
        GATEWAYS_BY_SCOPE,
        lambda one: one.internet_gateway_id,
        named.gateway,
        tag_gateway,
    ),
    "rtb-": _Kind(
        "route-table",
        ROUTE_TABLES_BY_SCOPE,
        lambda one: one.route_table_id,
        named.route_table,
        tag_route_table,
    ),
}
_RULE_PREFIX = "sgr-"
_RULE_TYPE = "security-group-rule"


def create_tags(tx: Tx, call: Call, request: Request) -> Response:
    """Every resource gets every tag; a tag of the same key has the new value then.

    Raises: InvalidID, TagLimitExceeded, InvalidParameterValue, and NotFound of the resource
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html
    """
    added = read_tags(request["Tags"])
    for resource_id in _resources(request):
        _change(tx, call, resource_id, lambda tags: merged(tags, added))
    return {}


def delete_tags(tx: Tx, call: Call, request: Request) -> Response:
    """Tags by key, or by key and value; without any, all tags go.

    Raises: InvalidID, and NotFound of the resource
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html
    """
    wanted = request.get("Tags")

    def left(tags: Tags) -> Tags:
        if not wanted:
            return {}
        gone = {
            tag.get("Key", "")
            for tag in wanted
            if "Value" not in tag or tags.get(tag.get("Key", "")) == tag["Value"]
        }
        return {key: value for key, value in tags.items() if key not in gone}

    for resource_id in _resources(request):
        _change(tx, call, resource_id, left)
    return {}


def describe_tags(view: View, call: Call, request: Request) -> Response:
    """Tags by filters, in pages, in the order of kinds, resources and keys.

    Raises: InvalidParameterValue, InvalidPaginationToken
    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html
    """
    names = {"key": "Key", "resource-id": "ResourceId", "resource-type": "ResourceType"}
    fields = {**names, "value": "Value", "tag-key": "Key", "tag-value": "Value"}
    filters = read_filters(request, fields)
    after = page_start("DescribeTags", request)
    rows = (
        (position, tag)
        for position, tag in _all_tags(view, call.scope)
        if (after is None or position > after)
        and passes(filters, {tag["Key"]: tag["Value"]}, lambda name, tag=tag: (tag[fields[name]],))  # type: ignore[misc]  # bound now
    )
    found, token = one_page("DescribeTags", request, rows, lambda row: row[0])
    return {"Tags": [tag for _, tag in found], **token}


def _resources(request: Request) -> list[str]:
    ids = list(dict.fromkeys(request["Resources"]))
    if len(ids) > RESOURCES_MAX:
        raise ApiError(
            "InvalidParameterValue", f"At most {RESOURCES_MAX} resources may be named at once."
        )
    return ids


def _change(tx: Tx, call: Call, resource_id: str, change: Callable[[Tags], Tags]) -> None:
    if resource_id.startswith(_RULE_PREFIX):
        _change_rule(tx, call, resource_id, change)
        return
    kind = _KINDS.get(resource_id.partition("-")[0] + "-")
    if kind is None:
        raise ApiError("InvalidID", f"The ID '{resource_id}' is not valid")
    found = kind.named(tx, call.scope, resource_id)
    kind.put(tx, found, change(found.tags))


def _change_rule(tx: Tx, call: Call, rule_id: str, change: Callable[[Tags], Tags]) -> None:
    group = tx.first(GROUPS_BY_RULE, rule_id)
    if group is None or not in_scope(group.arn, call.scope):
        raise rule_not_found(rule_id)
    put_permissions(
        tx,
        group,
        [
            replace(rule, tags=dict(change(rule.tags))) if rule.rule_id == rule_id else rule
            for rule in group.permissions
        ],
    )


def _all_tags(view: View, scope: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every tag of `account/region` with its position, which grows."""
    for resource_type, by_scope, tagged in _tagged():
        for one in view.walk(by_scope, scope):
            for resource_id, tags in tagged(one):
                for key in sorted(tags):
                    yield (
                        f"{resource_type} {one.arn} {resource_id} {key}",
                        {
                            "ResourceType": resource_type,
                            "ResourceId": resource_id,
                            "Key": key,
                            "Value": tags[key],
                        },
                    )


def _tagged() -> list[tuple[str, Index[Any], Callable[[Any], list[tuple[str, Tags]]]]]:
    """(type, index by scope, what is tagged in a record of the index), by type."""
    kinds = [(each.resource_type, each.by_scope, partial(_own, each)) for each in _KINDS.values()]
    return sorted([*kinds, (_RULE_TYPE, GROUPS_BY_SCOPE, _rules_of)], key=lambda each: each[0])


def _own(kind: _Kind, one: Any) -> list[tuple[str, Tags]]:
    return [(kind.id_of(one), one.tags)]


def _rules_of(group: SecurityGroup) -> list[tuple[str, Tags]]:
    return sorted((rule.rule_id, rule.tags) for rule in group.permissions if rule.tags)
