"""The task definitions of the simulated user: members of RegisterTaskDefinition by family.

What a container does is in its image's name: `run` runs until it is stopped, `job` ends well after
a while, `flap` ends badly, `stubborn` needs SIGKILL, `missing` cannot be pulled, `broken` cannot be
started.
"""

from typing import Any


def _one(**members: Any) -> dict[str, Any]:
    return members


def _pair() -> dict[str, Any]:
    """An essential container that waits for another one that ends, and a sidecar that may end."""
    container = {"image": "run", "cpu": 64, "memory": 64}
    return {
        "containerDefinitions": [
            container
            | {
                "name": "app",
                "essential": True,
                "dependsOn": [{"containerName": "init", "condition": "COMPLETE"}],
            },
            container | {"name": "init", "image": "job", "essential": False},
            container | {"name": "side", "image": "flap", "essential": False},
        ]
    }


FAMILIES: dict[str, dict[str, Any]] = {
    "web": _one(portMappings=[{"containerPort": 80, "hostPort": 0}]),
    "fixed": _one(portMappings=[{"containerPort": 80, "hostPort": 8080}]),
    "big": _one(cpu=1024, memory=1024),
    "pair": _pair(),
    "stubborn": _one(image="stubborn", stopTimeout=10),
    "job": _one(image="job"),
    "flap": _one(image="flap"),
    "missing": _one(image="missing"),
    "broken": _one(image="broken"),
}
ILL_FAMILIES = ("job", "flap", "missing", "broken")
"""A service of these never gets steady."""
