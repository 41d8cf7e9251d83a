"""Names to be found by: a client, the default VPC, namespaces, services, instances."""

from collections.abc import Mapping
from typing import Any
from unittest.mock import patch

from api_server import ACCOUNT, REGION, ApiServer
from roadstead.control import fabric_view
from roadstead.control.fabric_items import NameItem, ZoneItem
from roadstead.ec2.records.network import VPCS_BY_SCOPE

SCOPE = f"{ACCOUNT}/{REGION}"
A = {"Type": "A", "TTL": 10}
SRV = {"Type": "SRV", "TTL": 20}


class DiscoveryWorld:
    """The server with a client, and what the fabric is told of names."""

    def __init__(self, server: ApiServer, protocol: str = "json") -> None:
        self.server = server
        with patch("botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS", (protocol,)):
            self.discovery = server.client(
                "servicediscovery", inject_host_prefix=False, parameter_validation=False
            )
            assert self.discovery.meta.service_model.resolved_protocol == protocol
        view = server.plane.store.view
        (vpc,) = server.on_loop(lambda: view.find(VPCS_BY_SCOPE, SCOPE))
        self.vpc_id = vpc.vpc_id

    def namespace(self, name: str = "shop.local", **fields: Any) -> str:
        """The id of a private DNS namespace."""
        fields = {"Vpc": self.vpc_id} | fields
        self.discovery.create_private_dns_namespace(Name=name, **fields)
        return self._id_of(name)

    def http_namespace(self, name: str = "shop") -> str:
        self.discovery.create_http_namespace(Name=name)
        return self._id_of(name)

    def _id_of(self, name: str) -> str:
        filters = [{"Name": "NAME", "Values": [name]}]
        (found,) = self.discovery.list_namespaces(Filters=filters)["Namespaces"]
        return str(found["Id"])

    def service(
        self,
        namespace: str,
        name: str = "web",
        records: tuple[Mapping[str, Any], ...] = (A,),
        *,
        checked: bool = False,
        **dns: Any,
    ) -> str:
        """The id of a service."""
        fields: dict[str, Any] = {"NamespaceId": namespace}
        if records:
            fields["DnsConfig"] = {"DnsRecords": list(records), **dns}
        if checked:
            fields["HealthCheckCustomConfig"] = {"FailureThreshold": 1}
        made = self.discovery.create_service(Name=name, **fields)
        return str(made["Service"]["Id"])

    def register(self, service: str, instance: str, address: str = "", **attributes: str) -> str:
        """The id of the operation."""
        attributes = ({"AWS_INSTANCE_IPV4": address} if address else {}) | attributes
        answer = self.discovery.register_instance(
            ServiceId=service, InstanceId=instance, Attributes=attributes
        )
        return str(answer["OperationId"])

    def discovered(
        self, name: str = "web", namespace: str = "shop.local", **fields: Any
    ) -> dict[str, str]:
        """Instance id → health."""
        answer = self.discovery.discover_instances(
            NamespaceName=namespace, ServiceName=name, **fields
        )
        return {each["InstanceId"]: each["HealthStatus"] for each in answer["Instances"]}

    def revision(self, name: str = "web", namespace: str = "shop.local") -> int:
        answer = self.discovery.discover_instances_revision(
            NamespaceName=namespace, ServiceName=name
        )
        return int(answer["InstancesRevision"])

    def names(self) -> dict[tuple[str, str], NameItem]:
        """What the fabric is told of names in namespaces, by name and type."""
        return {
            (item.name, item.type): item
            for item in self._items()
            if isinstance(item, NameItem) and "elb." not in item.name
        }

    def zones(self) -> dict[str, str]:
        """Name → VPC of the zones that are namespaces."""
        found = (each for each in self._items() if isinstance(each, ZoneItem))
        return {each.name: each.vpc_id for each in found if each.vpc_id}

    def _items(self) -> list[Any]:
        view = self.server.plane.store.view

        def items() -> list[Any]:
            keys = [each for each in fabric_view.keys(view, SCOPE) if each.kind in ("zone", "name")]
            return [fabric_view.value(view, SCOPE, each) for each in keys]

        return list(self.server.on_loop(items))
