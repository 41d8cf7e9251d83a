"""Tags: what may be attached, and what a resource has after more or fewer."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.tags import checked_tags, merged_tags, remaining_tags
from roadstead.ecs.views.tags import tag_list

KEYS = st.text(string.ascii_letters + string.digits + " +-=._:/@äß日", min_size=1, max_size=128)
VALUES = st.text(string.ascii_letters + " +-=._:/@é", max_size=256)


def refused(tags: list[dict[str, str]]) -> str:
    with pytest.raises(ApiError) as refusal:
        checked_tags(tags)
    assert refusal.value.code == "InvalidParameterException"
    return refusal.value.message


@given(
    st.dictionaries(
        KEYS.filter(lambda key: not key.lower().startswith("aws:")), VALUES, max_size=50
    )
)
def test_a_list_of_valid_tags_comes_back_from_the_dict_as_it_was(tags: dict[str, str]) -> None:
    wire = [{"key": key, "value": value} for key, value in tags.items()]
    assert tag_list(checked_tags(wire)) == wire


def test_no_tags_and_an_empty_list_are_an_empty_dict() -> None:
    assert checked_tags(None) == checked_tags([]) == {}


def test_a_tag_without_value_has_an_empty_one() -> None:
    assert checked_tags([{"key": "team"}]) == {"team": ""}


@pytest.mark.parametrize("key", ["aws:team", "AWS:team", "Aws:", "a" * 129, "a<b", "a\nb", ""])
def test_TG_01_a_key_that_is_reserved_long_or_has_other_characters_is_refused(key: str) -> None:
    refused([{"key": key, "value": "x"}])


@pytest.mark.parametrize("value", ["a" * 257, "a&b", "a;b"])
def test_TG_01_a_value_that_is_long_or_has_other_characters_is_refused(value: str) -> None:
    assert "'team'" in refused([{"key": "team", "value": value}])


def test_TG_01_keys_are_case_sensitive() -> None:
    tags = [{"key": "Team", "value": "1"}, {"key": "team", "value": "2"}]
    assert checked_tags(tags) == {"Team": "1", "team": "2"}


def test_TG_03_a_key_given_twice_is_refused() -> None:
    assert "Duplicate" in refused([{"key": "a", "value": "1"}, {"key": "a", "value": "1"}])


def test_TG_01_fifty_tags_are_allowed_and_no_more() -> None:
    fifty = [{"key": f"k{n}", "value": ""} for n in range(50)]
    assert len(checked_tags(fifty)) == 50
    assert "50" in refused([*fifty, {"key": "k50", "value": ""}])


def test_TG_04_managed_tags_do_not_count_towards_fifty() -> None:
    existing = {"aws:ecs:clusterName": "default"} | {f"k{n}": "" for n in range(49)}
    merged = merged_tags(existing, {"k49": "new", "k0": "over"})
    assert merged == existing | {"k49": "new", "k0": "over"}
    with pytest.raises(ApiError):
        merged_tags(merged, {"k50": ""})


def test_TG_02_removing_a_key_that_is_not_there_changes_nothing() -> None:
    assert remaining_tags({"a": "1", "b": "2"}, ["a", "c"]) == {"b": "2"}


def test_a_managed_tag_cannot_be_removed() -> None:
    with pytest.raises(ApiError):
        remaining_tags({"aws:ecs:clusterName": "default"}, ["aws:ecs:clusterName"])
