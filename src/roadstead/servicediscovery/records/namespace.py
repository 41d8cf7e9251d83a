"""Namespace: a domain that services have their names in."""

from datetime import datetime

from roadstead.state.records import Index, Record, Table


class Namespace(Record, frozen=True, kw_only=True):
    """`arn` is `…:namespace/<namespace id>`."""

    namespace_id: str = ""
    """`ns-…`."""
    name: str = ""
    scope: str = ""
    type: str = "DNS_PRIVATE"
    """DNS_PRIVATE, whose names DNS answers in the VPC, or HTTP, which only the API does."""
    vpc_id: str = ""
    description: str = ""
    soa_ttl_seconds: int = 15
    """Source: botocore:servicediscovery#SOA; observed: 15 unless given"""
    created_at: datetime | None = None
    creator_request_id: str = ""
    tags: dict[str, str] = {}


NAMESPACES = Table("discovery_namespaces", Namespace)

NAMESPACES_BY_SCOPE = Index(
    "discovery_namespaces_by_scope",
    NAMESPACES,
    lambda each: (each.scope,),
    lambda each: each.namespace_id,
)
NAMESPACES_BY_NAME = Index(
    "discovery_namespaces_by_name",
    NAMESPACES,
    lambda each: (f"{each.scope}/{each.name.lower()}",),
)
