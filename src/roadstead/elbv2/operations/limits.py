"""What a client may ask of Elastic Load Balancing as such: limits, policies, capacity."""

from typing import Any

from roadstead.aws.marked_pages import page_of
from roadstead.elbv2.errors import resource_not_found, ssl_policy_not_found
from roadstead.elbv2.operations.references import the_load_balancer, the_target_group
from roadstead.elbv2.rules.quotas import LIMITS
from roadstead.elbv2.rules.ssl_policies import POLICIES
from roadstead.state.plans import Call
from roadstead.state.view import View


def describe_account_limits(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001  # every operation is called so
    """How many of what there may be.

    Raises: ValidationError for a marker of another request.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeAccountLimits.html
    """
    limits = [{"Name": name, "Max": str(most)} for name, most in LIMITS.items()]
    page, marker = page_of("DescribeAccountLimits", request, limits)
    return {"Limits": page, **marker}


def describe_ssl_policies(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001  # every operation is called so
    """The security policies of HTTPS and TLS listeners; none for a gateway load balancer.

    Raises: SSLPolicyNotFound; ValidationError.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeSSLPolicies.html
    """
    names = list(dict.fromkeys(request.get("Names") or POLICIES))
    for name in names:
        if name not in POLICIES:
            raise ssl_policy_not_found(name)
    if request.get("LoadBalancerType") == "gateway":
        names = []
    shown = [
        {
            "Name": name,
            "SslProtocols": list(POLICIES[name].protocols),
            "Ciphers": [
                {"Name": cipher, "Priority": number}
                for number, cipher in enumerate(POLICIES[name].ciphers, 1)
            ],
            "SupportedLoadBalancerTypes": ["application", "network"],
        }
        for name in names
    ]
    page, marker = page_of("DescribeSSLPolicies", request, shown)
    return {"SslPolicies": page, **marker}


def describe_capacity_reservation(
    view: View, call: Call, request: dict[str, Any]
) -> dict[str, Any]:
    """No capacity is reserved: the machine's is all there is.

    Raises: LoadBalancerNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeCapacityReservation.html
    """
    the_load_balancer(view, call, request["LoadBalancerArn"])
    return {"DecreaseRequestsRemaining": 0, "CapacityReservationState": []}


def get_resource_policy(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Nothing is shared with other accounts, so there is no policy.

    Raises: ResourceNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_GetResourcePolicy.html
    """
    arn = request["ResourceArn"]
    if ":targetgroup/" in arn:
        the_target_group(view, call, arn)
    raise resource_not_found(f"There is no resource policy of '{arn}'")
