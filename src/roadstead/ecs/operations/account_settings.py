"""What a client may ask about account settings: one function per API operation.

A setting belongs to a principal; the root user's are the account's defaults.
"""

from typing import Any

from roadstead.aws.arns import is_arn, parse_arn
from roadstead.ecs.errors import invalid_parameter
from roadstead.ecs.operations.paged import after_text, one_page, page_size
from roadstead.ecs.records.account import SETTINGS_BY_PRINCIPAL
from roadstead.ecs.rules.account_settings import SETTING_DEFAULTS, check_name, check_setting
from roadstead.ecs.transitions import account_settings as transitions
from roadstead.ecs.views.account_settings import effective_value, setting_view
from roadstead.state.plans import Call
from roadstead.state.view import Tx, View

_PAGE_MAX = 10


def put_account_setting(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set a value for the caller, or for the principal named.

    Raises: InvalidParameterException for a name, value or principal that is not valid.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSetting.html
    """
    return _put(tx, call, request, _principal(call, request))


def put_account_setting_default(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Set a value for all of the account that have none of their own.

    Raises: InvalidParameterException for a name or value that is not valid.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSettingDefault.html
    """
    return _put(tx, call, request, _root(call))


def delete_account_setting(tx: Tx, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """Forget the caller's value, or the principal's; answer with the one that applies then.

    Raises: InvalidParameterException for a name or principal that is not valid.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteAccountSetting.html
    """
    name = request["name"]
    check_name(name)
    principal = _principal(call, request)
    owner = _owner(call, principal)
    transitions.delete_setting(tx, call.scope, owner, name)
    value = effective_value(tx, call.scope, owner, name)
    return {"setting": setting_view(name, value, principal)}


def list_account_settings(view: View, call: Call, request: dict[str, Any]) -> dict[str, Any]:
    """What a principal has set or, with effectiveSettings, what applies to it; by name.

    Raises: InvalidParameterException for a name, principal, token or page size that is not valid.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListAccountSettings.html
    """
    wanted_name = request.get("name")
    wanted_value = request.get("value")
    if wanted_name is not None:
        check_name(wanted_name)
    if wanted_value is not None and wanted_name is None:
        raise invalid_parameter("A value can only be asked for together with a name.")
    principal = _principal(call, request)
    owner = _owner(call, principal)
    if request.get("effectiveSettings"):
        values = {
            name: effective_value(view, call.scope, owner, name)
            for name in sorted(SETTING_DEFAULTS)
        }
    else:
        own = view.find(SETTINGS_BY_PRINCIPAL, f"{call.scope}|{owner}")
        values = {setting.name: setting.value for setting in own}
    after = after_text("ListAccountSettings", request) or ""
    rows = (
        (name, value)
        for name, value in values.items()
        if name > after and wanted_name in (None, name) and wanted_value in (None, value)
    )
    size = page_size(request, default=_PAGE_MAX, most=_PAGE_MAX)
    page, token = one_page("ListAccountSettings", request, rows, size, lambda row: row[0])
    return {"settings": [setting_view(name, value, principal) for name, value in page], **token}


def _put(tx: Tx, call: Call, request: dict[str, Any], principal: str) -> dict[str, Any]:
    name, value = request["name"], request["value"]
    owner = _owner(call, principal)
    check_setting(name, value, for_account=owner == "")
    transitions.put_setting(tx, call.scope, owner, name, value)
    return {"setting": setting_view(name, value, principal)}


def _root(call: Call) -> str:
    return f"arn:{call.partition}:iam::{call.account}:root"


def _owner(call: Call, principal: str) -> str:
    """Under whom the setting is kept: nobody for the account's default."""
    return "" if principal == _root(call) else principal


def _principal(call: Call, request: dict[str, Any]) -> str:
    """The principal named, else the caller.

    Raises: InvalidParameterException for what is no principal of this account.
    """
    named: str = request.get("principalArn") or call.caller_arn
    if named == call.caller_arn:
        return named
    try:
        arn = parse_arn(named) if is_arn(named) else None
    except ValueError:
        arn = None
    if (
        arn is None
        or arn.service != "iam"
        or not (arn.resource == "root" or arn.resource_type in ("user", "role"))
    ):
        raise invalid_parameter(
            f"Invalid principalArn: {named}. Expected the ARN of an IAM user, an IAM role or the "
            "root user."
        )
    if arn.account != call.account:
        raise invalid_parameter(f"Invalid principalArn: {named} is not of account {call.account}.")
    return named
