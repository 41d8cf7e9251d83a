"""Account settings: their names, the values they take, and what applies when nobody chose.

What a setting governs takes effect with the part of Roadstead that reads it; the settings
themselves are kept and listed as ECS does.
"""

from roadstead.ecs.errors import invalid_parameter

_SWITCH = ("enabled", "disabled")

SETTING_VALUES: dict[str, tuple[str, ...]] = {
    "serviceLongArnFormat": _SWITCH,
    "taskLongArnFormat": _SWITCH,
    "containerInstanceLongArnFormat": _SWITCH,
    "awsvpcTrunking": _SWITCH,
    "containerInsights": ("enhanced", "enabled", "disabled"),
    "fargateFIPSMode": ("enabled", "disabled", "on", "off"),
    "tagResourceAuthorization": ("on", "off"),
    "fargateTaskRetirementWaitPeriod": ("0", "7", "14"),
    "guardDutyActivate": ("on", "off"),
    "defaultLogDriverMode": ("blocking", "non-blocking"),
    "fargateEventWindows": _SWITCH,
}
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html"""

SETTING_DEFAULTS: dict[str, str] = {
    "serviceLongArnFormat": "enabled",
    "taskLongArnFormat": "enabled",
    "containerInstanceLongArnFormat": "enabled",
    "awsvpcTrunking": "disabled",
    "containerInsights": "disabled",
    "fargateFIPSMode": "disabled",
    "tagResourceAuthorization": "on",
    "fargateTaskRetirementWaitPeriod": "7",
    "guardDutyActivate": "off",
    "defaultLogDriverMode": "non-blocking",
    "fargateEventWindows": "disabled",
}
"""What applies when neither the principal nor the account chose."""

AWS_MANAGED = frozenset({"guardDutyActivate"})
"""Settings that nobody changes through this API."""

_ACCOUNT_LEVEL = frozenset({"fargateTaskRetirementWaitPeriod"})
_LONG_ARN_FORMATS = frozenset(
    {"serviceLongArnFormat", "taskLongArnFormat", "containerInstanceLongArnFormat"}
)


def check_name(name: str) -> None:
    """Return if there is a setting of this name.

    Raises: InvalidParameterException, listing the names.
    """
    if name not in SETTING_VALUES:
        raise invalid_parameter(f"unknown should be one of [{','.join(SETTING_VALUES)}]")


def check_setting(name: str, value: str, *, for_account: bool) -> None:
    """Return if the setting may be given this value.

    for_account: whether it is the account's default that is being set.
    Raises: InvalidParameterException for an unknown name, a value it does not take, a setting that
        is not the user's to change.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSetting.html
    """
    check_name(name)
    if value not in SETTING_VALUES[name]:
        raise invalid_parameter(
            f"{value} is not a valid value of {name}, which should be one of "
            f"[{','.join(SETTING_VALUES[name])}]"
        )
    if name in AWS_MANAGED:
        raise invalid_parameter(f"{name} is read-only: it is managed by AWS, not by the account.")
    if name in _LONG_ARN_FORMATS and value == "disabled":
        raise invalid_parameter(
            f"{name} cannot be disabled: the long ARN format is the only one since April 2021."
        )
    if name in _ACCOUNT_LEVEL and not for_account:
        raise invalid_parameter(
            f"{name} is a setting of the whole account: use PutAccountSettingDefault, or name the "
            "root user as principalArn."
        )
