"""Names: families, containers, images, roles."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from roadstead.ecs.errors import client_error

CONTAINERS_MAX = 10
"""Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"""
IMAGE_CHARACTERS_MAX = 255

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_IMAGE = re.compile(r"[A-Za-z0-9_.:/@#+-]+")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
_ROLE_ARN = re.compile(r"arn:[a-z-]+:iam::[0-9]{12}:role/[\x21-\x7e]{1,512}")
_ECR_IMAGE = re.compile(
    r"[0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.aws)/.+"
)


def is_name(text: str) -> bool:
    """Whether the text can name a family, a container or a volume."""
    return _NAME.fullmatch(text) is not None


def check_family(family: str) -> None:
    """Return if a family may be called so.

    Raises: ClientException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    if not family:
        raise client_error("Family should not be null or empty.")
    if not _NAME.fullmatch(family):
        raise client_error(
            f"Family contains invalid characters or is too long: {family[:300]!r}. A family has "
            "1 to 255 letters, digits, hyphens and underscores."
        )


def check_container_names(containers: Iterable[Mapping[str, Any]]) -> None:
    """Return if there are 1 to 10 containers, each with a name of its own and an image.

    Raises: ClientException.
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    names: set[str] = set()
    for container in containers:
        name = container.get("name")
        if not name:
            raise client_error("Container.name should not be null or empty.")
        if not _NAME.fullmatch(name):
            raise client_error(
                f"Container.name contains invalid characters or is too long: {name[:300]!r}. A "
                "name has 1 to 255 letters, digits, hyphens and underscores."
            )
        if name in names:
            raise client_error(
                f"Duplicate container name '{name}'. Container names must be unique within a task "
                "definition."
            )
        names.add(name)
        _check_image(container.get("image"))
    if not names:
        raise client_error("Container list cannot be empty.")
    if len(names) > CONTAINERS_MAX:
        raise client_error(
            f"A task definition can have up to {CONTAINERS_MAX} containers, this one has "
            f"{len(names)}."
        )


def check_role(member: str, role: str) -> None:
    """Return if this can be the name or the ARN of an IAM role.

    Raises: ClientException.
    """
    if not (_ROLE_ARN.fullmatch(role) or _ROLE_NAME.fullmatch(role)):
        raise client_error(
            f"Role is not valid: {member} is {role[:600]!r}, expected the name or the ARN of an "
            "IAM role."
        )


def is_ecr_image(image: str) -> bool:
    """Whether the image lies in Amazon ECR and so needs credentials to be pulled.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
    """
    return _ECR_IMAGE.fullmatch(image) is not None


def _check_image(image: str | None) -> None:
    if not image:
        raise client_error("Container.image should not be null or empty.")
    if len(image) > IMAGE_CHARACTERS_MAX or not _IMAGE.fullmatch(image):
        raise client_error(
            "Container.image contains invalid characters"
            if len(image) <= IMAGE_CHARACTERS_MAX
            else f"Container.image is longer than {IMAGE_CHARACTERS_MAX} characters"
        )
