"""Clusters: names, settings and configuration."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.cluster import (
    check_cluster_name,
    check_configuration,
    container_insights,
    refuse_later_parts,
)


@given(st.from_regex(r"\A[A-Za-z0-9_-]{1,255}\Z"))
def test_letters_digits_hyphens_and_underscores_name_a_cluster(name: str) -> None:
    check_cluster_name(name)


@pytest.mark.parametrize("name", ["", "a b", "a" * 256, "a/b", "straße", "a\n"])
def test_CL_11_other_names_are_refused(name: str) -> None:
    with pytest.raises(ApiError) as refusal:
        check_cluster_name(name)
    assert refusal.value.code == "InvalidParameterException"


def test_CL_15_no_settings_choose_nothing() -> None:
    assert container_insights(None) is None
    assert container_insights([]) is None


@pytest.mark.parametrize("value", ["enabled", "enhanced", "disabled"])
def test_the_value_of_container_insights_is_read(value: str) -> None:
    assert container_insights([{"name": "containerInsights", "value": value}]) == value


@pytest.mark.parametrize(
    "setting",
    [{"name": "insights", "value": "enabled"}, {"name": "containerInsights", "value": "on"}],
)
def test_CL_18_another_setting_or_value_is_refused(setting: dict[str, str]) -> None:
    with pytest.raises(ApiError) as refusal:
        container_insights([setting])
    assert refusal.value.code == "InvalidParameterException"


LOGS = {"cloudWatchLogGroupName": "exec"}


@pytest.mark.parametrize(
    "execute",
    [
        {"logging": "OVERRIDE"},
        {"logging": "NONE", "logConfiguration": LOGS},
        {"logging": "DEFAULT", "logConfiguration": LOGS},
        {"logConfiguration": LOGS},
        {"logging": "SOME"},
    ],
)
def test_CL_10_log_configuration_belongs_to_override_and_override_to_it(execute: Any) -> None:
    with pytest.raises(ApiError) as refusal:
        check_configuration({"executeCommandConfiguration": execute})
    assert refusal.value.code == "InvalidParameterException"


def test_CL_10_override_with_log_configuration_is_accepted() -> None:
    check_configuration(
        {"executeCommandConfiguration": {"logging": "OVERRIDE", "logConfiguration": LOGS}}
    )


@pytest.mark.parametrize(
    "request_",
    [
        {"capacityProviders": ["FARGATE"]},
        {"defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE"}]},
        {"serviceConnectDefaults": {"namespace": "shop"}},
    ],
)
def test_parts_that_come_later_are_refused_and_not_ignored(request_: Any) -> None:
    with pytest.raises(ApiError) as refusal:
        refuse_later_parts(request_)
    assert refusal.value.code == "UnsupportedFeatureException"


def test_later_parts_that_are_given_empty_ask_for_nothing() -> None:
    refuse_later_parts({"capacityProviders": [], "serviceConnectDefaults": {"namespace": ""}})
