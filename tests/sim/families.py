"""The task definitions of the simulated user: members of RegisterTaskDefinition by family.

What a container does is in its image's name: `run` runs until it is stopped, `job` ends well after
a while, `flap` ends badly, `stubborn` needs SIGKILL, `missing` cannot be pulled, `broken` cannot be
started, `heavy` takes long to pull. A health check is answered well, but by `ailing`, which is
never healthy, `sicken`, which is not any more after a while, and `hang`, which does not answer.
Load balancers find whatever is not sick healthy.
"""

from typing import Any

from sim.constraints import LABEL, member_of

CHECK = {"command": ["CMD-SHELL", "ask"], "interval": 10, "timeout": 3, "retries": 2}


def _one(**members: Any) -> dict[str, Any]:
    return members


PORTS = [{"containerPort": 80, "hostPort": 0}]


def _own(**members: Any) -> dict[str, Any]:
    """Of tasks with interfaces of their own."""
    return members | {"networkMode": "awsvpc", "portMappings": [{"containerPort": 80}]}


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
    "web": _one(portMappings=PORTS),
    "fixed": _one(portMappings=[{"containerPort": 80, "hostPort": 8080}]),
    "big": _one(cpu=1024, memory=1024),
    "pair": _pair(),
    "stubborn": _one(image="stubborn", stopTimeout=10),
    "checked": _one(healthCheck=CHECK),
    "picky": _one(placementConstraints=[member_of(f"not(attribute:{LABEL} == hdd)")]),
    "heavy": _one(image="heavy", healthCheck=CHECK),
    "web-checked": _one(portMappings=PORTS, healthCheck=CHECK),
    "own": _own(),
    "own-checked": _own(healthCheck=CHECK),
    "own-stubborn": _own(image="stubborn", stopTimeout=10),
    "job": _one(image="job"),
    "web-sicken": _one(portMappings=PORTS, image="sicken"),
    "own-sicken": _own(image="sicken"),
    "own-flap": _own(image="flap"),
    "flap": _one(image="flap"),
    "missing": _one(image="missing"),
    "broken": _one(image="broken"),
    "ailing": _one(image="ailing", healthCheck=CHECK),
    "sicken": _one(image="sicken", healthCheck=CHECK),
    "hang": _one(image="hang", healthCheck=CHECK),
}
WEIGHTS: dict[str, int] = {"web": 6, "own": 6, "fixed": 3, "checked": 3} | dict.fromkeys(
    ("big", "pair", "stubborn", "picky", "own-checked", "own-stubborn"), 2
)
"""How often a family is chosen; once, where nothing is said."""
ILL_FAMILIES = (
    *("job", "flap", "missing", "broken", "ailing", "sicken", "hang"),
    *("web-sicken", "own-sicken", "own-flap"),
)
"""A service of these never gets steady."""
IMAGES = ("run", "stubborn", "job", "flap", "heavy")
"""Those whose tags are pushed to now and then."""
PORTED = ("web", "fixed", "web-checked", "web-sicken")
"""Those that load balancers can lead to, as can all that have interfaces of their own."""
MENDED = "mended"
"""The family of a revision that runs anywhere."""
MENDED_OWN = "mended-own"
"""The same with an interface of its own."""


def has_interface(family: str) -> bool:
    """Whether tasks of the family, or of the definition of that ARN, are in awsvpc mode."""
    name = family.rpartition("/")[2].partition(":")[0]
    return name == MENDED_OWN or FAMILIES.get(name, {}).get("networkMode") == "awsvpc"


def is_ported(family: str) -> bool:
    return family in PORTED or has_interface(family)


def is_ill(task_definition_arn: str) -> bool:
    return task_definition_arn.rpartition("/")[2].partition(":")[0] in ILL_FAMILIES
