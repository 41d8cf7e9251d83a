"""BLUE_GREEN, LINEAR and CANARY shift the weights of listener rules, and shift them back."""

from typing import Any

from traffic_world import GREEN, GROUP, WEB, BalancedWorld, a_group, entry

from balancing import a_listener, a_load_balancer, a_rule, listener_arn, load_balancer_arn
from given import definition_arn
from roadstead.ecs.records.service_deployment import SERVICE_DEPLOYMENTS, ServiceDeployment
from roadstead.ecs.records.service_revision import SERVICE_REVISIONS
from roadstead.ecs.records.task import Task
from roadstead.ecs.transitions import service_deployments
from roadstead.elbv2.records.load_balancer import RULES

ALL_PATHS = ({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}},)
PRODUCTION = a_rule(priority=1, groups={"blue": 1}, conditions=ALL_PATHS)
TEST = a_rule(priority=2, groups={"blue": 1}, conditions=ALL_PATHS)
BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def both(**more: Any) -> dict[str, Any]:
    """A load balancer whose traffic is shifted."""
    return entry(
        advancedConfiguration={
            "alternateTargetGroupArn": GREEN,
            "productionListenerRule": PRODUCTION.arn,
            "testListenerRule": TEST.arn,
            "roleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
            **more,
        }
    )


def a_blue_world(**configuration: Any) -> BalancedWorld:
    """A service of two tasks, rolled out."""
    world = BalancedWorld(PRODUCTION, TEST)
    world.create(2, load_balancers=(both(),), configuration={**BLUE_GREEN, **configuration})
    world.serve(600)
    assert world.service(WEB).deployments[0].rollout_state == "COMPLETED"
    return world


def roll_out(world: BalancedWorld, revision: int = 2) -> None:
    world.update_service(WEB, deploy=True, task_definition_arn=definition_arn(revision=revision))


def weights(world: BalancedWorld, arn: str = PRODUCTION.arn) -> dict[str, int]:
    """Of blue and green."""
    (action,) = world.view.must(RULES, arn).actions
    names = {GROUP: "blue", GREEN: "green"}
    groups = action["ForwardConfig"]["TargetGroups"]
    return {names[each["TargetGroupArn"]]: each["Weight"] for each in groups}


def record(world: BalancedWorld) -> ServiceDeployment:
    return world.view.must(SERVICE_DEPLOYMENTS, world.service(WEB).service_deployment_arn)


def of_revision(world: BalancedWorld, revision: int) -> list[Task]:
    arn = definition_arn(revision=revision)
    return [task for task in world.live() if task.task_definition_arn == arn]


def test_shift_by_listener_rule_weights() -> None:
    """DP-43, DP-40, DP-41: green is whole before traffic moves, and it moves all at once."""
    world = a_blue_world()
    assert weights(world) == {"blue": 100, "green": 0}
    assert len(world.targets(GROUP)) == 2
    roll_out(world)
    world.agents_work(WEB)
    assert len(world.targets(GREEN)) == 2, "green's tasks are in the alternate group"
    assert weights(world) == {"blue": 100, "green": 0}
    assert record(world).lifecycle_stage == "SCALE_UP", "green's targets are not healthy yet"
    world.answer()
    assert weights(world, TEST.arn) == {"blue": 0, "green": 100}
    assert weights(world) == {"blue": 0, "green": 100}
    assert record(world).lifecycle_stage == "BAKE_TIME"
    assert len(of_revision(world, 1)) == 2, "blue stays while it bakes"


def test_advancedConfiguration() -> None:
    """DP-42: after success the groups swap roles, as the revisions tell."""
    world = a_blue_world()
    for revision, group, others in ((2, GREEN, GROUP), (3, GROUP, GREEN)):
        roll_out(world, revision)
        world.serve(800)
        primary = world.service(WEB).deployments[0]
        assert primary.rollout_state == "COMPLETED"
        found = world.view.must(SERVICE_REVISIONS, primary.service_revision_arn)
        assert found.resolved_target_groups == (group,)
        assert len(world.targets(group)) == 2
        assert world.targets(others) == []
    assert weights(world) == {"blue": 100, "green": 0}
    assert weights(world, TEST.arn) == {"blue": 100, "green": 0}


def test_a_canary_gets_its_percent_first() -> None:
    world = a_blue_world()
    strategy = {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 0.5}}
    world.update_service(WEB, deployment_configuration=strategy)
    roll_out(world)
    world.serve(60)
    assert weights(world) == {"blue": 995, "green": 5}
    world.serve(600)
    assert weights(world) == {"blue": 0, "green": 100}


def test_linear_steps_move_the_weights_one_by_one() -> None:
    world = a_blue_world()
    linear = {"stepPercent": 40.0, "stepBakeTimeInMinutes": 1}
    strategy = {"strategy": "LINEAR", "linearConfiguration": linear}
    world.update_service(WEB, deployment_configuration=strategy)
    roll_out(world)
    seen = [weights(world)["green"]]
    for _ in range(60):
        world.serve(10)
        if weights(world)["green"] != seen[-1]:
            seen.append(weights(world)["green"])
    assert seen == [0, 40, 80, 100]


def test_a_rollback_leads_traffic_back_before_green_goes() -> None:
    world = a_blue_world()
    roll_out(world)
    world.serve(60)
    assert weights(world) == {"blue": 0, "green": 100}
    world.update(lambda tx: service_deployments.request_rollback(tx, world.call, record(world)))
    assert weights(world) == {"blue": 100, "green": 0}
    green = of_revision(world, 2)
    assert {task.desired_status for task in green} == {"RUNNING"}, "requests may still come"
    world.pass_time(5)
    assert {task.last_status for task in of_revision(world, 2)} == {"DEACTIVATING"}
    world.serve(400)
    assert of_revision(world, 2) == []
    assert weights(world, TEST.arn) == {"blue": 100, "green": 0}


def test_blue_goes_only_after_its_traffic() -> None:
    """Without any bake time all stages follow at once; blue is stopped a moment later."""
    world = a_blue_world(bakeTimeInMinutes=0)
    roll_out(world)
    world.agents_work(WEB)
    world.answer()
    assert weights(world) == {"blue": 0, "green": 100}
    assert {task.desired_status for task in of_revision(world, 1)} == {"RUNNING"}
    world.pass_time(5)
    assert {task.last_status for task in of_revision(world, 1)} == {"DEACTIVATING"}


def test_a_newer_deployment_takes_traffic_back_before_the_tasks_that_have_it_go() -> None:
    world = a_blue_world()
    strategy = {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 50.0}}
    world.update_service(WEB, deployment_configuration=strategy)
    roll_out(world)
    world.serve(60)
    assert weights(world) == {"blue": 50, "green": 50}
    roll_out(world, 3)
    assert weights(world) == {"blue": 100, "green": 0}
    assert {task.desired_status for task in of_revision(world, 2)} == {"RUNNING"}
    world.serve(1800)
    assert weights(world) == {"blue": 0, "green": 100}
    assert len(of_revision(world, 3)) == 2
    assert world.service(WEB).deployments[0].rollout_state == "COMPLETED"


def test_a_rule_that_is_gone_fails_the_deployment() -> None:
    world = a_blue_world()
    roll_out(world)
    arn = world.service(WEB).service_deployment_arn
    world.update(lambda tx: tx.delete(RULES, PRODUCTION.arn))
    world.serve(60)
    found = world.view.must(SERVICE_DEPLOYMENTS, arn)
    assert found.status_reason.startswith(
        "Service deployment rolled back because of invalid networking configuration."
    )
    world.serve(700)
    assert world.view.must(SERVICE_DEPLOYMENTS, arn).status == "ROLLBACK_SUCCESSFUL"
    assert len(of_revision(world, 1)) == 2


def test_a_rule_changed_by_hand_is_led_back() -> None:
    world = a_blue_world()
    by_hand = a_rule(priority=1, groups={"blue": 0, "green": 1}, conditions=ALL_PATHS)
    world.update(lambda tx: tx.put(RULES, by_hand))
    assert weights(world) == {"blue": 100, "green": 0}


def test_a_listener_of_a_network_load_balancer_shifts_too() -> None:
    """Both groups stay named, so that the targets of the one without traffic are checked."""
    arn = listener_arn("net").replace("listener/app", "listener/net")
    balancer = load_balancer_arn("net").replace("loadbalancer/app", "loadbalancer/net")
    rule = a_rule("net", groups={"blue": 1}, listener_arn=arn, load_balancer_arn=balancer)
    world = BalancedWorld(
        a_load_balancer("net", arn=balancer, type="network"),
        a_listener("net", arn=arn, load_balancer_arn=balancer, protocol="TCP", port=80),
        rule,
    )
    world.update(lambda tx: [tx.delete(RULES, a_rule().arn)])
    for name in ("blue", "green"):
        world.put(a_group(name, protocol="TCP"))
    shown = both(productionListenerRule=arn)
    del shown["advancedConfiguration"]["testListenerRule"]
    world.create(2, load_balancers=(shown,), configuration=BLUE_GREEN)
    world.serve(600)
    assert weights(world, rule.arn) == {"blue": 100, "green": 0}
    roll_out(world)
    world.serve(30)
    assert weights(world, rule.arn) == {"blue": 0, "green": 100}


def test_the_first_revision_scales_up_only_once_its_hooks_let_it() -> None:
    world = BalancedWorld(PRODUCTION, TEST)
    pause = {"targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP"]}
    configuration = {**BLUE_GREEN, "lifecycleHooks": [pause]}
    world.create(2, load_balancers=(both(),), configuration=configuration)
    world.serve(60)
    assert record(world).lifecycle_stage == "PRE_SCALE_UP"
    assert of_revision(world, 1) == []


def test_what_has_the_traffic_is_replaced_though_it_was_never_completed() -> None:
    world = BalancedWorld(PRODUCTION, TEST)
    world.create(2, load_balancers=(both(),), configuration=BLUE_GREEN)
    world.serve(60)
    assert (record(world).lifecycle_stage, weights(world)["blue"]) == ("BAKE_TIME", 100)
    roll_out(world, 2)
    world.pass_time(1)
    roll_out(world, 1)
    world.serve(1200)
    assert world.service(WEB).deployments[0].rollout_state == "COMPLETED"
    assert weights(world) == {"blue": 0, "green": 100}
