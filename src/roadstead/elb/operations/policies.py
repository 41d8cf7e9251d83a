"""What a client may ask about the policies of Classic load balancers.

There are none but the predefined one that every listener that encrypts has; others cannot be made.
"""

from typing import Any

from roadstead.elb.errors import policy_not_found, policy_type_not_found
from roadstead.elb.operations.references import the_load_balancer
from roadstead.elb.rules.listeners import DEFAULT_POLICY
from roadstead.state.plans import Call
from roadstead.state.view import View

POLICY_TYPE = "SSLNegotiationPolicyType"
REFERENCE = "Reference-Security-Policy"


def describe_policies(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """The policies of a load balancer; without one, those that load balancers can have.

    Raises: LoadBalancerNotFound; PolicyNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeLoadBalancerPolicies.html
    """
    there: list[str] = [DEFAULT_POLICY]
    if request.get("LoadBalancerName"):
        found = the_load_balancer(view, call, request["LoadBalancerName"])
        there = list(dict.fromkeys(name for each in found.listeners for name in each.policy_names))
    names = list(dict.fromkeys(request.get("PolicyNames") or there))
    for name in names:
        if name not in there:
            raise policy_not_found(name)
    return {
        "PolicyDescriptions": [
            {
                "PolicyName": name,
                "PolicyTypeName": POLICY_TYPE,
                "PolicyAttributeDescriptions": [
                    {"AttributeName": REFERENCE, "AttributeValue": name}
                ],
            }
            for name in names
        ]
    }


def describe_policy_types(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001  # every operation is called so
    """The one type of policies that there is.

    Raises: PolicyTypeNotFound
    Source: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeLoadBalancerPolicyTypes.html
    """
    names = list(dict.fromkeys(request.get("PolicyTypeNames") or [POLICY_TYPE]))
    for name in names:
        if name != POLICY_TYPE:
            raise policy_type_not_found(name)
    return {
        "PolicyTypeDescriptions": [
            {
                "PolicyTypeName": name,
                "Description": "Which TLS versions and ciphers a listener speaks.",
                "PolicyAttributeTypeDescriptions": [
                    {
                        "AttributeName": REFERENCE,
                        "AttributeType": "String",
                        "Description": "The name of a predefined policy.",
                        "DefaultValue": DEFAULT_POLICY,
                        "Cardinality": "ZERO_OR_ONE",
                    }
                ],
            }
            for name in names
        ]
    }
