"""What a client may ask about the tags of Classic load balancers."""

from typing import Any

from roadstead.elb.errors import validation
from roadstead.elb.operations.references import the_load_balancer
from roadstead.elb.rules.tags import check_tag_count, checked_tags
from roadstead.elb.transitions.load_balancers import set_tags
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

DESCRIBED_MAX = 20
"""Source: botocore:elb#LoadBalancerNamesMax20"""


def add_tags(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set tags of a load balancer, besides those that it has.

    Raises: LoadBalancerNotFound; DuplicateTagKeys, TooManyTags; ValidationError
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_AddTags.html
    """
    added = checked_tags(request["Tags"])
    for name in _only_one(request):
        found = the_load_balancer(tx, call, name)
        tags = {**found.tags, **added}
        check_tag_count(tags)
        set_tags(tx, found, tags)
    return {}


def remove_tags(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Remove tags by their keys; one that is not there is no error.

    Raises: LoadBalancerNotFound; ValidationError
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_RemoveTags.html
    """
    gone = {each.get("Key") for each in request["Tags"]}
    for name in _only_one(request):
        found = the_load_balancer(tx, call, name)
        kept = {key: value for key, value in found.tags.items() if key not in gone}
        set_tags(tx, found, kept)
    return {}


def describe_tags(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The tags of up to 20 load balancers.

    Raises: LoadBalancerNotFound; ValidationError
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeTags.html
    """
    names = list(dict.fromkeys(request["LoadBalancerNames"]))
    if len(names) > DESCRIBED_MAX:
        raise validation(
            f"The tags of at most {DESCRIBED_MAX} load balancers are described at once"
        )
    return {
        "TagDescriptions": [
            {
                "LoadBalancerName": name,
                "Tags": [
                    {"Key": key, "Value": value}
                    for key, value in the_load_balancer(view, call, name).tags.items()
                ],
            }
            for name in names
        ]
    }


def _only_one(request: dict[str, Any]) -> list[str]:
    names: list[str] = request["LoadBalancerNames"]
    if len(names) != 1:
        raise validation(f"Exactly one load balancer must be named, not {len(names)}")
    return names
