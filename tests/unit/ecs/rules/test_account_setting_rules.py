"""Account settings: names and values."""

import pytest

from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.account_settings import (
    SETTING_DEFAULTS,
    SETTING_VALUES,
    check_name,
    check_setting,
)


def test_every_setting_has_a_default_among_its_values() -> None:
    assert SETTING_DEFAULTS.keys() == SETTING_VALUES.keys()
    assert all(SETTING_DEFAULTS[name] in values for name, values in SETTING_VALUES.items())


def test_AC_03_an_unknown_name_is_refused_with_all_names() -> None:
    with pytest.raises(ApiError) as refusal:
        check_name("longArn")
    assert refusal.value.message == f"unknown should be one of [{','.join(SETTING_VALUES)}]"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("containerInsights", "on"),
        ("serviceLongArnFormat", "disabled"),
        ("taskLongArnFormat", "disabled"),
        ("guardDutyActivate", "on"),
        ("fargateTaskRetirementWaitPeriod", "7"),
    ],
)
def test_AC_03_a_value_that_a_principal_may_not_set_is_refused(name: str, value: str) -> None:
    with pytest.raises(ApiError) as refusal:
        check_setting(name, value, for_account=False)
    assert refusal.value.code == "InvalidParameterException"


def test_the_retirement_wait_period_is_set_for_the_whole_account() -> None:
    check_setting("fargateTaskRetirementWaitPeriod", "14", for_account=True)
