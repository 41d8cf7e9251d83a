"""Scope: the account and region that a record belongs to, as one string `account/region`.

Everything in ECS is per account and region; lists and counters are keyed by the scope.
"""


def scope(account: str, region: str) -> str:
    return f"{account}/{region}"


def scope_of(arn: str) -> str:
    """The scope of a real ARN."""
    parts = arn.split(":", 5)
    return f"{parts[4]}/{parts[3]}"
