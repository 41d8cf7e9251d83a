"""What agents say when they register."""

import json
from typing import Any

import pytest

from roadstead.aws.errors import ApiError
from roadstead.ecs.rules.registration import (
    Host,
    Resources,
    read_host,
    read_registration,
    read_resources,
)

DOCUMENT = json.dumps(
    {
        "instanceId": "i-0123456789abcdef0",
        "instanceType": "t3.medium",
        "availabilityZone": "us-east-1c",
        "privateIp": "10.0.0.5",
        "imageId": "ami-1",
        "accountId": "1",
    }
)
TOTALS: list[dict[str, Any]] = [
    {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
    {"name": "MEMORY", "type": "INTEGER", "integerValue": 24105},
    {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["2375", "22"]},
    {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
]


def test_an_identity_document_tells_the_machine() -> None:
    assert read_host(DOCUMENT) == Host(
        ec2_instance_id="i-0123456789abcdef0",
        instance_type="t3.medium",
        availability_zone="us-east-1c",
        private_ip_address="10.0.0.5",
        image_id="ami-1",
    )
    assert read_host("") == Host()


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"instanceId": 5}', "[" * 5000])
def test_an_identity_document_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ApiError, match="instanceIdentityDocument cannot be read"):
        read_host(text)


def test_totals_are_cpu_memory_and_reserved_ports() -> None:
    assert read_resources(TOTALS) == Resources(
        cpu_units=2048, memory_mib=24105, ports=(22, 2375), document=tuple(TOTALS)
    )


@pytest.mark.parametrize(
    "resource",
    [
        {"name": "CPU", "integerValue": -1},
        {"name": "PORTS", "stringSetValue": ["http"]},
        {"name": "PORTS_UDP", "stringSetValue": ["65536"]},
        {"name": "PORTS", "stringSetValue": [str(port) for port in range(1, 102)]},
    ],
)
def test_totals_that_cannot_be_are_refused(resource: dict[str, Any]) -> None:
    with pytest.raises(ApiError, match="InvalidParameterException"):
        read_resources([resource])


def test_the_services_attributes_are_added_and_custom_ones_kept_apart() -> None:
    found = read_registration(
        {
            "instanceIdentityDocument": DOCUMENT,
            "attributes": [
                {"name": "ecs.os-type", "value": "linux"},
                {"name": "ecs.capability.full-sync"},
                {"name": "stack", "value": "prod"},
            ],
        },
        region="us-east-1",
    )
    assert found.attributes == {
        "ecs.availability-zone": "us-east-1c",
        "ecs.instance-type": "t3.medium",
        "ecs.ami-id": "ami-1",
        "ecs.os-type": "linux",
        "ecs.capability.full-sync": None,
    }
    assert found.custom_attributes == {"stack": "prod"}


def test_PL_04_an_external_machine_has_no_zone() -> None:
    attributes = [{"name": "ecs.capability.external"}]
    found = read_registration({"attributes": attributes}, region="us-east-1")
    assert found.external
    assert found.availability_zone == ""
    assert "ecs.availability-zone" not in found.attributes


def test_a_machine_that_tells_no_zone_is_in_the_regions_first() -> None:
    assert read_registration({}, region="eu-west-1").availability_zone == "eu-west-1a"
