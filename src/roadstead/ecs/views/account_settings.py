"""Account settings as the API shows them, and the value that applies."""

from roadstead.ecs.records.account import ACCOUNT_SETTINGS, setting_key
from roadstead.ecs.rules.account_settings import AWS_MANAGED, SETTING_DEFAULTS
from roadstead.state.view import View


def effective_value(view: View, scope: str, principal_arn: str, name: str) -> str:
    """The principal's own value, else the account's, else what ECS does by default.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
    """
    for owner in (principal_arn, ""):
        setting = view.get(ACCOUNT_SETTINGS, setting_key(scope, owner, name))
        if setting is not None:
            return setting.value
    return SETTING_DEFAULTS[name]


def setting_view(name: str, value: str, principal_arn: str) -> dict[str, str]:
    """Shape: Setting"""
    return {
        "name": name,
        "value": value,
        "principalArn": principal_arn,
        "type": "aws_managed" if name in AWS_MANAGED else "user",
    }
