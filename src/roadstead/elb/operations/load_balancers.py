"""What a client may ask about Classic load balancers as such."""

from collections.abc import Iterable
from typing import Any

from roadstead.aws.errors import ApiError
from roadstead.aws.marked_pages import after_marker, one_page
from roadstead.ec2.records.network import SECURITY_GROUPS, ec2_arn
from roadstead.elb.errors import (
    duplicate_load_balancer,
    invalid_scheme,
    too_many,
    validation,
)
from roadstead.elb.operations.places import (
    asked_subnets,
    check_gateway,
    of_subnets,
    security_groups_of,
)
from roadstead.elb.operations.references import (
    check_certificate,
    load_balancer_arn,
    the_load_balancer,
)
from roadstead.elb.records.instance import CLASSIC_INSTANCES_BY_LOAD_BALANCER
from roadstead.elb.records.load_balancer import (
    CLASSIC_BY_SCOPE,
    CLASSIC_LOAD_BALANCERS,
    ClassicLoadBalancer,
)
from roadstead.elb.rules.health_check import checked_health_check
from roadstead.elb.rules.listeners import checked_listener, joined
from roadstead.elb.rules.names import check_name
from roadstead.elb.rules.quotas import LOAD_BALANCERS_MAX
from roadstead.elb.rules.tags import checked_tags
from roadstead.elb.transitions import load_balancers as transitions
from roadstead.elb.views.load_balancer import health_check_view, load_balancer_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

SCHEMES = ("internal", "internet-facing")


def create_load_balancer(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """A new load balancer, or the one of that name if it has these very settings.

    Raises: ValidationError; DuplicateLoadBalancerName; InvalidScheme; SubnetNotFound,
        InvalidSubnet, InvalidSecurityGroup, InvalidConfigurationRequest; UnsupportedProtocol,
        CertificateNotFound; TooManyLoadBalancers; DuplicateTagKeys, TooManyTags.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_CreateLoadBalancer.html
    """
    name = request["LoadBalancerName"]
    check_name(name)
    scheme = request.get("Scheme") or "internet-facing"
    if scheme not in SCHEMES:
        raise invalid_scheme(scheme)
    if not request["Listeners"]:
        raise validation("At least one listener must be specified")
    listeners = joined(name, (), (checked_listener(each) for each in request["Listeners"]))
    for listener in listeners:
        check_certificate(tx, call, listener.ssl_certificate_id)
    subnets = asked_subnets(tx, call, request)
    groups = security_groups_of(tx, call, subnets[0].vpc_id, request.get("SecurityGroups"))
    tags = checked_tags(request.get("Tags"))
    found = tx.get(CLASSIC_LOAD_BALANCERS, load_balancer_arn(call, name))
    if found is not None:
        asked = (scheme, listeners, tuple(each.subnet_id for each in subnets), groups, tags)
        if asked != (
            found.scheme,
            found.listeners,
            found.subnets,
            found.security_groups,
            found.tags,
        ):
            raise duplicate_load_balancer(name)
        return {"DNSName": found.dns_name}
    if tx.count(CLASSIC_BY_SCOPE, call.scope) >= LOAD_BALANCERS_MAX:
        raise too_many(
            "LoadBalancers", f"There can be at most {LOAD_BALANCERS_MAX} Classic load balancers"
        )
    check_gateway(tx, subnets[0].vpc_id, scheme)
    try:
        made = transitions.create_load_balancer(
            tx,
            call,
            name,
            scheme=scheme,
            subnets=subnets,
            security_groups=groups,
            listeners=listeners,
            tags=tags,
        )
    except ApiError as refusal:
        raise of_subnets(refusal) from None
    return {"DNSName": made.dns_name}


def describe_load_balancers(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The load balancers that are named, or all, in order of their names.

    Raises: LoadBalancerNotFound; ValidationError for a marker of another request.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeLoadBalancers.html
    """
    name = "DescribeLoadBalancers"
    after = after_marker(name, request)
    names = request.get("LoadBalancerNames")
    if names:
        start = after if isinstance(after, str) else ""
        named = [the_load_balancer(view, call, each) for each in sorted(dict.fromkeys(names))]
        rows: Iterable[ClassicLoadBalancer] = (each for each in named if each.name > start)
    else:
        rows = view.walk(CLASSIC_BY_SCOPE, call.scope, after=after)
    page, marker = one_page(name, request, rows, lambda each: each.name)
    return {"LoadBalancerDescriptions": [_shown(view, each) for each in page], **marker}


def delete_load_balancer(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Delete it with its interfaces; one that is not there is no error.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DeleteLoadBalancer.html
    """
    arn = load_balancer_arn(call, request["LoadBalancerName"])
    found = tx.get(CLASSIC_LOAD_BALANCERS, arn)
    if found is not None:
        transitions.delete_load_balancer(tx, call, found)
    return {}


def configure_health_check(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Let the instances be asked this.

    Raises: LoadBalancerNotFound; ValidationError
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_ConfigureHealthCheck.html
    """
    found = the_load_balancer(tx, call, request["LoadBalancerName"])
    check = checked_health_check(request["HealthCheck"])
    transitions.set_health_check(tx, found, check)
    return {"HealthCheck": health_check_view(check)}


def _shown(view: View, load_balancer: ClassicLoadBalancer) -> dict[str, Any]:
    registered = (
        each.instance_id
        for each in view.find(CLASSIC_INSTANCES_BY_LOAD_BALANCER, load_balancer.arn)
        if each.draining_until is None
    )
    group_id = load_balancer.security_groups[0]
    group = view.get(SECURITY_GROUPS, ec2_arn(load_balancer.scope, "security-group", group_id))
    return load_balancer_view(load_balancer, registered, "" if group is None else group.name)
