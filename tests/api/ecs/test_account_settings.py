"""PutAccountSetting, PutAccountSettingDefault, DeleteAccountSetting and ListAccountSettings."""

from typing import Any

import pytest

from refusals import refused

ROOT = "arn:aws:iam::123456789012:root"
USER = "arn:aws:iam::123456789012:user/deployer"


def listed(ecs: Any, **parameters: Any) -> dict[str, str]:
    pages = ecs.get_paginator("list_account_settings").paginate(**parameters)
    return {each["name"]: each["value"] for page in pages for each in page["settings"]}


def test_AC_04_the_answer_shows_the_setting(ecs: Any) -> None:
    answer = ecs.put_account_setting(name="containerInsights", value="enabled", principalArn=USER)
    assert answer["setting"] == {
        "name": "containerInsights",
        "value": "enabled",
        "principalArn": USER,
        "type": "user",
    }


def test_AC_01_effective_settings_show_every_name(ecs: Any) -> None:
    effective = listed(ecs, effectiveSettings=True)
    assert effective["containerInsights"] == "disabled"
    assert effective["taskLongArnFormat"] == "enabled"
    assert effective["defaultLogDriverMode"] == "non-blocking"
    assert len(effective) == 11
    assert listed(ecs) == {}


def test_AC_02_an_own_setting_beats_the_accounts(ecs: Any) -> None:
    ecs.put_account_setting_default(name="containerInsights", value="enabled")
    assert listed(ecs, principalArn=USER) == {}
    inherited = listed(ecs, principalArn=USER, effectiveSettings=True)
    assert inherited["containerInsights"] == "enabled"
    ecs.put_account_setting(name="containerInsights", value="enhanced", principalArn=USER)
    assert listed(ecs, principalArn=USER) == {"containerInsights": "enhanced"}
    deleted = ecs.delete_account_setting(name="containerInsights", principalArn=USER)
    assert deleted["setting"]["value"] == "enabled"
    assert listed(ecs, principalArn=USER) == {}


def test_AC_02_roots_setting_is_the_accounts_default(ecs: Any) -> None:
    ecs.put_account_setting(name="awsvpcTrunking", value="enabled")
    assert listed(ecs) == {"awsvpcTrunking": "enabled"}
    assert listed(ecs, principalArn=ROOT) == {"awsvpcTrunking": "enabled"}
    assert listed(ecs, principalArn=USER, effectiveSettings=True)["awsvpcTrunking"] == "enabled"


def test_settings_are_found_by_name_and_value(ecs: Any) -> None:
    found = listed(ecs, name="containerInsights", effectiveSettings=True)
    assert found == {"containerInsights": "disabled"}
    named = {"name": "containerInsights", "effectiveSettings": True}
    assert listed(ecs, **named, value="enabled") == {}


def test_settings_are_per_region(ecs: Any, server: Any) -> None:
    ecs.put_account_setting_default(name="containerInsights", value="enabled")
    assert listed(server.client(region="eu-west-1")) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unheardOf", "enabled"),
        ("containerInsights", "yes"),
        ("serviceLongArnFormat", "disabled"),
        ("guardDutyActivate", "on"),
    ],
)
def test_AC_03_unknown_names_and_values_are_refused(ecs: Any, name: str, value: str) -> None:
    setting = {"name": name, "value": value}
    assert refused(ecs.put_account_setting, **setting)[0] == "InvalidParameterException"
    assert refused(ecs.put_account_setting_default, **setting)[0] == "InvalidParameterException"


def test_AC_03_unknown_names_are_refused_everywhere(ecs: Any) -> None:
    code, message = refused(ecs.delete_account_setting, name="unheardOf")
    assert code == "InvalidParameterException"
    assert message.startswith("unknown should be one of [serviceLongArnFormat,taskLongArnFormat,")
    assert refused(ecs.list_account_settings, name="unheardOf")[0] == code


@pytest.mark.parametrize(
    "principal", ["deployer", "arn:aws:iam::999999999999:user/x", "arn:aws:s3:::bucket", "arn:aws"]
)
def test_other_principals_are_refused(ecs: Any, principal: str) -> None:
    setting = {"name": "containerInsights", "value": "enabled", "principalArn": principal}
    assert refused(ecs.put_account_setting, **setting)[0] == "InvalidParameterException"


@pytest.mark.parametrize(
    "parameters", [{"maxResults": 11}, {"nextToken": "x"}, {"value": "enabled"}]
)
def test_other_lists_are_refused(ecs: Any, parameters: dict[str, Any]) -> None:
    assert refused(ecs.list_account_settings, **parameters)[0] == "InvalidParameterException"
