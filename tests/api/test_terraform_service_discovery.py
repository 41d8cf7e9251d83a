"""What Terraform and CloudFormation ask of Cloud Map, in their order, and what they read of it."""

from typing import Any

import pytest

from api_server import ApiServer
from refusals import code_of


@pytest.fixture
def discovery(server: ApiServer) -> Any:
    return server.client("servicediscovery")


def targets_of(discovery: Any, answer: dict[str, Any]) -> dict[str, str]:
    """What the operation was about, which is over."""
    operation = discovery.get_operation(OperationId=answer["OperationId"])["Operation"]
    assert operation["Status"] == "SUCCESS"
    return dict(operation["Targets"])


def a_namespace(discovery: Any, server: ApiServer) -> str:
    vpc_id = server.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    made = discovery.create_private_dns_namespace(
        CreatorRequestId="terraform-1",
        Name="apps.local",
        Vpc=vpc_id,
        Tags=[{"Key": "Name", "Value": "apps"}],
    )
    return targets_of(discovery, made)["NAMESPACE"]


def a_service(discovery: Any, namespace_id: str) -> str:
    made = discovery.create_service(
        CreatorRequestId="terraform-2",
        Name="web",
        DnsConfig={
            "NamespaceId": namespace_id,
            "DnsRecords": [{"TTL": 10, "Type": "A"}],
            "RoutingPolicy": "MULTIVALUE",
        },
        HealthCheckCustomConfig={"FailureThreshold": 1},
        Tags=[{"Key": "Name", "Value": "web"}],
    )
    return str(made["Service"]["Id"])


def test_aws_service_discovery_private_dns_namespace(server: ApiServer, discovery: Any) -> None:
    namespace_id = a_namespace(discovery, server)
    namespace = discovery.get_namespace(Id=namespace_id)["Namespace"]
    assert (namespace["Name"], namespace["Type"]) == ("apps.local", "DNS_PRIVATE")
    assert namespace["Properties"]["DnsProperties"]["HostedZoneId"]
    assert namespace["Arn"].endswith(f":namespace/{namespace_id}")
    (listed,) = discovery.list_namespaces(
        Filters=[{"Name": "TYPE", "Values": ["DNS_PRIVATE"], "Condition": "EQ"}]
    )["Namespaces"]
    assert (listed["Id"], listed["Name"]) == (namespace_id, "apps.local")

    changed = discovery.update_private_dns_namespace(
        Id=namespace_id, Namespace={"Description": "of the apps"}, UpdaterRequestId="terraform-3"
    )
    assert targets_of(discovery, changed) == {"NAMESPACE": namespace_id}
    assert discovery.get_namespace(Id=namespace_id)["Namespace"]["Description"] == "of the apps"
    discovery.tag_resource(ResourceARN=namespace["Arn"], Tags=[{"Key": "a", "Value": "b"}])
    discovery.untag_resource(ResourceARN=namespace["Arn"], TagKeys=["Name"])
    tags = discovery.list_tags_for_resource(ResourceARN=namespace["Arn"])["Tags"]
    assert tags == [{"Key": "a", "Value": "b"}]

    gone = discovery.delete_namespace(Id=namespace_id)
    assert targets_of(discovery, gone) == {"NAMESPACE": namespace_id}
    assert code_of(discovery.get_namespace, Id=namespace_id) == "NamespaceNotFound"


def test_aws_service_discovery_http_namespace(discovery: Any) -> None:
    made = discovery.create_http_namespace(Name="calls", CreatorRequestId="terraform-1")
    namespace_id = targets_of(discovery, made)["NAMESPACE"]
    namespace = discovery.get_namespace(Id=namespace_id)["Namespace"]
    assert (namespace["Type"], namespace["Properties"]["HttpProperties"]["HttpName"]) == (
        "HTTP",
        "calls",
    )
    changed = discovery.update_http_namespace(Id=namespace_id, Namespace={"Description": "d"})
    assert targets_of(discovery, changed) == {"NAMESPACE": namespace_id}
    discovery.delete_namespace(Id=namespace_id)


def test_aws_service_discovery_service(server: ApiServer, discovery: Any) -> None:
    namespace_id = a_namespace(discovery, server)
    service_id = a_service(discovery, namespace_id)
    service = discovery.get_service(Id=service_id)["Service"]
    wanted = {
        "DnsConfig": {
            "NamespaceId": namespace_id,
            "DnsRecords": [{"TTL": 10, "Type": "A"}],
            "RoutingPolicy": "MULTIVALUE",
        },
        "HealthCheckCustomConfig": {"FailureThreshold": 1},
        "Name": "web",
        "NamespaceId": namespace_id,
        "Type": "DNS_HTTP",
    }
    assert {name: service[name] for name in wanted} == wanted
    assert service["Arn"].endswith(f":service/{service_id}")
    (listed,) = discovery.list_services(
        Filters=[{"Name": "NAMESPACE_ID", "Values": [namespace_id], "Condition": "EQ"}]
    )["Services"]
    assert listed["Id"] == service_id

    changed = discovery.update_service(
        Id=service_id,
        Service={"Description": "d", "DnsConfig": {"DnsRecords": [{"TTL": 30, "Type": "A"}]}},
    )
    assert targets_of(discovery, changed) == {"SERVICE": service_id}
    service = discovery.get_service(Id=service_id)["Service"]
    assert service["DnsConfig"]["DnsRecords"] == [{"TTL": 30, "Type": "A"}]
    tags = discovery.list_tags_for_resource(ResourceARN=service["Arn"])["Tags"]
    assert tags == [{"Key": "Name", "Value": "web"}]

    assert code_of(discovery.delete_namespace, Id=namespace_id) == "ResourceInUse"
    discovery.delete_service(Id=service_id)
    assert code_of(discovery.get_service, Id=service_id) == "ServiceNotFound"
    discovery.delete_namespace(Id=namespace_id)


def test_aws_service_discovery_instance(server: ApiServer, discovery: Any) -> None:
    namespace_id = a_namespace(discovery, server)
    service_id = a_service(discovery, namespace_id)
    attributes = {"AWS_INSTANCE_IPV4": "172.31.0.9", "stage": "test"}
    registered = discovery.register_instance(
        ServiceId=service_id,
        InstanceId="one",
        CreatorRequestId="terraform-4",
        Attributes=attributes,
    )
    assert targets_of(discovery, registered)["INSTANCE"] == "one"
    instance = discovery.get_instance(ServiceId=service_id, InstanceId="one")["Instance"]
    assert instance["Attributes"].items() >= attributes.items()
    (listed,) = discovery.list_instances(ServiceId=service_id)["Instances"]
    assert listed["Id"] == "one"
    assert code_of(discovery.delete_service, Id=service_id) == "ResourceInUse"
    gone = discovery.deregister_instance(ServiceId=service_id, InstanceId="one")
    assert targets_of(discovery, gone)["INSTANCE"] == "one"
    assert (
        code_of(discovery.get_instance, ServiceId=service_id, InstanceId="one")
        == "InstanceNotFound"
    )
