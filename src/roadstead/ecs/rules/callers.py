"""Who calls: an agent with its machine's key speaks for that machine and for no other."""

import re

_ROLE_SESSION = re.compile(r"arn:([^:]+):sts::([0-9]+):assumed-role/([^/]+)/.+")
_INSTANCE_SESSION = re.compile(r"arn:[^:]+:sts::[0-9]+:assumed-role/[^/]+/(i-[0-9a-z]+)")


def calling_ec2_instance(caller_arn: str) -> str:
    """The EC2 id of the machine whose role made the call; empty for every other caller.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    found = _INSTANCE_SESSION.fullmatch(caller_arn)
    return found[1] if found else ""


def speaks_for(caller_arn: str, ec2_instance_id: str) -> bool:
    """Whether the caller may say something on behalf of this machine.

    A machine without an EC2 id (an external one) has no key of its own: no machine's key speaks
    for it.
    """
    return calling_ec2_instance(caller_arn) in ("", ec2_instance_id)


def owner_of_settings(caller_arn: str) -> str:
    """Under whom the caller's account settings are kept: of a session, its role.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
    """
    session = _ROLE_SESSION.fullmatch(caller_arn)
    if session is None:
        return caller_arn
    partition, account, role = session.groups()
    return f"arn:{partition}:iam::{account}:role/{role}"
