"""A service behind a load balancer as its clients see it, from registration to the last drain."""

from typing import Any

import msgspec
import pytest
from balancers import Balancers, create, entry, register_shown
from reports import described, running, stopped

from given import a_call
from networking import a_primary_interface
from roadstead.ec2.records.network import NETWORK_INTERFACES
from roadstead.ecs.records.container_instance import CONTAINER_INSTANCES
from roadstead.elbv2.records.target_group import TARGETS
from roadstead.elbv2.transitions.targets import report_health
from roadstead.state.view import Tx

BINDING = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32768, "protocol": "tcp"}
EC2_ID = f"i-{1:017x}"


@pytest.fixture
def elbv2(server: Any) -> Any:
    return server.client("elbv2")


@pytest.fixture
def group(ecs: Any, cluster: str, server: Any, elbv2: Any, register_instances: Any) -> str:
    """A target group behind a load balancer, with a service of one healthy task in it."""
    balancers = Balancers(elbv2, server.client("ec2"))
    (arn,) = register_instances(1)

    def place(tx: Tx) -> None:
        interface = msgspec.structs.replace(a_primary_interface(1), vpc_id=balancers.vpc_id)
        tx.put(NETWORK_INTERFACES, interface)
        instance = tx.must(CONTAINER_INSTANCES, arn)
        tx.put(CONTAINER_INSTANCES, msgspec.structs.replace(instance, ec2_instance_id=EC2_ID))

    server.update(place)
    register_shown(ecs)
    found = balancers.group()
    create(ecs, entry(found))
    server.settle()
    running(ecs, the_task(ecs), networkBindings=[BINDING])
    server.settle()
    server.update(lambda tx: [answer(server, tx, each) for each in list(tx.all(TARGETS))])
    server.settle()
    return found


def answer(server: Any, tx: Tx, target: Any) -> None:
    """The target passes its health check."""
    report_health(tx, a_call(now=server.clock.now()), target, healthy=True)


def the_task(ecs: Any) -> str:
    (arn,) = ecs.list_tasks(serviceName="web")["taskArns"]
    return str(arn)


def states(elbv2: Any, group: str) -> list[tuple[str, int, str]]:
    found = elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return [
        (each["Target"]["Id"], each["Target"]["Port"], each["TargetHealth"]["State"])
        for each in found
    ]


def test_stop_task_drains_first(ecs: Any, server: Any, elbv2: Any, group: str) -> None:
    assert states(elbv2, group) == [(EC2_ID, 32768, "healthy")]
    task = the_task(ecs)
    ecs.stop_task(task=task)
    server.settle()
    assert described(ecs, task)["lastStatus"] == "DEACTIVATING"
    assert states(elbv2, group) == [(EC2_ID, 32768, "draining")]
    server.advance(301)
    assert described(ecs, task)["lastStatus"] == "STOPPING"
    assert states(elbv2, group) == []
    stopped(ecs, task)
    shown = described(ecs, task)
    assert (shown["lastStatus"], shown["stopCode"]) == ("STOPPED", "UserInitiated")


def test_lb_targets_deregistered(ecs: Any, server: Any, elbv2: Any, group: str) -> None:
    """Of a forced deregistration: connections begin to drain by the group's settings."""
    (instance,) = ecs.list_container_instances()["containerInstanceArns"]
    task = the_task(ecs)
    ecs.deregister_container_instance(containerInstance=instance, force=True)
    server.settle()
    assert described(ecs, task)["lastStatus"] == "STOPPED"
    assert states(elbv2, group) == [(EC2_ID, 32768, "draining")]
    server.advance(301)
    assert states(elbv2, group) == []


def test_delete_leaves_lb_target_groups_discovery_services_alarms_scalable_targets(
    ecs: Any, server: Any, elbv2: Any, group: str
) -> None:
    ecs.delete_service(service="web", force=True)
    server.settle()
    (service,) = ecs.describe_services(services=["web"])["services"]
    assert service["status"] == "DRAINING"
    server.advance(301)
    (service,) = ecs.describe_services(services=["web"])["services"]
    assert service["status"] == "INACTIVE"
    (left,) = elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    assert left["TargetGroupArn"] == group
