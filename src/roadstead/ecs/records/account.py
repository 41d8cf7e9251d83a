"""What an account has chosen, and the requests it may repeat."""

from datetime import datetime

from roadstead.state.records import Index, Record, Table


class AccountSetting(Record, frozen=True, kw_only=True):
    """`arn` is `account-setting:<scope>/<principal ARN, or nothing for the default>/<name>`."""

    scope: str = ""
    principal_arn: str = ""
    """Empty: the account's default."""
    name: str = ""
    value: str = ""


ACCOUNT_SETTINGS = Table("account_settings", AccountSetting)

SETTINGS_BY_PRINCIPAL = Index(
    "settings_by_principal",
    ACCOUNT_SETTINGS,
    lambda setting: (setting.scope, f"{setting.scope}|{setting.principal_arn}"),
    lambda setting: (setting.name, setting.principal_arn),
)
"""Key: scope, or `scope|principal ARN`."""


def setting_key(scope: str, principal_arn: str, name: str) -> str:
    return f"account-setting:{scope}/{principal_arn}/{name}"


class ClientToken(Record, frozen=True, kw_only=True):
    """A request that was carried out once under a client's token, for a day.

    `arn` is `client-token:<operation>/<cluster ARN>/<token>`.
    """

    fingerprint: str = ""
    """A digest of the request's other parameters."""
    resource_arns: tuple[str, ...] = ()
    created_at: datetime | None = None


CLIENT_TOKENS = Table("client_tokens", ClientToken)


def client_token_key(operation: str, cluster_arn: str, token: str) -> str:
    return f"client-token:{operation}/{cluster_arn}/{token}"
