"""What an agent registers: the attributes for what it truly can do, and what its instance has."""

import platform
from typing import Any

from roadstead.agent.configuration import AgentSettings

DOCKER_API_MINORS = (17, 18, 19, 20, 21, 22, 23, 24, 25)
"""The settings that came with these versions of Docker's API are honoured; later ones are not."""
CAPABILITIES = (
    *(f"com.amazonaws.ecs.capability.docker-remote-api.1.{minor}" for minor in DOCKER_API_MINORS),
    "com.amazonaws.ecs.capability.logging-driver.json-file",
    "com.amazonaws.ecs.capability.logging-driver.none",
    "com.amazonaws.ecs.capability.privileged-container",
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
    "ecs.capability.container-restart-policy",
    "ecs.capability.full-sync",
    "ecs.capability.network.container-port-range",
    "ecs.capability.task-cpu-mem-limit",
)
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def attributes(settings: AgentSettings, *, is_first: bool) -> list[dict[str, str]]:
    """The attributes to register; custom ones go along only the first time.

    Source: afterwards the control plane keeps its own idea of them, PutAttributes included.
    """
    machine = platform.machine()
    named = {
        "ecs.os-type": "linux",
        "ecs.os-family": "LINUX",
        "ecs.os-type-detailed": "LINUX",
        "ecs.cpu-architecture": ARCHITECTURES.get(machine, machine),
    }
    if not settings.instance_id:
        named["ecs.capability.external"] = ""
    named |= _network_attributes(settings)
    custom = settings.attributes if is_first else {}
    return [
        *({"name": name, "value": value} for name, value in custom.items()),
        *({"name": name} for name in CAPABILITIES),
        *({"name": n, "value": v} if v else {"name": n} for n, v in named.items()),
    ]


def _network_attributes(settings: AgentSettings) -> dict[str, str]:
    """What an instance says that takes awsvpc tasks.

    Source: agent:agent/app/agent_capability.go, appendTaskENICapabilities; vpc-id and subnet-id go
    along only with them
    """
    if not settings.has_task_networks:
        return {}
    named = {
        "ecs.capability.task-eni": "",
        "ecs.vpc-id": settings.vpc_id,
        "ecs.subnet-id": settings.subnet_id,
    }
    if settings.is_metadata_blocked:
        named["ecs.capability.task-eni-block-instance-metadata"] = ""
    return {
        name: value for name, value in named.items() if value or name.startswith("ecs.capability.")
    }


def total_resources(settings: AgentSettings) -> list[dict[str, Any]]:
    """CPU, memory and the host ports that are taken already. Units: cpu units, MiB."""
    memory_mib = settings.memory_mib - settings.reserved_memory_mib
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": settings.cpu_units},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": memory_mib},
        _ports("PORTS", settings.reserved_ports),
        _ports("PORTS_UDP", settings.reserved_ports_udp),
    ]


def _ports(name: str, ports: tuple[int, ...]) -> dict[str, Any]:
    return {"name": name, "type": "STRINGSET", "stringSetValue": [str(port) for port in ports]}
