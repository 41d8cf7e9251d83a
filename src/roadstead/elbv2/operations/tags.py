"""What a client may ask about the tags of load balancers, target groups, listeners and rules."""

from typing import Any

from roadstead.elbv2.errors import validation
from roadstead.elbv2.operations.references import (
    the_listener,
    the_load_balancer,
    the_rule,
    the_target_group,
)
from roadstead.elbv2.records.load_balancer import (
    LISTENERS,
    LOAD_BALANCERS,
    RULES,
    Listener,
    LoadBalancer,
    Rule,
)
from roadstead.elbv2.records.target_group import TARGET_GROUPS, TargetGroup
from roadstead.elbv2.rules.tags import check_tag_count, checked_tags
from roadstead.elbv2.transitions.tags import set_tags
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

DESCRIBED_MAX = 20
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html"""

Tagged = LoadBalancer | Listener | Rule | TargetGroup


def add_tags(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set tags of resources, besides those that there are.

    Raises: the resource's …NotFound; DuplicateTagKeys, TooManyTags; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html
    """
    added = checked_tags(request["Tags"])
    for arn in request["ResourceArns"]:
        found = _resource(tx, call, arn)
        tags = {**found.tags, **added}
        check_tag_count(tags)
        _set(tx, found, tags)
    return {}


def remove_tags(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Remove tags by their keys; one that is not there is no error.

    Raises: the resource's …NotFound; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveTags.html
    """
    for arn in request["ResourceArns"]:
        found = _resource(tx, call, arn)
        keys = request["TagKeys"]
        _set(tx, found, {key: value for key, value in found.tags.items() if key not in keys})
    return {}


def describe_tags(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The tags of up to 20 resources.

    Raises: the resource's …NotFound; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html
    """
    arns = list(dict.fromkeys(request["ResourceArns"]))
    if len(arns) > DESCRIBED_MAX:
        raise validation(f"The tags of at most {DESCRIBED_MAX} resources can be described at once")
    return {
        "TagDescriptions": [
            {
                "ResourceArn": arn,
                "Tags": [
                    {"Key": key, "Value": value}
                    for key, value in _resource(view, call, arn).tags.items()
                ],
            }
            for arn in arns
        ]
    }


def _resource(view: View, call: Call, arn: str) -> Tagged:
    kind = arn.rpartition(":")[2].partition("/")[0]
    match kind:
        case "loadbalancer":
            return the_load_balancer(view, call, arn)
        case "targetgroup":
            return the_target_group(view, call, arn)
        case "listener":
            return the_listener(view, call, arn)
        case "listener-rule":
            return the_rule(view, call, arn)
    raise validation(f"'{arn}' is not a valid ARN of a resource that has tags")


def _set(tx: Tx, record: Tagged, tags: dict[str, str]) -> None:
    match record:
        case LoadBalancer():
            set_tags(tx, LOAD_BALANCERS, record, tags)
        case Listener():
            set_tags(tx, LISTENERS, record, tags)
        case Rule():
            set_tags(tx, RULES, record, tags)
        case TargetGroup():
            set_tags(tx, TARGET_GROUPS, record, tags)
