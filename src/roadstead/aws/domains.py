"""Domains of ours that stand for AWS's own."""

LOAD_BALANCERS = "elb.localhost"
"""For `elb.amazonaws.com`: names below localhost resolve on this machine, and nowhere else."""


def of_instances(region: str) -> str:
    """The domain of interfaces' private names.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html (private DNS hostnames)
    """
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"


def of_load_balancer(name: str, digits: str, region: str, *, is_internal: bool) -> str:
    """The DNS name of a load balancer. digits: ten, so that a name is never another's again."""
    prefix = "internal-" if is_internal else ""
    return f"{prefix}{name}-{digits}.{region}.{LOAD_BALANCERS}".lower()
