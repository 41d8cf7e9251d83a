"""cpu and memory in ECS's two spellings."""

import pytest

from roadstead.ecs.rules.sizes import cpu_units, memory_mib


@pytest.mark.parametrize(
    ("text", "units"),
    [("512", 512), ("1 vCPU", 1024), ("0.5vcpu", 512), (".25 VCPU", 256), (" 256 ", 256)],
)
def test_cpu_is_units_or_vcpus(text: str, units: int) -> None:
    assert cpu_units(text) == units


@pytest.mark.parametrize(("text", "mib"), [("512", 512), ("1 GB", 1024), ("0.5gb", 512)])
def test_memory_is_mib_or_gb(text: str, mib: int) -> None:
    assert memory_mib(text) == mib


@pytest.mark.parametrize("text", ["", "half", "0.5", "-1", "1 GB", "1e3"])
def test_what_is_no_cpu_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected cpu units such as 512"):
        cpu_units(text)
