"""ServiceRevision: what the tasks of one deployment or task set of a service are made of.

A snapshot: only `container_images` is filled in later, once, when the first task has resolved its
tags.
"""

from datetime import datetime
from typing import Any

import msgspec

from roadstead.state.records import Index, Record, Table


class ContainerImage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An image of a revision, and the digest that its tag stood for."""

    container_name: str
    image: str
    image_digest: str = ""
    """`sha256:…`; empty until the first task has pulled it."""


class ServiceRevision(Record, frozen=True, kw_only=True):
    """`arn` is `…:service-revision/<cluster>/<service>/<19 digits>`."""

    service_arn: str = ""
    cluster_arn: str = ""
    task_definition_arn: str = ""
    launch_type: str = "EC2"
    platform_version: str = ""
    network_configuration: dict[str, Any] | None = None
    load_balancers: tuple[dict[str, Any], ...] = ()
    resolved_target_groups: tuple[str, ...] = ()
    """Of those with an advancedConfiguration: the group of each that this revision's tasks are
    registered in, which is the primary or the alternate one."""
    service_registries: tuple[dict[str, Any], ...] = ()
    container_images: tuple[ContainerImage, ...] = ()
    resolution_failures: int = 0
    """Tasks that started without telling a digest; after three, tags are used as they are."""
    created_at: datetime | None = None


SERVICE_REVISIONS = Table("service_revisions", ServiceRevision)

REVISIONS_BY_SERVICE = Index(
    "revisions_by_service", SERVICE_REVISIONS, lambda revision: (revision.service_arn,)
)
"""Key: service ARN."""
