"""The only writer of account settings."""

from roadstead.ecs.records.account import ACCOUNT_SETTINGS, AccountSetting, setting_key
from roadstead.state.view import Tx


def put_setting(tx: Tx, scope: str, principal_arn: str, name: str, value: str) -> AccountSetting:
    """Set a principal's value, or with an empty ARN the account's default."""
    return tx.put(
        ACCOUNT_SETTINGS,
        AccountSetting(
            arn=setting_key(scope, principal_arn, name),
            scope=scope,
            principal_arn=principal_arn,
            name=name,
            value=value,
        ),
    )


def delete_setting(tx: Tx, scope: str, principal_arn: str, name: str) -> None:
    """Forget a principal's value; one that was never set is no error."""
    tx.delete(ACCOUNT_SETTINGS, setting_key(scope, principal_arn, name))
