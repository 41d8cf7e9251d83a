"""Namespaces: created, found, changed, deleted; operations that are done at once."""

from typing import Any

import pytest
from discovery_world import DiscoveryWorld

from refusals import refusal_with


def test_a_private_namespace_is_made_at_once(world: DiscoveryWorld, discovery: Any) -> None:
    answer = discovery.create_private_dns_namespace(
        Name="shop.local",
        Vpc=world.vpc_id,
        Description="the shop",
        CreatorRequestId="once",
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    operation = discovery.get_operation(OperationId=answer["OperationId"])["Operation"]
    ident = operation["Targets"]["NAMESPACE"]
    assert (operation["Type"], operation["Status"]) == ("CREATE_NAMESPACE", "SUCCESS")
    shown = discovery.get_namespace(Id=ident)["Namespace"]
    arn = f"arn:aws:servicediscovery:us-east-1:123456789012:namespace/{ident}"
    assert shown.pop("CreateDate") == operation["CreateDate"]
    assert shown == {
        "Id": ident,
        "Arn": arn,
        "ResourceOwner": "123456789012",
        "Name": "shop.local",
        "Type": "DNS_PRIVATE",
        "Description": "the shop",
        "ServiceCount": 0,
        "Properties": {
            "DnsProperties": {"HostedZoneId": f"Z{ident[3:].upper()}", "SOA": {"TTL": 15}},
            "HttpProperties": {"HttpName": "shop.local"},
        },
        "CreatorRequestId": "once",
    }
    assert discovery.get_namespace(Id=arn)["Namespace"]["Id"] == ident
    tags = discovery.list_tags_for_resource(ResourceARN=arn)["Tags"]
    assert tags == [{"Key": "team", "Value": "shop"}]
    assert world.zones() == {"shop.local": world.vpc_id}


def test_an_http_namespace_is_no_zone(world: DiscoveryWorld, discovery: Any) -> None:
    ident = world.http_namespace("shop")
    shown = discovery.get_namespace(Id=ident)["Namespace"]
    assert shown["Type"] == "HTTP"
    assert shown["Properties"] == {"HttpProperties": {"HttpName": "shop"}}
    assert world.zones() == {}


def test_a_name_is_taken_once(world: DiscoveryWorld, discovery: Any) -> None:
    ident = world.namespace("shop.local")
    with refusal_with("NamespaceAlreadyExists", ident) as answer:
        discovery.create_http_namespace(Name="Shop.local")
    assert answer["NamespaceId"] == ident


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"Vpc": "vpc-1"}, "vpc-1"),
        ({"Name": "-x.local"}, "-x.local"),
        ({"Name": "x.elb.localhost"}, "reserved"),
        ({"Tags": [{"Key": "aws:x", "Value": ""}]}, "reserved"),
    ],
)
def test_what_is_wrong_is_refused(
    world: DiscoveryWorld, discovery: Any, fields: dict[str, Any], text: str
) -> None:
    with refusal_with("InvalidInput", text):
        discovery.create_private_dns_namespace(
            **({"Name": "shop.local", "Vpc": world.vpc_id} | fields)
        )


def test_there_are_at_most_50_namespaces(world: DiscoveryWorld, discovery: Any) -> None:
    for number in range(50):
        discovery.create_http_namespace(Name=f"n{number}")
    with refusal_with("ResourceLimitExceeded", "50"):
        discovery.create_http_namespace(Name="more")


def test_lists_are_filtered_and_paged(world: DiscoveryWorld, discovery: Any) -> None:
    ids = {world.http_namespace(f"shop-{number}") for number in range(3)}
    world.namespace()
    of_type = {"Name": "TYPE", "Values": ["HTTP"], "Condition": "EQ"}
    first = discovery.list_namespaces(Filters=[of_type], MaxResults=2)
    rest = discovery.list_namespaces(Filters=[of_type], MaxResults=2, NextToken=first["NextToken"])
    assert {each["Id"] for each in first["Namespaces"] + rest["Namespaces"]} == ids
    assert "NextToken" not in rest
    begins = {"Name": "NAME", "Values": ["shop-"], "Condition": "BEGINS_WITH"}
    assert len(discovery.list_namespaces(Filters=[begins])["Namespaces"]) == 3
    with refusal_with("InvalidInput", "BETWEEN"):
        discovery.list_namespaces(Filters=[begins | {"Condition": "BETWEEN"}])


def test_descriptions_and_ttls_change(world: DiscoveryWorld, discovery: Any) -> None:
    ident = world.namespace()
    properties = {"DnsProperties": {"SOA": {"TTL": 60}}}
    discovery.update_private_dns_namespace(
        Id=ident, Namespace={"Description": "new", "Properties": properties}
    )
    shown = discovery.get_namespace(Id=ident)["Namespace"]
    assert shown["Description"] == "new"
    assert shown["Properties"]["DnsProperties"]["SOA"] == {"TTL": 60}
    with refusal_with("InvalidInput", "DNS_PRIVATE"):
        discovery.update_http_namespace(Id=ident, Namespace={"Description": "x"})
    other = world.http_namespace()
    discovery.update_http_namespace(Id=other, Namespace={"Description": "x"})
    assert discovery.get_namespace(Id=other)["Namespace"]["Description"] == "x"


def test_a_namespace_goes_after_its_services(world: DiscoveryWorld, discovery: Any) -> None:
    ident = world.namespace()
    service = world.service(ident)
    with refusal_with("ResourceInUse", "associated services"):
        discovery.delete_namespace(Id=ident)
    discovery.delete_service(Id=service)
    operation = discovery.delete_namespace(Id=ident)["OperationId"]
    shown = discovery.get_operation(OperationId=operation)["Operation"]
    assert (shown["Type"], shown["Targets"]) == ("DELETE_NAMESPACE", {"NAMESPACE": ident})
    with refusal_with("NamespaceNotFound", ident):
        discovery.get_namespace(Id=ident)
    assert world.zones() == {}


def test_operations_are_listed_by_what_they_did(world: DiscoveryWorld, discovery: Any) -> None:
    ident = world.namespace()
    service = world.service(ident)
    done = world.register(service, "i-1", "10.0.0.1")
    of_service = {"Name": "SERVICE_ID", "Values": [service]}
    found = discovery.list_operations(Filters=[of_service])["Operations"]
    assert found == [{"Id": done, "Status": "SUCCESS"}]
    span = {"Name": "UPDATE_DATE", "Values": ["0", "1"], "Condition": "BETWEEN"}
    assert discovery.list_operations(Filters=[span])["Operations"] == []
    failed = {"Name": "STATUS", "Values": ["FAIL"]}
    assert discovery.list_operations(Filters=[failed])["Operations"] == []
    with refusal_with("OperationNotFound", "none"):
        discovery.get_operation(OperationId="none")


def test_tags_are_set_and_removed(world: DiscoveryWorld, discovery: Any) -> None:
    service = discovery.get_service(Id=world.service(world.namespace()))["Service"]["Arn"]
    discovery.tag_resource(ResourceARN=service, Tags=[{"Key": "a", "Value": "1"}])
    discovery.tag_resource(ResourceARN=service, Tags=[{"Key": "b", "Value": "2"}])
    discovery.untag_resource(ResourceARN=service, TagKeys=["a"])
    tags = discovery.list_tags_for_resource(ResourceARN=service)["Tags"]
    assert tags == [{"Key": "b", "Value": "2"}]
    with refusal_with("ResourceNotFoundException"):
        discovery.list_tags_for_resource(ResourceARN=f"{service}x")
    with refusal_with("TooManyTagsException", "50"):
        many = [{"Key": str(number), "Value": ""} for number in range(50)]
        discovery.tag_resource(ResourceARN=service, Tags=many)
