"""Services of Cloud Map and their instances: registered, found by the API and by DNS."""

from typing import Any

import pytest
from discovery_world import SRV, A, DiscoveryWorld

from refusals import refusal_with
from roadstead.control.fabric_items import NameItem


def test_a_service_is_shown_as_it_was_asked_for(world: DiscoveryWorld, discovery: Any) -> None:
    namespace = world.namespace()
    asked = {
        "Name": "web",
        "NamespaceId": namespace,
        "CreatorRequestId": "once",
        "Description": "the front",
        "DnsConfig": {"RoutingPolicy": "WEIGHTED", "DnsRecords": [A, SRV]},
        "HealthCheckCustomConfig": {"FailureThreshold": 3},
    }
    shown = discovery.create_service(**asked)["Service"]
    assert discovery.create_service(**asked)["Service"] == shown
    assert discovery.get_service(Id=shown["Id"])["Service"] == shown
    assert shown.pop("CreateDate")
    ident = shown.pop("Id")
    assert shown == {
        "Arn": f"arn:aws:servicediscovery:us-east-1:123456789012:service/{ident}",
        "ResourceOwner": "123456789012",
        "Name": "web",
        "NamespaceId": namespace,
        "Description": "the front",
        "InstanceCount": 0,
        "DnsConfig": {
            "NamespaceId": namespace,
            "RoutingPolicy": "WEIGHTED",
            "DnsRecords": [A, SRV],
        },
        "Type": "DNS_HTTP",
        "HealthCheckCustomConfig": {"FailureThreshold": 1},
        "CreatorRequestId": "once",
        "CreatedByAccount": "123456789012",
    }
    with refusal_with("ServiceAlreadyExists", ident) as answer:
        discovery.create_service(**asked | {"CreatorRequestId": "twice"})
    assert answer["ServiceId"] == ident
    assert discovery.get_namespace(Id=namespace)["Namespace"]["ServiceCount"] == 1


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"NamespaceId": ""}, "NamespaceId must be given"),
        ({"DnsConfig": {"DnsRecords": []}}, "at least one"),
        ({"DnsConfig": {"DnsRecords": [A, A]}}, "only once"),
        ({"DnsConfig": {"DnsRecords": [{"Type": "AAAA", "TTL": 1}]}}, "AAAA"),
        ({"Type": "HTTP", "DnsConfig": {"DnsRecords": [A]}}, "type HTTP"),
    ],
)
def test_what_is_wrong_is_refused(
    world: DiscoveryWorld, discovery: Any, fields: dict[str, Any], text: str
) -> None:
    namespace = world.namespace()
    with refusal_with("InvalidInput", text):
        discovery.create_service(**({"Name": "web", "NamespaceId": namespace} | fields))
    with refusal_with("NamespaceNotFound", "ns-1"):
        discovery.create_service(Name="web", NamespaceId="ns-1")


def test_an_http_namespace_has_no_dns(world: DiscoveryWorld) -> None:
    with refusal_with("InvalidInput", "HTTP one"):
        world.service(world.http_namespace())


def test_route53_checks_not_supported(world: DiscoveryWorld, discovery: Any) -> None:
    with refusal_with("InvalidInput", "HealthCheckCustomConfig"):
        discovery.create_service(
            Name="web", NamespaceId=world.namespace(), HealthCheckConfig={"Type": "HTTP"}
        )


def test_ttls_change_and_records_go(world: DiscoveryWorld, discovery: Any) -> None:
    service = world.service(world.namespace(), records=(A, SRV))
    world.register(service, "i-1", "10.0.0.1", AWS_INSTANCE_PORT="80")
    records = [{"Type": "A", "TTL": 33}]
    discovery.update_service(Id=service, Service={"DnsConfig": {"DnsRecords": records}})
    shown = discovery.get_service(Id=service)["Service"]
    assert shown["DnsConfig"]["DnsRecords"] == records
    assert world.names()["web.shop.local", "A"].ttl == 33
    assert ("web.shop.local", "SRV") not in world.names()
    with refusal_with("InvalidInput", "SRV"):
        discovery.update_service(Id=service, Service={"DnsConfig": {"DnsRecords": [A, SRV]}})


def test_lists_of_services_are_filtered(world: DiscoveryWorld, discovery: Any) -> None:
    shop, bank = world.namespace("shop.local"), world.namespace("bank.local")
    world.service(shop)
    ident = world.service(bank)
    only = {"Name": "NAMESPACE_ID", "Values": [bank]}
    (found,) = discovery.list_services(Filters=[only])["Services"]
    assert found["Id"] == ident
    assert len(discovery.list_services()["Services"]) == 2


def test_attributes_of_a_service(world: DiscoveryWorld, discovery: Any) -> None:
    service = world.service(world.namespace())
    discovery.update_service_attributes(ServiceId=service, Attributes={"a": "1", "b": "2"})
    discovery.delete_service_attributes(ServiceId=service, Attributes=["a"])
    found = discovery.get_service_attributes(ServiceId=service)["ServiceAttributes"]
    assert found["Attributes"] == {"b": "2"}
    with refusal_with("ServiceAttributesLimitExceededException", "30"):
        many = {str(number): "" for number in range(30)}
        discovery.update_service_attributes(ServiceId=service, Attributes=many)


def test_a_service_goes_after_its_instances(world: DiscoveryWorld, discovery: Any) -> None:
    service = world.service(world.namespace())
    world.register(service, "i-1", "10.0.0.1")
    with refusal_with("ResourceInUse", "registered instances"):
        discovery.delete_service(Id=service)
    discovery.deregister_instance(ServiceId=service, InstanceId="i-1")
    with refusal_with("InstanceNotFound", "i-1"):
        discovery.deregister_instance(ServiceId=service, InstanceId="i-1")
    discovery.delete_service(Id=service)
    with refusal_with("ServiceNotFound", service):
        discovery.get_service(Id=service)


def test_instances_are_listed_and_shown(world: DiscoveryWorld, discovery: Any) -> None:
    service = world.service(world.namespace())
    for number in (2, 1):
        world.register(service, f"i-{number}", f"10.0.0.{number}", color="blue")
    shown = discovery.get_instance(ServiceId=service, InstanceId="i-1")["Instance"]
    assert shown.pop("CreatorRequestId")
    assert shown == {
        "Id": "i-1",
        "Attributes": {"AWS_INSTANCE_IPV4": "10.0.0.1", "color": "blue"},
        "CreatedByAccount": "123456789012",
    }
    first = discovery.list_instances(ServiceId=service, MaxResults=1)
    rest = discovery.list_instances(ServiceId=service, MaxResults=1, NextToken=first["NextToken"])
    assert [each["Id"] for each in first["Instances"] + rest["Instances"]] == ["i-1", "i-2"]
    assert discovery.get_service(Id=service)["Service"]["InstanceCount"] == 2


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        ({}, "AWS_INSTANCE_IPV4"),
        ({"AWS_INSTANCE_IPV4": "10.0.0"}, "not a valid IPv4"),
        ({"AWS_INSTANCE_IPV4": "10.0.0.1"}, "AWS_INSTANCE_PORT"),
        ({"AWS_INSTANCE_IPV4": "10.0.0.1", "AWS_INSTANCE_PORT": "0"}, "1 to 65535"),
        ({"AWS_ALIAS_DNS_NAME": "x"}, "AWS_ALIAS_DNS_NAME"),
        ({"AWS_EC2_INSTANCE_ID": "i-1"}, "by the API only"),
        (
            {
                "AWS_INSTANCE_IPV4": "10.0.0.1",
                "AWS_INSTANCE_PORT": "80",
                "AWS_INIT_HEALTH_STATUS": "UNHEALTHY",
            },
            "custom health check",
        ),
    ],
)
def test_records_need_their_attributes(
    world: DiscoveryWorld, attributes: dict[str, str], text: str
) -> None:
    service = world.service(world.namespace(), records=(A, SRV))
    with refusal_with("InvalidInput", text):
        world.register(service, "i-1", **attributes)


def test_discovery_by_attributes_and_health(world: DiscoveryWorld, discovery: Any) -> None:
    service = world.service(world.namespace(), checked=True)
    world.register(service, "i-1", "10.0.0.1", color="blue")
    world.register(service, "i-2", "10.0.0.2", color="green")
    world.register(service, "i-3", "10.0.0.3", AWS_INIT_HEALTH_STATUS="UNHEALTHY")
    assert world.discovered() == {"i-1": "HEALTHY", "i-2": "HEALTHY"}
    assert world.discovered(QueryParameters={"color": "blue"}) == {"i-1": "HEALTHY"}
    assert world.discovered(OptionalParameters={"color": "green"}) == {"i-2": "HEALTHY"}
    assert len(world.discovered(OptionalParameters={"color": "red"})) == 2
    assert world.discovered(HealthStatus="UNHEALTHY") == {"i-3": "UNHEALTHY"}
    assert len(world.discovered(HealthStatus="ALL")) == 3
    assert len(world.discovered(MaxResults=1)) == 1
    before = world.revision()
    for number in (1, 2):
        discovery.update_instance_custom_health_status(
            ServiceId=service, InstanceId=f"i-{number}", Status="UNHEALTHY"
        )
    assert len(world.discovered()) == 3
    assert world.discovered(HealthStatus="HEALTHY") == {}
    assert world.revision() == before + 2
    assert discovery.get_instances_health_status(ServiceId=service)["Status"] == {
        "i-1": "UNHEALTHY",
        "i-2": "UNHEALTHY",
        "i-3": "UNHEALTHY",
    }
    with refusal_with("InstanceNotFound", "i-4"):
        discovery.get_instances_health_status(ServiceId=service, Instances=["i-4"])
    with refusal_with("ServiceNotFound", "api"):
        world.discovered("api")
    with refusal_with("NamespaceNotFound", "bank"):
        world.discovered("web", "bank")


def test_without_a_check_nobody_knows_of_health(world: DiscoveryWorld, discovery: Any) -> None:
    service = world.service(world.http_namespace("shop.local"), records=())
    world.register(service, "i-1", color="blue")
    assert world.discovered(HealthStatus="HEALTHY") == {"i-1": "UNKNOWN"}
    with refusal_with("CustomHealthNotFound", service):
        discovery.update_instance_custom_health_status(
            ServiceId=service, InstanceId="i-1", Status="HEALTHY"
        )


def test_names_are_told_to_the_fabric(world: DiscoveryWorld, discovery: Any) -> None:
    service = world.service(world.namespace(), records=(A, SRV))
    for number in (1, 2):
        world.register(service, f"i-{number}", f"10.0.0.{number}", AWS_INSTANCE_PORT="80")
    name, vpc = "web.shop.local", world.vpc_id
    assert world.names() == {
        (name, "A"): NameItem(
            name=name, type="A", ttl=10, records=("10.0.0.1", "10.0.0.2"), vpc_id=vpc
        ),
        (name, "SRV"): NameItem(
            name=name,
            type="SRV",
            ttl=20,
            records=("1 1 80 i-1.web.shop.local", "1 1 80 i-2.web.shop.local"),
            vpc_id=vpc,
        ),
        (f"i-1.{name}", "A"): NameItem(
            name=f"i-1.{name}", type="A", ttl=20, records=("10.0.0.1",), vpc_id=vpc
        ),
        (f"i-2.{name}", "A"): NameItem(
            name=f"i-2.{name}", type="A", ttl=20, records=("10.0.0.2",), vpc_id=vpc
        ),
    }
    for number in (1, 2):
        discovery.deregister_instance(ServiceId=service, InstanceId=f"i-{number}")
    assert world.names() == {}


def test_dns_answers_with_healthy_ones_or_else_all(world: DiscoveryWorld, discovery: Any) -> None:
    service = world.service(world.namespace(), checked=True)
    for number in (1, 2):
        world.register(service, f"i-{number}", f"10.0.0.{number}")
    for number, expected in ((1, ("10.0.0.2",)), (2, ("10.0.0.1", "10.0.0.2"))):
        discovery.update_instance_custom_health_status(
            ServiceId=service, InstanceId=f"i-{number}", Status="UNHEALTHY"
        )
        assert world.names()["web.shop.local", "A"].records == expected


def test_a_weighted_name_has_one_record_at_a_time(world: DiscoveryWorld) -> None:
    service = world.service(world.namespace(), RoutingPolicy="WEIGHTED")
    for number in (1, 2):
        world.register(service, f"i-{number}", f"10.0.0.{number}")
    item = world.names()["web.shop.local", "A"]
    assert item.answered_max == 1


def test_at_most_1000_instances_are_registered(world: DiscoveryWorld) -> None:
    service = world.service(world.namespace())
    for number in range(1000):
        world.register(service, f"i-{number}", "10.0.0.1")
    with refusal_with("ResourceLimitExceeded", "1000"):
        world.register(service, "i-more", "10.0.0.1")
