"""Which image every task of a service revision runs: the one its tag stood for at the first task.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from roadstead.ecs.records.service_revision import ContainerImage, ServiceRevision

FAILURES_MAX = 3
"""After so many tasks that told no digest, tags are used as they are.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TAG = re.compile(r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$")


def is_resolved(container: Mapping[str, Any]) -> bool:
    """Whether a container's tag is resolved for a revision; it may opt out, or name a digest.

    Shape: ContainerDefinition.versionConsistency
    """
    return container.get("versionConsistency") != "disabled" and "@" not in (
        container.get("image") or "@"
    )


def is_settled(revision: ServiceRevision) -> bool:
    """Whether nothing is left to learn: every digest is known, or it was tried often enough."""
    return revision.resolution_failures >= FAILURES_MAX or all(
        each.image_digest for each in revision.container_images
    )


def resolved(
    images: tuple[ContainerImage, ...], digests: Mapping[str, str]
) -> tuple[ContainerImage, ...]:
    """The images with the digests that a task told, where none was known."""
    return tuple(
        msgspec.structs.replace(each, image_digest=digests[each.container_name])
        if not each.image_digest and _DIGEST.fullmatch(digests.get(each.container_name, ""))
        else each
        for each in images
    )


def pinned(image: str, digest: str) -> str:
    """The image by its digest, without its tag; as it is when there is no digest."""
    return f"{_TAG.sub('', image)}@{digest}" if digest else image
