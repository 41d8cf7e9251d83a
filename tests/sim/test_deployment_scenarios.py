"""Named stories of deployments: stages, hooks and rollbacks, seen on the whole control plane."""

from roadstead.ecs.records.service_deployment import DEPLOYMENTS_BY_SERVICE, ServiceDeployment
from sim.stage import Watched, a_cluster, a_service, events, running, service, tasks
from sim.user import CLUSTER
from sim.world import World, played

HOUR = 3600.0


def newest(world: World) -> ServiceDeployment:
    record = world.view.last(DEPLOYMENTS_BY_SERVICE, service(world).arn)
    assert record is not None
    return record


async def configure(world: World, **configuration: object) -> None:
    await world.user.update("web", deploymentConfiguration=configuration)


def test_a_blue_green_deployment_outlives_the_server_that_began_it() -> None:
    async def story(world: World) -> None:
        machines = await a_cluster(world)
        await a_service(world, 4)
        pause = {"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}
        await configure(world, strategy="BLUE_GREEN", bakeTimeInMinutes=10, lifecycleHooks=[pause])
        serving = Watched(world, lambda: len(tasks(world)))
        await world.user.define("web", image="stubborn")
        await world.user.update("web", taskDefinition="web")
        await world.until(lambda: bool(newest(world).hooks), 120, "green is there and waits")
        assert (len(tasks(world)), serving.most) == (8, 8)
        world.kill_server(seconds_down=30)
        await world.pass_time(60)
        await world.until(lambda: world.servers == 2, 30, "another server")
        (hook,) = newest(world).hooks
        await world.user.call(
            "ContinueServiceDeployment",
            serviceDeploymentArn=newest(world).arn,
            hookId=hook.hook_id,
        )
        await world.until(lambda: newest(world).lifecycle_stage == "BAKE_TIME", 10, "it bakes")
        assert newest(world).production_percent == 100
        world.kill_server(seconds_down=30)
        await world.pass_time(60)
        await world.until(lambda: newest(world).status == "SUCCESSFUL", 700, "it has baked")
        await world.until(lambda: len(running(*machines)) == 4, 60, "blue is gone")
        assert {each.spec.image for m in machines for each in m.running.values()} == {"stubborn"}

    played(story)


def test_a_rollout_whose_image_is_missing_is_taken_back_without_a_gap() -> None:
    async def story(world: World) -> None:
        machines = await a_cluster(world)
        await a_service(world, 6)
        await configure(world, deploymentCircuitBreaker={"enable": True, "rollback": True})
        serving = Watched(world, lambda: len(tasks(world)))
        await world.user.define("web", image="missing")
        await world.user.update("web", taskDefinition="web")
        await world.until(lambda: newest(world).status == "ROLLBACK_SUCCESSFUL", HOUR, "back")
        assert service(world).task_definition_arn.endswith("web:1")
        assert serving.least == 6
        assert any("deployment failed: tasks failed to start." in each for each in events(world))
        assert {each.spec.image for m in machines for each in m.running.values()} == {"run"}

    played(story)


def test_a_deployment_that_a_user_stops_is_taken_back() -> None:
    async def story(world: World) -> None:
        await a_cluster(world)
        await a_service(world, 4, 50, 100)
        await world.user.define("web", image="stubborn")
        await world.user.update("web", taskDefinition="web")
        await world.until(lambda: len(tasks(world, "PENDING")) > 0, 60, "it has begun")
        await world.user.call("StopServiceDeployment", serviceDeploymentArn=newest(world).arn)
        await world.until(lambda: newest(world).status == "ROLLBACK_SUCCESSFUL", 600, "back")
        assert service(world).task_definition_arn.endswith("web:1")
        deployments = await world.user.call(
            "ListServiceDeployments", cluster=CLUSTER, service="web"
        )
        assert [each["status"] for each in deployments["serviceDeployments"]] == [
            "ROLLBACK_SUCCESSFUL",
            "SUCCESSFUL",
        ]

    played(story)
