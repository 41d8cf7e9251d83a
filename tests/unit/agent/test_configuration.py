"""What an agent reads from its environment, and what it says when that makes no sense."""

import json
from pathlib import Path

import pytest

from roadstead.agent.capabilities import attributes, total_resources
from roadstead.agent.configuration import engine_settings, identity_document, settings_from
from roadstead.agent.credentials import credentials_from
from roadstead.settings import SettingError

LEAST = {
    "ECS_BACKEND_HOST": "http://127.0.0.1:8747",
    "AWS_DEFAULT_REGION": "us-east-1",
    "ECS_DATADIR": "/var/lib/x",
    "ROADSTEAD_CPU_UNITS": "2048",
    "ROADSTEAD_MEMORY_MIB": "4096",
}


def test_the_least_environment_gives_the_ecs_agents_defaults() -> None:
    settings = settings_from(LEAST, "1.2.3")
    assert (settings.cluster, settings.is_cluster_named) == ("default", False)
    assert settings.reserved_ports == (22, 2375, 2376, 51678, 51679)
    assert (settings.stop_timeout_seconds, settings.cleanup_seconds) == (30.0, 10800.0)
    assert settings.pull_behaviour == "default"


def test_a_host_without_a_scheme_means_https() -> None:
    assert settings_from(LEAST | {"ECS_BACKEND_HOST": "ecs.local:1"}, "1").backend == (
        "https://ecs.local:1"
    )


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30.0), ("1m30s", 90.0), ("3h", 10800.0), ("5", 5.0)]
)
def test_durations_are_spelled_as_go_spells_them(text: str, seconds: float) -> None:
    assert settings_from(
        LEAST | {"ECS_CONTAINER_STOP_TIMEOUT": text}, "1"
    ).stop_timeout_seconds == (seconds)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ECS_BACKEND_HOST", ""),
        ("ECS_BACKEND_HOST", "ws://x"),
        ("AWS_DEFAULT_REGION", ""),
        ("ECS_DATADIR", ""),
        ("ECS_RESERVED_MEMORY", "4096"),
        ("ECS_RESERVED_MEMORY", "some"),
        ("ECS_RESERVED_PORTS", "22"),
        ("ECS_INSTANCE_ATTRIBUTES", "a=b"),
        ("ECS_IMAGE_PULL_BEHAVIOR", "never"),
        ("ECS_CONTAINER_STOP_TIMEOUT", "soon"),
        ("ROADSTEAD_CGROUP_PARENT", "/"),
        ("ROADSTEAD_CGROUP_PARENT", "/a/../.."),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        settings_from(LEAST | {name: value}, "1")


def test_custom_attributes_and_tags_are_read() -> None:
    settings = settings_from(
        LEAST
        | {
            "ECS_INSTANCE_ATTRIBUTES": '{"stack":"prod"}',
            "ECS_CONTAINER_INSTANCE_TAGS": '{"k":"v"}',
        },
        "1",
    )
    assert (settings.attributes, settings.tags) == ({"stack": "prod"}, {"k": "v"})
    assert {"name": "stack", "value": "prod"} in attributes(settings, is_first=True)
    assert {"name": "stack", "value": "prod"} not in attributes(settings, is_first=False)


def test_no_attribute_claims_what_this_agent_cannot_do() -> None:
    names = {a["name"] for a in attributes(settings_from(LEAST, "1"), is_first=True)}
    assert {"ecs.capability.full-sync", "ecs.capability.container-health-check"} <= names
    for absent in (
        "ecs.capability.task-eni",
        "com.amazonaws.ecs.capability.task-iam-role",
        "com.amazonaws.ecs.capability.logging-driver.awslogs",
    ):
        assert absent not in names


def test_resources_leave_out_what_is_reserved() -> None:
    settings = settings_from(
        LEAST | {"ECS_RESERVED_MEMORY": "96", "ECS_RESERVED_PORTS": "[22]"}, "1"
    )
    assert total_resources(settings) == [
        {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 4000},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22"]},
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
    ]


def test_the_identity_document_tells_the_instance() -> None:
    settings = settings_from(
        LEAST | {"ROADSTEAD_INSTANCE_ID": "i-1", "ROADSTEAD_INSTANCE_TYPE": "t3.medium"}, "1"
    )
    document = json.loads(identity_document(settings))
    assert (document["instanceId"], document["instanceType"]) == ("i-1", "t3.medium")
    assert identity_document(settings_from(LEAST, "1")) == ""


def credentials_file(tmp_path: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    path = tmp_path / "credentials"
    path.write_text(text)
    path.chmod(mode)
    return {"AWS_SHARED_CREDENTIALS_FILE": str(path)}


GOOD = "[default]\naws_access_key_id = AKID\naws_secret_access_key = s%cret\n"


def test_keys_come_from_a_private_file(tmp_path: Path) -> None:
    found = credentials_from(credentials_file(tmp_path, GOOD))
    assert (found.access_key_id, found.secret) == ("AKID", "s%cret")


def test_keys_in_the_environment_come_first() -> None:
    found = credentials_from({"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"})
    assert (found.access_key_id, found.secret) == ("A", "B")


@pytest.mark.parametrize(
    ("text", "mode", "word"),
    [
        (GOOD, 0o644, "chmod 600"),
        ("no ini", 0o600, "INI"),
        ("[other]\n", 0o600, r"\[default\]"),
    ],
)
def test_a_credentials_file_that_cannot_serve_is_told_without_its_secret(
    tmp_path: Path, text: str, mode: int, word: str
) -> None:
    with pytest.raises(SettingError, match=word) as refused:
        credentials_from(credentials_file(tmp_path, text, mode))
    assert "s%cret" not in str(refused.value)


def test_no_credentials_at_all_are_told() -> None:
    with pytest.raises(SettingError, match="AWS_SHARED_CREDENTIALS_FILE"):
        credentials_from({})


def test_an_instance_that_takes_awsvpc_tasks_says_so_and_where_it_is() -> None:
    environment = LEAST | {
        "ECS_ENABLE_TASK_ENI": "true",
        "ROADSTEAD_INSTANCE_ID": "i-1",
        "ROADSTEAD_VPC_ID": "vpc-1",
        "ROADSTEAD_SUBNET_ID": "subnet-1",
        "ROADSTEAD_PRIMARY_MAC": "0a:00:00:00:00:01",
    }

    def said(**more: str) -> list[dict[str, str]]:
        settings = settings_from(environment | more, "1")
        return [
            each
            for each in attributes(settings, is_first=False)
            if "task-eni" in each["name"] or each["name"] in ("ecs.vpc-id", "ecs.subnet-id")
        ]

    assert said() == [
        {"name": "ecs.capability.task-eni"},
        {"name": "ecs.vpc-id", "value": "vpc-1"},
        {"name": "ecs.subnet-id", "value": "subnet-1"},
    ]
    assert {"name": "ecs.capability.task-eni-block-instance-metadata"} in said(
        ECS_AWSVPC_BLOCK_IMDS="true"
    )
    assert said(ECS_ENABLE_TASK_ENI="false") == []


def test_a_name_server_for_containers_is_an_address() -> None:
    settings = settings_from(LEAST | {"ROADSTEAD_DNS_SERVER": "10.0.0.2"}, "1")
    assert engine_settings(settings).surroundings.dns_server == "10.0.0.2"
    for name, value in (("ROADSTEAD_DNS_SERVER", "dns.local"), ("ECS_ENABLE_TASK_ENI", "maybe")):
        with pytest.raises(SettingError, match=name):
            settings_from(LEAST | {name: value}, "1")
