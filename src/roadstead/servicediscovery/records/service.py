"""DiscoveryService: a name in a namespace, and which records its instances have.

It is AWS Cloud Map's service; an ECS service that is discovered by it is its registrant.
"""

from datetime import datetime

import msgspec

from roadstead.state.records import Index, Record, Table


class DnsRecord(msgspec.Struct, frozen=True):
    type: str
    """A or SRV."""
    ttl_seconds: int


class DiscoveryService(Record, frozen=True, kw_only=True):
    """`arn` is `…:service/<service id>`."""

    service_id: str = ""
    """`srv-…`."""
    name: str = ""
    scope: str = ""
    namespace_arn: str = ""
    description: str = ""
    dns_records: tuple[DnsRecord, ...] = ()
    """None: its instances are found by the API only."""
    routing_policy: str = "MULTIVALUE"
    """MULTIVALUE or WEIGHTED."""
    has_custom_health: bool = False
    """Who registers an instance says whether it is healthy."""
    attributes: dict[str, str] = {}
    instances_revision: int = 1
    """Counts the changes of its instances."""
    created_at: datetime | None = None
    creator_request_id: str = ""
    tags: dict[str, str] = {}

    def has_record(self, type: str) -> bool:
        return any(each.type == type for each in self.dns_records)


DISCOVERY_SERVICES = Table("discovery_services", DiscoveryService)

DISCOVERY_SERVICES_BY_SCOPE = Index(
    "discovery_services_by_scope",
    DISCOVERY_SERVICES,
    lambda each: (each.scope,),
    lambda each: each.service_id,
)
DISCOVERY_SERVICES_BY_NAMESPACE = Index(
    "discovery_services_by_namespace",
    DISCOVERY_SERVICES,
    lambda each: (each.namespace_arn,),
    lambda each: each.service_id,
)
DISCOVERY_SERVICES_BY_NAME = Index(
    "discovery_services_by_name",
    DISCOVERY_SERVICES,
    lambda each: (f"{each.namespace_arn}|{each.name.lower()}",),
)
