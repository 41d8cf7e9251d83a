"""Deployments of real containers: rolling, failing, rolled back, paused; what people are told."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from house import House, Loop, get, processes_of, until

MISSING_IMAGE = "localhost:1/demo/missing:1"
"""Nobody listens there: pulling it fails at once, with or without an internet."""
PAUSE = {"targetType": "PAUSE", "lifecycleStages": ["POST_SCALE_UP"]}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Three instances; a task counts as healthy after a second of RUNNING."""
    one = House(tmp_path_factory.mktemp("house") / "d")
    try:
        one.up(3, "--healthy-after", "1")
        one.import_image()
        yield one
    finally:
        one.purge()


def create(house: House, name: str, definition: str, count: int, **fields: Any) -> None:
    """A service that is steady."""
    house.ecs.create_service(
        serviceName=name, taskDefinition=definition, desiredCount=count, **fields
    )
    house.roadstead("wait", "stable", name, "--timeout", "30s")


def service(house: House, name: str) -> dict[str, Any]:
    return dict(house.ecs.describe_services(services=[name])["services"][0])


def events(house: House, name: str) -> list[str]:
    """The service's events, oldest first, without ids."""
    told = [each["message"] for each in reversed(service(house, name)["events"])]
    return [each.removeprefix(f"(service {name}) ").partition(" (")[0] for each in told]


def rolled_out(house: House, name: str, definition: str) -> bool:
    """Whether `definition` is all there is, and completed."""
    found = service(house, name)["deployments"]
    return [
        (each["taskDefinition"].rpartition("/")[2], each["rolloutState"]) for each in found
    ] == [(definition, "COMPLETED")]


def deployment(house: House, name: str) -> dict[str, Any]:
    """The newest service deployment, whole."""
    (newest, *_) = house.ecs.list_service_deployments(service=name)["serviceDeployments"]
    arn = newest["serviceDeploymentArn"]
    answer = house.ecs.describe_service_deployments(serviceDeploymentArns=[arn])
    return dict(answer["serviceDeployments"][0])


class Counts(Loop):
    """Looks, again and again, how many of a service's tasks are RUNNING, and how many there are."""

    def __init__(self, house: House, name: str) -> None:
        ecs = house.ecs_of_its_own()
        self.fewest_running, self.most = 10**6, 0

        def look() -> None:
            found = ecs.describe_services(services=[name])["services"][0]
            self.fewest_running = min(self.fewest_running, found["runningCount"])
            self.most = max(self.most, found["runningCount"] + found["pendingCount"])

        super().__init__(look)


# --- rolling ---


def test_a_rolling_update_starts_first_answers_all_the_time_and_pins_its_image(
    house: House,
) -> None:
    create(house, "web", house.register("web", "one"), 3)
    before = house.tasks_of("web")
    counts = Counts(house, "web")
    counts.start()
    second = house.register("web", "two")
    house.aws("update-service", "--service", "web", "--task-definition", second)
    until(lambda: rolled_out(house, "web", second), "the update is completed")
    counts.stop()
    assert (counts.fewest_running, counts.most) == (3, 6)
    after = house.running_tasks_of("web", 3)
    assert not {t["taskArn"] for t in before} & {t["taskArn"] for t in after}
    assert all(get(house.url_of(task)).startswith("two") for task in after)
    told = events(house, "web")[3:]
    assert told[0] == "has started 3 tasks:"
    assert set(told[1:-2]) in ({"has stopped 3 running tasks:"}, {"has stopped 1 running tasks:"}, {
        "has stopped 1 running tasks:", "has stopped 2 running tasks:"
    })  # fmt: skip
    assert (told[-2][:11], told[-1]) == ("(deployment", "has reached a steady state.")
    (revision,) = house.ecs.describe_service_revisions(
        serviceRevisionArns=[deployment(house, "web")["targetServiceRevision"]["arn"]]
    )["serviceRevisions"]
    (image,) = revision["containerImages"]
    assert image["imageDigest"] == after[0]["containers"][0]["imageDigest"]
    house.delete_service("web")


def test_with_50_and_100_percent_it_stops_first_and_the_plan_said_so(house: House) -> None:
    create(
        house, "half", house.register("half", "one"), 4,
        deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100},
        availabilityZoneRebalancing="DISABLED",
    )  # fmt: skip
    second = house.register("half", "two")
    plan = json.loads(
        house.roadstead("plan", "update-service", "half", "--task-definition", second, "--json")
    )
    (planned,) = plan["services"]
    assert (planned["minimumHealthy"], planned["healthyLowest"]) == (2, 2)
    counts = Counts(house, "half")
    counts.start()
    house.ecs.update_service(service="half", taskDefinition=second)
    until(lambda: rolled_out(house, "half", second), "the update is completed")
    counts.stop()
    assert (counts.fewest_running, counts.most) == (2, 4)
    house.delete_service("half")


# --- failing ---


def test_an_image_that_is_not_there_is_rolled_back_and_nobody_noticed(house: House) -> None:
    first = house.register("shop", "one")
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    create(house, "shop", first, 2, deploymentConfiguration=breaker)
    tasks = house.tasks_of("shop")
    house.ecs.update_service(
        service="shop", taskDefinition=house.register("shop", image=MISSING_IMAGE)
    )
    until(lambda: deployment(house, "shop")["status"] == "ROLLBACK_SUCCESSFUL", "rolled back")
    until(lambda: rolled_out(house, "shop", first), "the first revision is all there is")
    assert {t["taskArn"] for t in house.running_tasks_of("shop", 2)} == {
        t["taskArn"] for t in tasks
    }
    assert all(get(house.url_of(task)).startswith("one") for task in tasks)
    told = [each["message"] for each in reversed(service(house, "shop")["events"])]
    failed = next(n for n, text in enumerate(told) if "deployment failed: tasks failed" in text)
    assert told[failed + 1].startswith("(service shop) rolling back to deployment ecs-svc/")
    assert told[-1] == "(service shop) has reached a steady state."
    assert deployment(house, "shop")["deploymentCircuitBreaker"]["failureCount"] == 3
    house.delete_service("shop")


def test_a_service_that_cannot_start_says_why_and_what_helps(house: House) -> None:
    definition = house.register("none", image=MISSING_IMAGE)
    house.ecs.create_service(serviceName="none", taskDefinition=definition, desiredCount=1)
    until(lambda: service(house, "none")["deployments"][0]["failedTasks"] >= 3, "it failed thrice")
    told = house.roadstead("explain", "service", "none")
    assert "never reached RUNNING: the next try is in" in told
    assert "CannotPullContainerError" in told
    assert "check its name and tag" in told
    waiting = house.roadstead("wait", "stable", "none", "--timeout", "1s", status=124)
    assert "none: 0/1 RUNNING" in waiting
    house.delete_service("none")


def test_what_ends_at_once_has_ended_however_soon(house: House) -> None:
    """The end of a container within the kernel's tick of its start was once not noticed."""
    definition = house.register("brief", command=["sh", "-c", "exit 3"])
    started = [
        task["taskArn"]
        for _ in range(3)
        for task in house.ecs.run_task(taskDefinition=definition, count=10)["tasks"]
    ]
    ended = [house.until_task(arn, "STOPPED") for arn in started]
    assert {task["containers"][0]["exitCode"] for task in ended} == {3}
    assert {task["stopCode"] for task in ended} == {"EssentialContainerExited"}


# --- paused ---


def awaiting(house: House, name: str) -> tuple[str, str]:
    """(service deployment, hook) that waits for somebody."""

    def found() -> tuple[str, str]:
        now = deployment(house, name)
        hooks = [h for h in now["lifecycleHookDetails"] if h["status"] == "AWAITING_ACTION"]
        return (now["serviceDeploymentArn"], hooks[0]["hookId"]) if hooks else ("", "")

    return until(lambda: one if (one := found())[0] else None, f"{name} waits") or ("", "")


def decide(house: House, name: str, action: str) -> None:
    deployment_arn, hook = awaiting(house, name)
    house.aws(
        *("continue-service-deployment", "--service-deployment-arn", deployment_arn),
        *("--hook-id", hook, "--action", action),
    )


def test_blue_and_green_stand_side_by_side_until_somebody_decides(house: House) -> None:
    first = house.register("bg", "blue")
    configuration = {
        "strategy": "BLUE_GREEN", "bakeTimeInMinutes": 0, "lifecycleHooks": [PAUSE],
    }  # fmt: skip
    house.ecs.create_service(
        serviceName="bg",
        taskDefinition=first,
        desiredCount=2,
        deploymentConfiguration=configuration,
    )
    decide(house, "bg", "CONTINUE")
    until(lambda: rolled_out(house, "bg", first), "the first deployment is completed")
    blue = {task["taskArn"] for task in house.tasks_of("bg")}

    second = house.register("bg", "green")
    house.ecs.update_service(service="bg", taskDefinition=second)
    _, hook = awaiting(house, "bg")
    answers = sorted(get(house.url_of(task))[:4] for task in house.running_tasks_of("bg", 4))
    assert answers == ["blue", "blue", "gree", "gree"]
    told = house.roadstead("explain", "service", "bg")
    assert f"--hook-id {hook} --action CONTINUE" in told
    decide(house, "bg", "ROLLBACK")
    until(lambda: deployment(house, "bg")["status"] == "ROLLBACK_SUCCESSFUL", "green is gone")
    assert {task["taskArn"] for task in house.running_tasks_of("bg", 2)} == blue

    house.ecs.update_service(service="bg", taskDefinition=second)
    decide(house, "bg", "CONTINUE")
    until(lambda: rolled_out(house, "bg", second), "green is all there is")
    until(lambda: not any(processes_of(arn) for arn in blue), "blue has ended")
    assert {get(house.url_of(t))[:5] for t in house.running_tasks_of("bg", 2)} == {"green"}
    seen = house.roadstead("events", "--service", "bg", "--type", "hook")
    assert [seen.count(word) for word in ("HOOK_SUCCEEDED", "HOOK_FAILED")] == [2, 1]
    house.delete_service("bg")
