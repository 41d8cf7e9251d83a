"""Custom attributes: names, values and number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.instance_attributes import check_attribute, check_count, is_reserved


@given(st.from_regex(r"\A[A-Za-z0-9_\-/\\.]{1,128}\Z").filter(lambda name: not is_reserved(name)))
def test_CI_20_every_name_of_the_allowed_characters_is_accepted(name: str) -> None:
    check_attribute(name, None)


@pytest.mark.parametrize(
    "name", ["", "a b", "a:b", "a" * 129, "ecs.os-type", "com.amazonaws.ecs.x"]
)
def test_CI_22_other_names_and_reserved_ones_are_refused(name: str) -> None:
    with pytest.raises(ApiError) as refusal:
        check_attribute(name, "v")
    assert refusal.value.code == "InvalidParameterException"


@pytest.mark.parametrize("value", ["a", "a b", r"a@b:c\d/e.f-g_h", "a" * 128])
def test_CI_20_values_may_have_more_characters(value: str) -> None:
    check_attribute("stack", value)


@pytest.mark.parametrize("value", ["", " a", "a ", " ", "a" * 129, "a=b"])
def test_CI_20_a_value_has_no_blank_at_its_ends(value: str) -> None:
    with pytest.raises(ApiError):
        check_attribute("stack", value)


def test_CI_20_ten_custom_attributes_are_allowed_and_no_more() -> None:
    ten: dict[str, str | None] = {f"a{n}": None for n in range(10)}
    check_count(ten)
    with pytest.raises(ApiError) as refusal:
        check_count(ten | {"b": None})
    assert refusal.value.code == "AttributeLimitExceededException"
