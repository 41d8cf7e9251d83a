"""Sizes: of tasks, of containers, on Fargate, and what is taken of an instance."""

import pytest
from definition_requests import (
    a_container,
    a_fargate_request,
    accepted,
    client_error,
    refusal,
)
from hypothesis import given
from hypothesis import strategies as st

from roadstead.ecs.rules.task_definition.document import checked
from roadstead.ecs.rules.task_definition.sizes import FARGATE_SIZES

INVALID_CPU = (
    "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the "
    "Amazon ECS Developer Guide."
)


@pytest.mark.parametrize(
    ("given_", "cpu"),
    [
        ("256", "256"),
        ("1 vCPU", "1024"),
        ("1vcpu", "1024"),
        (".25 vcpu", "256"),
        ("2 VCPU", "2048"),
    ],
)
def test_TD_41_cpu_is_kept_as_units(given_: str, cpu: str) -> None:
    result = accepted(cpu=given_)
    assert result.document["cpu"] == cpu
    assert result.cpu_units == int(cpu)


@pytest.mark.parametrize(
    ("given_", "memory"), [("512", "512"), ("1GB", "1024"), ("0.5 GB", "512"), ("2 gb", "2048")]
)
def test_TD_41_memory_is_kept_in_mebibytes(given_: str, memory: str) -> None:
    result = accepted(memory=given_)
    assert result.document["memory"] == memory
    assert result.memory_mib == int(memory)


@pytest.mark.parametrize(
    "cpu", ["", "abc", "127", "196609", "-256", "1.5", "1 cpu", "9" * 400 + " vCPU", "0x100", "²56"]
)
def test_TD_42_a_cpu_that_is_no_number_or_out_of_range_is_refused(cpu: str) -> None:
    assert client_error(cpu=cpu) == INVALID_CPU


@pytest.mark.parametrize("memory", ["", "much", "0", "-1", "1.5", "1 TB", "9" * 300])
def test_a_memory_that_is_no_positive_number_is_refused(memory: str) -> None:
    assert client_error(memory=memory) == INVALID_CPU.replace("cpu", "memory")


@pytest.mark.parametrize("cpu", ["128", "196608"])
def test_TD_42_the_smallest_and_the_largest_cpu_are_allowed(cpu: str) -> None:
    accepted(cpu=cpu)


def test_memory_must_come_from_somewhere() -> None:
    container = {"name": "app", "image": "busybox"}
    assert client_error(container) == (
        "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must "
        "be specified."
    )
    accepted(container, memory="512")
    accepted({**container, "memoryReservation": 6})


@pytest.mark.parametrize("member", ["memory", "memoryReservation"])
def test_a_container_has_at_least_6_mebibytes(member: str) -> None:
    assert "6 MiB" in client_error({"name": "app", "image": "busybox", member: 5})


def test_memory_is_at_least_the_reservation() -> None:
    accepted(a_container(memory=64, memoryReservation=64))
    assert "'memoryReservation'" in client_error(a_container(memory=64, memoryReservation=65))


def test_a_negative_cpu_is_refused() -> None:
    assert "negative" in client_error(a_container(cpu=-1))


def test_TD_43_the_containers_cpu_fits_into_the_tasks() -> None:
    containers = a_container("a", cpu=128), a_container("b", cpu=128)
    accepted(*containers, cpu="256")
    assert client_error(*containers, cpu="255") == (
        "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."
    )


def test_TD_43_the_containers_reservations_fit_into_the_tasks_memory() -> None:
    containers = (
        a_container("a", memory=100, memoryReservation=60),
        a_container("b", memory=100, memoryReservation=60),
    )
    accepted(*containers, memory="120")
    assert client_error(*containers, memory="119") == (
        "The sum of all container 'memoryReservation' values cannot be greater than the value of "
        "the task 'memory'."
    )


def test_TD_43_no_container_has_more_memory_than_its_task() -> None:
    assert "'memory'" in client_error(a_container(memory=513), memory="512")


def test_a_task_takes_its_own_size_before_that_of_its_containers() -> None:
    result = accepted(a_container(cpu=100, memory=100), cpu="512", memory="1024")
    assert (result.cpu_units, result.memory_mib) == (512, 1024)


def test_a_task_without_size_takes_the_sum_with_reservations_before_limits() -> None:
    result = accepted(
        a_container("a", cpu=100, memory=100, memoryReservation=40), a_container("b", cpu=28)
    )
    assert (result.cpu_units, result.memory_mib) == (128, 104)


PAIRS = [(cpu, memory) for cpu, sizes in FARGATE_SIZES.items() for memory in sizes]


@given(st.sampled_from(PAIRS))
def test_TD_40_every_pair_of_the_table_is_a_fargate_size(pair: tuple[int, int]) -> None:
    cpu, memory = pair
    request = a_fargate_request(cpu=str(cpu), memory=str(memory))
    assert "FARGATE" in checked(request).compatibilities


@given(st.integers(128, 40000), st.integers(64, 250000))
def test_TD_40_no_other_pair_is(cpu: int, memory: int) -> None:
    if (cpu, memory) not in PAIRS:
        error = refusal(a_fargate_request(cpu=str(cpu), memory=str(memory)))
        assert error.message == "No Fargate configuration exists for given values."


def test_TD_40_the_table_is_the_documented_one() -> None:
    assert {cpu: (min(sizes), max(sizes), len(sizes)) for cpu, sizes in FARGATE_SIZES.items()} == {
        256: (512, 2048, 3),
        512: (1024, 4096, 4),
        1024: (2048, 8192, 7),
        2048: (4096, 16384, 13),
        4096: (8192, 30720, 23),
        8192: (16384, 61440, 12),
        16384: (32768, 122880, 12),
        32768: (61440, 249856, 3),
    }
