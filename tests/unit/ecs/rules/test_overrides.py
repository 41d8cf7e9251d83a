"""Overrides of one task."""

from typing import Any

import pytest

from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.overrides import checked_overrides

CONTAINERS = [{"name": "app"}, {"name": "log"}]


def refusal(overrides: dict[str, Any]) -> str:
    with pytest.raises(ApiError) as refused:
        checked_overrides(overrides, CONTAINERS)
    return str(refused.value)


def test_TK_50_a_container_that_the_definition_lacks_is_refused() -> None:
    assert refusal({"containerOverrides": [{"name": "web"}]}) == (
        "InvalidParameterException: Override for container named web is not a container in the "
        "TaskDefinition."
    )


def test_TK_51_an_empty_command_overrides_nothing() -> None:
    override = {"name": "app", "command": [], "cpu": None, "memory": 64}
    assert checked_overrides({"containerOverrides": [override]}, CONTAINERS) == {
        "containerOverrides": [{"name": "app", "memory": 64}]
    }


def test_TK_52_8192_characters_are_the_most() -> None:
    def overrides(length: int) -> dict[str, Any]:
        empty = '{"containerOverrides":[{"name":"app","command":[""]}]}'
        word = "x" * (length - len(empty))
        return {"containerOverrides": [{"name": "app", "command": [word]}]}

    assert checked_overrides(overrides(8192), CONTAINERS)
    assert "more than 8192 characters" in refusal(overrides(8193))


def test_two_overrides_of_one_container_are_refused() -> None:
    assert "two overrides" in refusal({"containerOverrides": [{"name": "app"}, {"name": "app"}]})


@pytest.mark.parametrize(
    "override",
    [{"cpu": -1}, {"memory": 5}, {"memoryReservation": 0}, {"memory": 64, "memoryReservation": 65}],
)
def test_a_container_size_that_cannot_be_is_refused(override: dict[str, int]) -> None:
    text = refusal({"containerOverrides": [{"name": "app", **override}]})
    assert text.startswith("InvalidParameterException: The override of container app")


def test_a_memory_below_the_definitions_reservation_is_refused() -> None:
    containers = [{"name": "app", "memory": 128, "memoryReservation": 100}]
    with pytest.raises(ApiError, match=r"memory, 64, must not be less than .*, 100"):
        checked_overrides({"containerOverrides": [{"name": "app", "memory": 64}]}, containers)
    both = {"name": "app", "memory": 64, "memoryReservation": 64}
    assert checked_overrides({"containerOverrides": [both]}, containers) == {
        "containerOverrides": [both]
    }


@pytest.mark.parametrize("sizes", [{"cpu": "much"}, {"memory": "0"}, {"cpu": "9" * 40}])
def test_a_task_size_that_cannot_be_is_refused(sizes: dict[str, str]) -> None:
    assert refusal(sizes).startswith("InvalidParameterException: overrides.")


@pytest.mark.parametrize(
    "overrides",
    [
        {"ephemeralStorage": {"sizeInGiB": 30}},
        {"inferenceAcceleratorOverrides": [{"deviceName": "a", "deviceType": "b"}]},
        {"containerOverrides": [{"name": "app", "environmentFiles": [{"type": "s3"}]}]},
        {"containerOverrides": [{"name": "app", "resourceRequirements": [{"type": "GPU"}]}]},
    ],
)
def test_what_is_not_implemented_is_refused_and_not_dropped(overrides: dict[str, Any]) -> None:
    assert refusal(overrides).startswith("UnsupportedFeatureException: ")


def test_no_overrides_are_an_empty_dict() -> None:
    assert checked_overrides(None, CONTAINERS) == {}
    assert checked_overrides({"containerOverrides": []}, CONTAINERS) == {}
