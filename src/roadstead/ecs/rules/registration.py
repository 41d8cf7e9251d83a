"""What an agent says of its machine when it registers, read and checked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from roadstead.ecs.errors import invalid_parameter

RESERVED_PORTS_MAX = 100
"""Per protocol. Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Resource.html"""
SERVICE_PREFIXES = ("ecs.", "com.amazonaws.ecs.")
"""Attributes that begin so belong to ECS and its agent; all others are custom."""
EXTERNAL_CAPABILITY = "ecs.capability.external"

_PORT_MAX = 65_535
_AMOUNT_MAX = 2**31 - 1


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """What an EC2 identity document tells; all empty for an external machine."""

    ec2_instance_id: str = ""
    instance_type: str = ""
    availability_zone: str = ""
    private_ip_address: str = ""
    image_id: str = ""


class Resources(msgspec.Struct, frozen=True, kw_only=True):
    cpu_units: int = 0
    memory_mib: int = 0
    ports: tuple[int, ...] = ()
    ports_udp: tuple[int, ...] = ()
    document: tuple[dict[str, Any], ...] = ()
    """As sent."""


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    host: Host = Host()
    availability_zone: str = ""
    external: bool = False
    resources: Resources = Resources()
    attributes: dict[str, str | None] = {}
    custom_attributes: dict[str, str | None] = {}
    platform_devices: tuple[dict[str, Any], ...] = ()
    agent_version: str = ""
    agent_hash: str = ""
    docker_version: str = ""
    trunk_id: str = ""
    """The interface that the instance's tasks share, if they do."""


class _IdentityDocument(msgspec.Struct):
    instanceId: str = ""
    instanceType: str = ""
    availabilityZone: str = ""
    privateIp: str | None = None
    imageId: str | None = None


def read_host(identity_document: str | None) -> Host:
    """The machine that an identity document describes; none is what external machines send.

    Raises: InvalidParameterException when there is one that cannot be read
    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
    """
    if not identity_document:
        return Host()
    try:
        found = msgspec.json.decode(identity_document, type=_IdentityDocument)
    except (msgspec.DecodeError, RecursionError) as problem:
        raise invalid_parameter(
            f"instanceIdentityDocument cannot be read: {problem}. Send the document of the "
            "instance's metadata service, or none."
        ) from problem
    return Host(
        ec2_instance_id=found.instanceId,
        instance_type=found.instanceType,
        availability_zone=found.availabilityZone,
        private_ip_address=found.privateIp or "",
        image_id=found.imageId or "",
    )


def read_resources(resources: Sequence[Mapping[str, Any]] | None) -> Resources:
    """The machine's cpu, memory and reserved ports.

    Raises: InvalidParameterException for an amount or a port that cannot be
    Shape: RegisterContainerInstanceRequest.totalResources
    """
    by_name = {each.get("name", ""): each for each in resources or ()}
    return Resources(
        cpu_units=_amount(by_name, "CPU"),
        memory_mib=_amount(by_name, "MEMORY"),
        ports=_ports(by_name, "PORTS"),
        ports_udp=_ports(by_name, "PORTS_UDP"),
        document=tuple(dict(each) for each in resources or ()),
    )


def read_registration(request: Mapping[str, Any], *, region: str) -> Registration:
    """A RegisterContainerInstance request without the names in it (cluster, ARN, tags).

    Every attribute that the agent sent stays with its value: it checks that the answer has them.
    Raises: InvalidParameterException
    """
    host = read_host(request.get("instanceIdentityDocument"))
    sent = {each["name"]: each.get("value") for each in request.get("attributes") or ()}
    external = EXTERNAL_CAPABILITY in sent
    zone = host.availability_zone or sent.get("ecs.availability-zone") or ""
    if not zone and not external:
        zone = f"{region}a"
    versions = request.get("versionInfo") or {}
    return Registration(
        host=host,
        availability_zone=zone,
        external=external,
        resources=read_resources(request.get("totalResources")),
        attributes={**_service_attributes(host, zone), **_those(sent, of_service=True)},
        custom_attributes=_those(sent, of_service=False),
        platform_devices=tuple(dict(each) for each in request.get("platformDevices") or ()),
        agent_version=versions.get("agentVersion") or "",
        agent_hash=versions.get("agentHash") or "",
        docker_version=(versions.get("dockerVersion") or "").removeprefix("DockerVersion: "),
    )


def _service_attributes(host: Host, zone: str) -> dict[str, str | None]:
    known = {
        "ecs.availability-zone": zone,
        "ecs.instance-type": host.instance_type,
        "ecs.ami-id": host.image_id,
        "ecs.os-type": "linux",
    }
    return {name: value for name, value in known.items() if value}


def _those(sent: Mapping[str, str | None], *, of_service: bool) -> dict[str, str | None]:
    return {
        name: value
        for name, value in sent.items()
        if name.startswith(SERVICE_PREFIXES) is of_service
    }


def _amount(resources: Mapping[str, Mapping[str, Any]], name: str) -> int:
    resource = resources.get(name, {})
    amount = int(resource.get("integerValue") or resource.get("longValue") or 0)
    if not 0 <= amount <= _AMOUNT_MAX:
        raise invalid_parameter(
            f"The value of resource {name} must be from 0 to {_AMOUNT_MAX}, not {amount}."
        )
    return amount


def _ports(resources: Mapping[str, Mapping[str, Any]], name: str) -> tuple[int, ...]:
    texts: Iterable[str] = resources.get(name, {}).get("stringSetValue") or ()
    ports = sorted({_port(name, text) for text in texts})
    if len(ports) > RESERVED_PORTS_MAX:
        raise invalid_parameter(
            f"Resource {name} has {len(ports)} reserved ports; up to {RESERVED_PORTS_MAX} are "
            "allowed."
        )
    return tuple(ports)


def _port(name: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 5 or int(text) > _PORT_MAX:
        raise invalid_parameter(
            f"{text!r} in resource {name} is no port: expected a number up to {_PORT_MAX}."
        )
    return int(text)
