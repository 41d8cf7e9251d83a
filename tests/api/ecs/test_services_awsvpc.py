"""Services whose tasks have interfaces of their own."""

from typing import Any

import pytest
from networks import DEFINITION, Site, network
from reports import running, stopped

from api_server import ApiServer
from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")


@pytest.fixture
def site(server: ApiServer, ecs: Any) -> Site:
    ecs.register_task_definition(**DEFINITION)
    return Site(server, ecs)


def create(ecs: Any, **members: Any) -> dict[str, Any]:
    service: dict[str, Any] = ecs.create_service(
        **{
            "serviceName": "web",
            "taskDefinition": "vpc",
            "desiredCount": 1,
            "networkConfiguration": network(),
            **members,
        }
    )["service"]
    return service


def the_service(ecs: Any) -> dict[str, Any]:
    (service,) = ecs.describe_services(services=["web"])["services"]
    found: dict[str, Any] = service
    return found


def tasks(ecs: Any, status: str = "RUNNING") -> list[dict[str, Any]]:
    arns = ecs.list_tasks(serviceName="web", desiredStatus=status)["taskArns"]
    found: list[dict[str, Any]] = ecs.describe_tasks(tasks=arns)["tasks"] if arns else []
    return found


def agents_work(ecs: Any, site: Site) -> None:
    """Hosts and agents do all that they were asked to."""
    for _ in range(3):
        site.host_answers()
        for task in tasks(ecs):
            if task["lastStatus"] == "PENDING":
                running(ecs, task["taskArn"])
        for task in tasks(ecs, "STOPPED"):
            if task["lastStatus"] in ("PENDING", "RUNNING"):
                stopped(ecs, task["taskArn"])


def subnets_of(found: list[dict[str, Any]]) -> set[str]:
    return {
        each["value"]
        for task in found
        for attachment in task["attachments"]
        for each in attachment["details"]
        if each["name"] == "subnetId"
    }


def test_a_service_gives_its_network_to_its_tasks(ecs: Any, site: Site) -> None:
    site.machine()
    service = create(ecs)
    configuration = {
        "awsvpcConfiguration": {
            "subnets": ["subnet-a"],
            "securityGroups": [],
            "assignPublicIp": "DISABLED",
        }
    }
    assert service["networkConfiguration"] == configuration
    (deployment,) = service["deployments"]
    assert deployment["networkConfiguration"] == configuration
    site.host_answers()
    (task,) = tasks(ecs)
    assert (task["lastStatus"], subnets_of([task])) == ("PENDING", {"subnet-a"})
    running(ecs, task["taskArn"])
    assert the_service(ecs)["runningCount"] == 1


def test_PROVISIONING_tasks_are_pending_ones(ecs: Any, server: ApiServer, site: Site) -> None:
    site.machine()
    create(ecs, desiredCount=2)
    server.settle()
    assert {each["lastStatus"] for each in tasks(ecs)} == {"PROVISIONING"}
    service = the_service(ecs)
    assert (service["pendingCount"], service["runningCount"]) == (2, 0)
    assert service["deployments"][0]["pendingCount"] == 2


def test_another_network_is_a_deployment(ecs: Any, server: ApiServer, site: Site) -> None:
    site.machine(zone="a")
    site.machine(zone="b")
    create(ecs)
    agents_work(ecs, site)
    assert subnets_of(tasks(ecs)) == {"subnet-a"}
    ecs.update_service(service="web", networkConfiguration=network("subnet-b"))
    assert len(the_service(ecs)["deployments"]) == 2
    for _ in range(4):
        agents_work(ecs, site)
        server.advance(45)
    assert subnets_of(tasks(ecs)) == {"subnet-b"}
    (deployment,) = the_service(ecs)["deployments"]
    assert deployment["rolloutState"] == "COMPLETED"
    assert deployment["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == ["subnet-b"]
    assert [each.subnet_id for each in site.interfaces()] == ["subnet-b"]


def test_the_same_network_is_none(ecs: Any, site: Site) -> None:
    site.machine()
    create(ecs)
    ecs.update_service(service="web", networkConfiguration=network(), desiredCount=2)
    assert len(the_service(ecs)["deployments"]) == 1


def test_a_service_keeps_its_network_with_a_new_definition(ecs: Any, site: Site) -> None:
    site.machine()
    create(ecs)
    ecs.register_task_definition(**DEFINITION)
    ecs.update_service(service="web", taskDefinition="vpc:2")
    service = the_service(ecs)
    assert service["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == ["subnet-a"]
    ecs.register_task_definition(**{**DEFINITION, "networkMode": "bridge"})
    ecs.update_service(service="web", taskDefinition="vpc:3")
    assert "networkConfiguration" not in the_service(ecs)


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (network("subnet-x"), "Error retrieving subnet information for [subnet-x]"),
        (network(assignPublicIp="ENABLED"), "Assign public IP is not supported"),
        (network(subnets=[]), "subnets can not be empty."),
    ],
)
def test_awsvpc_config(ecs: Any, site: Site, configuration: Any, message: str) -> None:
    """NW-02 and NW-03, of services and their updates."""
    site.machine()
    code, said = refused(create, ecs=ecs, networkConfiguration=configuration)
    assert code == "InvalidParameterException"
    assert said.startswith(message)
    create(ecs)
    code, said = refused(ecs.update_service, service="web", networkConfiguration=configuration)
    assert code == "InvalidParameterException"
    assert said.startswith(message)


def test_a_task_set_has_a_network_of_its_own(ecs: Any, site: Site) -> None:
    site.machine()
    ecs.create_service(serviceName="web", desiredCount=1, deploymentController={"type": "EXTERNAL"})
    code, said = refused(
        ecs.create_task_set,
        cluster="default",
        service="web",
        taskDefinition="vpc",
        networkConfiguration=network("subnet-x"),
    )
    assert (code, said[:32]) == ("InvalidParameterException", "Error retrieving subnet informat")
    task_set = ecs.create_task_set(
        cluster="default",
        service="web",
        taskDefinition="vpc",
        networkConfiguration=network(),
        scale={"value": 100, "unit": "PERCENT"},
    )["taskSet"]
    assert task_set["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == ["subnet-a"]
    site.host_answers()
    assert subnets_of(tasks(ecs)) == {"subnet-a"}


def test_a_service_without_an_interface_left_waits_for_one(
    ecs: Any, server: ApiServer, site: Site
) -> None:
    site.machine("t3.medium")
    create(ecs, desiredCount=3)
    server.settle()
    said = the_service(ecs)["events"][0]["message"]
    assert 'encountered error "RESOURCE:ENI"' in said
    agents_work(ecs, site)
    (first, second) = tasks(ecs)
    ecs.stop_task(task=first["taskArn"])
    server.settle()
    assert [each["taskArn"] for each in tasks(ecs)] == [second["taskArn"]], "none is free yet"
    agents_work(ecs, site)
    assert len(tasks(ecs)) == 2
    assert len(site.interfaces()) == 2


def test_a_daemon_is_on_instances_of_its_subnets(ecs: Any, server: ApiServer, site: Site) -> None:
    a = site.machine(zone="a")
    site.machine(zone="b")
    ecs.create_service(
        serviceName="web",
        taskDefinition="vpc",
        schedulingStrategy="DAEMON",
        networkConfiguration=network("subnet-a"),
    )
    server.settle()
    assert [each["containerInstanceArn"] for each in tasks(ecs)] == [a]
    assert the_service(ecs)["desiredCount"] == 1


def test_CI_42_a_drain_stops_PROVISIONING_tasks_at_once(
    ecs: Any, server: ApiServer, site: Site
) -> None:
    first = site.machine()
    create(ecs)
    server.settle()
    second = site.machine()
    ecs.update_container_instances_state(containerInstances=[first], status="DRAINING")
    server.settle()
    (task,) = tasks(ecs)
    assert task["containerInstanceArn"] == second
    (old,) = tasks(ecs, "STOPPED")
    assert old["lastStatus"] == "DEPROVISIONING"
    agents_work(ecs, site)
    (instance,) = ecs.describe_container_instances(containerInstances=[first])["containerInstances"]
    assert instance["runningTasksCount"] == 0
    assert len(site.interfaces()) == 1


def test_the_circuit_breaker_counts_interfaces_that_fail(
    ecs: Any, server: ApiServer, site: Site
) -> None:
    site.machine("c5.4xlarge")
    create(
        ecs,
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": False}},
    )
    for _ in range(6):
        site.host_fails("no devices")
        server.advance(70)
    (deployment,) = the_service(ecs)["deployments"]
    assert deployment["rolloutState"] == "FAILED"
    assert site.interfaces() == []


def test_a_zone_without_a_subnet_is_no_zone_of_the_service(
    ecs: Any, server: ApiServer, site: Site
) -> None:
    site.machine(zone="a")
    site.machine(zone="b")
    create(ecs, desiredCount=2, availabilityZoneRebalancing="ENABLED")
    for _ in range(4):
        agents_work(ecs, site)
        server.advance(400)
    said = [each["message"] for each in the_service(ecs)["events"]]
    assert "reached a steady state" in said[0]
    assert not [each for each in said if "Zone" in each], said
