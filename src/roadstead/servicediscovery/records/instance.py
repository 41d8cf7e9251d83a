"""DiscoveryInstance: a place where a service is found, with what is told of it."""

from datetime import datetime

from roadstead.state.records import Index, Record, Table

ADDRESS = "AWS_INSTANCE_IPV4"
PORT = "AWS_INSTANCE_PORT"


class DiscoveryInstance(Record, frozen=True, kw_only=True):
    """`arn` is `<service's ARN>|<instance id>`."""

    instance_id: str = ""
    scope: str = ""
    service_arn: str = ""
    attributes: dict[str, str] = {}
    custom_health: str = ""
    """HEALTHY or UNHEALTHY; empty where the service has no custom health check."""
    creator_request_id: str = ""
    registered_at: datetime | None = None

    @property
    def address(self) -> str:
        return self.attributes.get(ADDRESS, "")

    @property
    def port(self) -> str:
        return self.attributes.get(PORT, "")


DISCOVERY_INSTANCES = Table("discovery_instances", DiscoveryInstance)

DISCOVERY_INSTANCES_BY_SERVICE = Index(
    "discovery_instances_by_service",
    DISCOVERY_INSTANCES,
    lambda each: (each.service_arn,),
    lambda each: each.instance_id,
)
DISCOVERY_INSTANCES_BY_SCOPE = Index(
    "discovery_instances_by_scope", DISCOVERY_INSTANCES, lambda each: (each.scope,)
)


def discovery_instance_arn(service_arn: str, instance_id: str) -> str:
    return f"{service_arn}|{instance_id}"


def in_service(instances: list[DiscoveryInstance]) -> list[DiscoveryInstance]:
    """Those that are answered with: the healthy ones, or all if none is.

    Source: https://docs.aws.amazon.com/cloud-map/latest/dg/services-health-checks.html
    """
    return [each for each in instances if each.custom_health != "UNHEALTHY"] or instances
