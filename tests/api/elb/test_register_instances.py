"""Instances of Classic load balancers: registered, in service or not, draining, gone."""

from typing import Any

from elb_world import ClassicWorld

from refusals import refusal_with

REGISTERING = ("OutOfService", "ELB", "Instance registration is still in progress.")
IN_SERVICE = ("InService", "N/A", "N/A")
FAILED = (
    "OutOfService",
    "Instance",
    "Instance has failed at least the UnhealthyThreshold number of health checks consecutively.",
)
DRAINING = ("InService", "N/A", "Instance deregistration currently in progress.")


def test_instances_are_registered_and_told_of(world: ClassicWorld) -> None:
    world.load_balancer()
    world.run_instance("i-1")
    world.run_instance("i-2", host=101)
    assert world.register("i-1") == ["i-1"]
    assert world.register("i-2", "i-1") == ["i-1", "i-2"]
    assert [each["InstanceId"] for each in world.described()["Instances"]] == ["i-1", "i-2"]
    assert world.health() == {"i-1": REGISTERING, "i-2": REGISTERING}


def test_health_checks_decide_who_is_in_service(world: ClassicWorld) -> None:
    world.load_balancer()
    world.run_instance("i-1")
    world.register("i-1")
    for healthy, expected in ((True, IN_SERVICE), (False, FAILED), (True, IN_SERVICE)):
        world.report("i-1", healthy=healthy)
        assert world.health() == {"i-1": expected}


def test_without_draining_a_deregistered_instance_is_gone_at_once(world: ClassicWorld) -> None:
    world.load_balancer()
    world.run_instance("i-1")
    world.register("i-1")
    world.report("i-1", healthy=True)
    assert world.deregister("i-1", "i-9") == []
    assert world.health() == {}
    assert world.health("i-1") == {
        "i-1": (
            "OutOfService",
            "Instance",
            "Instance is not currently registered with the LoadBalancer.",
        )
    }


def test_with_draining_it_is_gone_when_its_time_is_over(world: ClassicWorld) -> None:
    world.load_balancer()
    world.set_draining(20)
    world.run_instance("i-1")
    world.register("i-1")
    world.report("i-1", healthy=True)
    assert world.deregister("i-1") == []
    assert world.health() == {"i-1": DRAINING}
    world.server.advance(15)
    world.server.settle()
    assert world.health() == {"i-1": DRAINING}
    world.server.advance(6)
    world.server.settle()
    assert world.health() == {}


def test_an_instance_that_drains_can_be_registered_again(world: ClassicWorld) -> None:
    world.load_balancer()
    world.set_draining(20)
    world.run_instance("i-1")
    world.register("i-1")
    world.report("i-1", healthy=True)
    world.deregister("i-1")
    assert world.register("i-1") == ["i-1"]
    world.server.advance(30)
    world.server.settle()
    assert world.health() == {"i-1": REGISTERING}


def test_nothing_drains_where_nothing_was_sent(world: ClassicWorld) -> None:
    world.load_balancer()
    world.set_draining(20)
    world.run_instance("i-1")
    world.register("i-1")
    world.deregister("i-1")
    assert world.health() == {}


def test_instances_that_end_are_out_of_service(world: ClassicWorld) -> None:
    world.load_balancer()
    world.run_instance("i-1")
    world.register("i-1")
    world.report("i-1", healthy=True)
    world.terminate_instance("i-1")
    assert world.health()["i-1"] == ("OutOfService", "Instance", "Instance is in terminated state.")
    world.run_instance("i-1", host=120)
    assert world.health()["i-1"] == REGISTERING


def test_an_instance_is_out_of_service_in_a_zone_that_is_not_served(
    world: ClassicWorld, elb: Any
) -> None:
    world.load_balancer(Subnets=world.subnet_ids(1))
    world.run_instance("i-1", subnet=1)
    world.register("i-1")
    state, _, description = world.health()["i-1"]
    assert state == "OutOfService"
    assert "not configured to route traffic" in description
    elb.attach_load_balancer_to_subnets(LoadBalancerName="old", Subnets=world.subnet_ids(2)[1:])
    assert world.health()["i-1"] == REGISTERING


def test_what_cannot_be_registered_is_refused(world: ClassicWorld, elb: Any) -> None:
    world.load_balancer()
    with refusal_with("InvalidInstance", "Could not find EC2 instance i-1."):
        world.register("i-1")
    with refusal_with("InvalidInstance", "Could not find EC2 instance web."):
        world.deregister("web")
    with refusal_with("InvalidInstance", "Could not find EC2 instance i-1."):
        world.health("i-1")
    with refusal_with("ValidationError", "At least one instance"):
        elb.register_instances_with_load_balancer(LoadBalancerName="old", Instances=[])
    with refusal_with("LoadBalancerNotFound", "'none'"):
        world.register("i-1", name="none")


def test_a_deleted_load_balancer_forgets_its_instances(world: ClassicWorld, elb: Any) -> None:
    world.load_balancer()
    world.run_instance("i-1")
    world.register("i-1")
    elb.delete_load_balancer(LoadBalancerName="old")
    world.load_balancer()
    assert world.health() == {}
