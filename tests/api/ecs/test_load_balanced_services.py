"""What CreateService and UpdateService accept of load balancers, and what they answer."""

from typing import Any

import pytest
from balancers import (
    BLUE_GREEN,
    ROLE,
    Balancers,
    create,
    entry,
    refused,
    register_shown,
    two_sided,
)
from services import the_service

from given import REGION, SCOPE
from roadstead.elb.records.load_balancer import (
    CLASSIC_LOAD_BALANCERS,
    ClassicListener,
    ClassicLoadBalancer,
)


@pytest.fixture
def balancers(server: Any, cluster: str) -> Balancers:
    return Balancers(server.client("elbv2"), server.client("ec2"))


@pytest.fixture
def web(ecs: Any, balancers: Balancers) -> str:
    return register_shown(ecs)


@pytest.fixture
def classic(server: Any) -> dict[str, Any]:
    """An entry of a Classic load balancer that leads to the instance port 8080."""
    balancer = ClassicLoadBalancer(
        arn=f"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/old",
        name="old",
        scope=SCOPE,
        listeners=(
            ClassicListener(
                protocol="HTTP",
                load_balancer_port=80,
                instance_protocol="HTTP",
                instance_port=8080,
            ),
        ),
    )
    server.update(lambda tx: tx.put(CLASSIC_LOAD_BALANCERS, balancer))
    return {"loadBalancerName": "old", "containerName": "app", "containerPort": 80}


def test_a_service_shows_its_load_balancers(ecs: Any, web: str, balancers: Balancers) -> None:
    group = balancers.group()
    service = create(ecs, entry(group), healthCheckGracePeriodSeconds=30)
    assert service["loadBalancers"] == [entry(group)]
    assert the_service(ecs)["loadBalancers"] == [entry(group)]
    assert service["healthCheckGracePeriodSeconds"] == 30
    (revision,) = ecs.describe_service_revisions(
        serviceRevisionArns=[service["currentServiceRevisions"][0]["arn"]]
    )["serviceRevisions"]
    assert revision["loadBalancers"] == [entry(group)]
    assert "resolvedConfiguration" not in revision


def test_max_5_target_groups_or_1_classic(
    ecs: Any, web: str, balancers: Balancers, classic: dict[str, Any]
) -> None:
    groups = [balancers.group(f"group-{number}") for number in range(6)]
    assert len(create(ecs, *(entry(each) for each in groups[:5]))["loadBalancers"]) == 5
    message = refused(ecs, *(entry(each) for each in groups), serviceName="six")
    assert message.startswith("load balancers can have at most 5 items.")
    other = {**classic, "loadBalancerName": "other"}
    message = refused(ecs, classic, other, serviceName="two")
    assert message.startswith("load balancers can have at most 1 items.")
    assert refused(ecs, classic, entry(groups[0]), serviceName="mixed") == (
        "All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 "
        "(defining targetGroupArn)"
    )
    neither = {"containerName": "app", "containerPort": 80}
    assert refused(ecs, neither, serviceName="none").startswith("All loadBalancers must be")


def test_target_group_without_lb(ecs: Any, web: str, balancers: Balancers) -> None:
    group = balancers.group(in_use=False)
    assert refused(ecs, entry(group)) == (
        f"The target group with targetGroupArn {group} does not have an associated load balancer."
    )


def test_awsvpc_needs_ip_targets(ecs: Any, web: str, balancers: Balancers) -> None:
    register_shown(ecs, "own", networkMode="awsvpc")
    network = {"awsvpcConfiguration": {"subnets": balancers.subnet_ids}}
    instances, addresses = balancers.group(), balancers.group("ips", TargetType="ip")
    assert refused(ecs, entry(instances), taskDefinition="own", networkConfiguration=network) == (
        f"The provided target group {instances} has target type instance, which is incompatible "
        "with the awsvpc network mode specified in the task definition."
    )
    assert refused(ecs, entry(addresses)) == (
        f"The provided target group {addresses} has target type ip, which is incompatible with the "
        "bridge network mode specified in the task definition."
    )
    create(ecs, entry(addresses), taskDefinition="own", networkConfiguration=network)


def test_unknown_container(ecs: Any, web: str, balancers: Balancers) -> None:
    group = balancers.group()
    assert refused(ecs, {**entry(group), "containerName": "db"}) == (
        "The container db does not exist in the task definition."
    )
    assert refused(ecs, entry(group, 82)) == (
        "The container app did not have a container port 82 defined."
    )
    assert refused(ecs, {"targetGroupArn": group}) == (
        "A load balancer needs a containerName and a containerPort."
    )


def test_unknown_target_group_or_elb(ecs: Any, web: str, balancers: Balancers) -> None:
    gone = f"{balancers.group()}0"
    for unknown in (gone, "web"):
        assert refused(ecs, entry(unknown)) == (
            f"The target group with targetGroupArn {unknown} does not exist."
        )
    classic = {"loadBalancerName": "gone", "containerName": "app", "containerPort": 80}
    assert refused(ecs, classic) == "The load balancer gone does not exist."


def test_classic_rules(ecs: Any, web: str, balancers: Balancers, classic: dict[str, Any]) -> None:
    assert refused(ecs, classic).startswith(
        "The container app needs a fixed hostPort for its port 80"
    )
    register_shown(ecs, "static", host_port=8081)
    assert "has no listener with the instance port 8081" in refused(
        ecs, classic, taskDefinition="static"
    )
    register_shown(ecs, "own", networkMode="awsvpc")
    network = {"awsvpcConfiguration": {"subnets": balancers.subnet_ids}}
    assert "do not support the awsvpc network mode" in refused(
        ecs, classic, taskDefinition="own", networkConfiguration=network
    )
    advanced = {**classic, "advancedConfiguration": {"roleArn": ROLE}}
    register_shown(ecs, "right", host_port=8080)
    assert refused(ecs, advanced, taskDefinition="right") == (
        "advancedConfiguration field is not allowed with ELBv1 loadBalancers"
    )
    assert create(ecs, classic, taskDefinition="right")["loadBalancers"] == [classic]
    for unsuited, why in (("web:1", "needs a fixed hostPort"), ("static:1", "has no listener")):
        with pytest.raises(ecs.exceptions.InvalidParameterException, match=why):
            ecs.update_service(service="web", taskDefinition=unsuited)
    assert the_service(ecs)["availabilityZoneRebalancing"] == "DISABLED"


def test_multiple_groups_need_SLR_and_ECS_controller(
    ecs: Any, web: str, balancers: Balancers
) -> None:
    one, two = entry(balancers.group()), entry(balancers.group("green"))
    role = {"role": "ecsServiceRole"}
    assert refused(ecs, one, two, **role).startswith(
        "A role may only be given for a service with one load balancer; this one has 2."
    )
    assert refused(ecs, **role).endswith("this one has none.")
    assert create(ecs, one, **role)["roleArn"] == "ecsServiceRole"
    ecs.create_service(
        serviceName="sets", desiredCount=1, deploymentController={"type": "EXTERNAL"}
    )
    sets = {"service": "sets", "cluster": "default", "taskDefinition": "web"}
    with pytest.raises(ecs.exceptions.InvalidParameterException, match="at most 1 items"):
        ecs.create_task_set(**sets, loadBalancers=[one, two])
    made = ecs.create_task_set(**sets, loadBalancers=[two])["taskSet"]
    assert made["loadBalancers"] == [two]
    ecs.update_service_primary_task_set(
        cluster="default", service="sets", primaryTaskSet=made["taskSetArn"]
    )
    assert the_service(ecs, "sets")["loadBalancers"] == [two]


def test_same_container_many_groups(ecs: Any, web: str, balancers: Balancers) -> None:
    one, two = balancers.group(), balancers.group("green")
    create(ecs, entry(one), entry(two))
    create(ecs, entry(one), serviceName="sharing")
    assert refused(ecs, entry(one), entry(one, 81), serviceName="twice") == (
        f"Duplicate targetGroupArn found: {one}"
    )


def test_nlb_udp_needs_platform_1_4(ecs: Any, web: str, server: Any, balancers: Balancers) -> None:
    """Only on Fargate, which is refused; on EC2 there is no such condition."""
    elbv2 = server.client("elbv2")
    (balancer,) = elbv2.create_load_balancer(
        Name="net", Type="network", Subnets=balancers.subnet_ids
    )["LoadBalancers"]
    group = balancers.group("udp", in_use=False, Protocol="UDP")
    elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Port=53,
        Protocol="UDP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    create(ecs, entry(group))
    with pytest.raises(ecs.exceptions.UnsupportedFeatureException):
        create(ecs, entry(group), serviceName="fargate", launchType="FARGATE")


def test_update_of_loadBalancers(  # the rule's name
    ecs: Any, web: str, balancers: Balancers
) -> None:
    """LB-23: another load balancer is another deployment, an empty list takes all away."""
    one, two = entry(balancers.group()), entry(balancers.group("green"))
    primaries = [create(ecs, one)["deployments"][0]["id"]]
    for given in ([two], [two], []):
        updated = ecs.update_service(service="web", loadBalancers=given)["service"]
        assert updated["loadBalancers"] == given
        primaries.append(updated["deployments"][0]["id"])
    assert primaries[1] == primaries[2], "the same again is no deployment"
    assert len(set(primaries)) == 3


def test_delete_leaves_lb_target_groups_discovery_services_alarms_scalable_targets(
    ecs: Any, web: str, server: Any, balancers: Balancers
) -> None:
    """SV-43, as far as load balancers go."""
    group = balancers.group()
    create(ecs, entry(group))
    elbv2 = server.client("elbv2")
    before = (elbv2.describe_load_balancers(), elbv2.describe_target_groups())
    ecs.delete_service(service="web", force=True)
    server.settle()
    after = (elbv2.describe_load_balancers(), elbv2.describe_target_groups())
    assert [each.popitem()[0] for each in (*before, *after)] == ["ResponseMetadata"] * 4
    assert after == before


def test_a_definition_without_the_port_is_refused_in_an_update(
    ecs: Any, web: str, balancers: Balancers
) -> None:
    create(ecs, entry(balancers.group(), 81))
    container = {"name": "app", "image": "b", "memory": 64}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    with pytest.raises(ecs.exceptions.InvalidParameterException, match="container port 81"):
        ecs.update_service(service="web", taskDefinition="web")


def test_a_service_whose_traffic_can_be_shifted(ecs: Any, web: str, balancers: Balancers) -> None:
    given = two_sided(balancers)
    service = create(ecs, given, deploymentConfiguration=BLUE_GREEN)
    assert service["loadBalancers"] == [given]
    (revision,) = ecs.describe_service_revisions(
        serviceRevisionArns=[service["currentServiceRevisions"][0]["arn"]]
    )["serviceRevisions"]
    rule = given["advancedConfiguration"]["productionListenerRule"]
    assert revision["resolvedConfiguration"]["loadBalancers"] == [
        {"targetGroupArn": balancers.group("blue"), "productionListenerRule": rule}
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"productionListenerRule": "arn:aws:x"},
            "productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or "
            "ListenerArn for NLB. Got: arn:aws:x",
        ),
        ({"testListenerRule": "rule"}, "testListenerRule has an invalid ARN format."),
        ({"roleArn": None}, "advancedConfiguration needs the member roleArn."),
        ({"alternateTargetGroupArn": "gone"}, "targetGroupArn gone does not exist."),
    ],
)
def test_an_advanced_configuration_that_cannot_work_is_refused(
    ecs: Any, web: str, balancers: Balancers, change: dict[str, Any], said: str
) -> None:
    given = two_sided(balancers, **change)
    assert said in refused(ecs, given, deploymentConfiguration=BLUE_GREEN)


def test_what_shifts_traffic_goes_together(ecs: Any, web: str, balancers: Balancers) -> None:
    """DP-44."""
    blue = balancers.group("blue")
    rule = balancers.rule(blue)
    staged = {"deploymentConfiguration": BLUE_GREEN}
    same = two_sided(balancers, productionListenerRule=rule, testListenerRule=rule)
    assert refused(ecs, same, **staged) == (
        "The following rules cannot be used as both production and test listener rules: " + rule
    )
    assert refused(ecs, entry(blue), **staged) == (
        "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING "
        "deployment strategy"
    )
    given, other = two_sided(balancers), entry(balancers.group("other"))
    assert refused(ecs, given, other, **staged) == (
        "Either all or none of the provided loadBalancers must have advancedConfiguration defined"
    )
    assert refused(ecs, two_sided(balancers, alternateTargetGroupArn=blue), **staged) == (
        f"Duplicate targetGroupArn found: {blue}"
    )
    elsewhere = balancers.rule(balancers.group("other"))
    assert "leads to neither target group" in refused(
        ecs, two_sided(balancers, productionListenerRule=elsewhere), **staged
    )
    gone = f"{rule}0"
    assert refused(ecs, two_sided(balancers, testListenerRule=gone), **staged) == (
        f"The testListenerRule {gone} does not exist."
    )
    listener = balancers.listener["ListenerArn"].replace("listener/app", "listener/net")
    assert "needs an Application Load Balancer" in refused(
        ecs,
        two_sided(balancers, productionListenerRule=listener),
        deploymentConfiguration={"strategy": "CANARY"},
    )


def test_a_strategy_needs_the_load_balancers_to_go_with_it(
    ecs: Any, web: str, balancers: Balancers
) -> None:
    create(ecs, entry(balancers.group()))
    with pytest.raises(ecs.exceptions.InvalidParameterException, match="advancedConfiguration"):
        ecs.update_service(service="web", deploymentConfiguration=BLUE_GREEN)
    given = two_sided(balancers)
    updated = ecs.update_service(
        service="web", deploymentConfiguration=BLUE_GREEN, loadBalancers=[given]
    )["service"]
    assert updated["loadBalancers"] == [given]
