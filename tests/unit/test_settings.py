"""What the programs are told."""

from pathlib import Path

import pytest

from roadstead import settings
from roadstead.settings import HostSettings, SettingError


def test_account_and_region_have_defaults() -> None:
    assert settings.account_id({}) == "123456789012"
    assert settings.region({}) == "us-east-1"


@pytest.mark.parametrize("value", ["1", "12345678901a", "1234567890123", "١٢٣٤٥٦٧٨٩٠١٢"])
def test_an_account_is_twelve_digits(value: str) -> None:
    with pytest.raises(SettingError, match="twelve digits"):
        settings.account_id({"ROADSTEAD_ACCOUNT_ID": value})


@pytest.mark.parametrize("value", ["here", "us-east", "us-east-x", "us east-1"])
def test_a_region_looks_like_awss(value: str) -> None:
    with pytest.raises(SettingError, match="us-east-1"):
        settings.region({"ROADSTEAD_REGION": value})


def test_origins_of_consoles_are_given_by_commas() -> None:
    given = "https://console.example.com, http://[::1]:5173,,https://console.example.com"
    assert settings.console_origins({"ROADSTEAD_CONSOLE_ORIGINS": given}) == (
        "https://console.example.com",
        "http://[::1]:5173",
    )
    assert settings.console_origins({}) == ()


@pytest.mark.parametrize(
    "value",
    [
        "*",
        "null",
        "console.example.com",
        "https://*.example.com",
        "https://console.example.com/",
        "https://Console.example.com",
        "https://console.example.com:443",
        "http://console.example.com:80",
        "ftp://console.example.com",
        "http://fine.example.com,*",
        "http://user@host",
    ],
)
def test_an_origin_is_what_a_browser_writes(value: str) -> None:
    with pytest.raises(SettingError, match=r"such as https://console\.example\.com"):
        settings.console_origins({"ROADSTEAD_CONSOLE_ORIGINS": value})


def test_a_console_is_where_it_is_said_to_be() -> None:
    assert settings.console_dir({}) is None
    assert settings.console_dir({"ROADSTEAD_CONSOLE_DIR": "/c"}) == Path("/c")


def test_root_keeps_state_where_the_system_does_and_others_at_home() -> None:
    assert settings.default_data_dir({}, root=True) == Path("/var/lib/roadstead")
    assert settings.default_data_dir({"XDG_STATE_HOME": "/s"}, root=False) == Path("/s/roadstead")
    assert settings.default_data_dir({"ROADSTEAD_DATA_DIR": "/d"}, root=True) == Path("/d")


def test_an_instance_has_its_types_size_unless_told() -> None:
    assert settings.instance_size(_host()) == (2048, 4096)
    assert settings.instance_size(_host(instance_memory_mib=512)) == (2048, 512)


def test_a_type_of_unknown_size_needs_both_numbers() -> None:
    with pytest.raises(SettingError, match="--instance-cpu and --instance-memory"):
        settings.instance_size(_host(instance_type="x9.huge", instance_cpu_units=1))
    sized = _host(instance_type="x9.huge", instance_cpu_units=1, instance_memory_mib=2)
    assert settings.instance_size(sized) == (1, 2)


def _host(
    instance_type: str = "t3.medium", instance_cpu_units: int = 0, instance_memory_mib: int = 0
) -> HostSettings:
    return HostSettings(
        data_dir=Path("/d"),
        instance_type=instance_type,
        instance_cpu_units=instance_cpu_units,
        instance_memory_mib=instance_memory_mib,
    )
