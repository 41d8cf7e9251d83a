"""What a service does that finds no room, and who of it gets the room that there is."""

from test_service_rolling import (
    WEB,
    a_new_service,
    a_running_world,
    a_world,
    old_and_new,
    roll_out,
    started,
)

from given import (
    a_deployment,
    a_service,
    a_task,
    a_task_definition,
    an_instance,
    definition_arn,
    service_arn,
)


def test_SV_59_room_that_an_old_task_leaves_goes_to_the_new_revision_that_waited_for_it() -> None:
    """Else a revision that never stays up would hold the cluster against its own repair."""
    fills_half = {"cpu_units": 1024, "memory_mib": 64}
    world = a_world(
        a_service(desired_count=2, is_steady=True),
        *(a_task(n, service="web", instance=1, **fills_half) for n in range(2)),
        instances=0,
    )
    world.put(an_instance(1))
    for revision in (1, 2):
        world.put(a_task_definition(revision=revision, **fills_half))
    world.settle()
    roll_out(world)
    assert old_and_new(world) == {"1": 2}
    assert world.service(WEB).waiting_reason
    (ended, _) = world.tasks(WEB)
    world.report(ended, "STOPPED")
    assert old_and_new(world) == {"1": 1, "2": 1}


def test_SV_59_where_the_percentages_allow_nothing_each_old_task_that_ends_becomes_a_new_one() -> (
    None
):
    world = a_world(
        a_service(desired_count=2, is_steady=True, maximum_percent=149),
        *(a_task(n, service="web", instance=1 + n) for n in range(2)),
    )
    world.settle()
    roll_out(world)
    assert old_and_new(world) == {"1": 2}
    (ended, _) = world.tasks(WEB)
    world.report(ended, "STOPPED")
    assert old_and_new(world) == {"1": 1, "2": 1}


NO_CPU = (
    "(service web) was unable to place a task because no container instance met all of its "
    "requirements. The closest matching (container-instance *) has insufficient CPU units "
    "available. For more information, see the Troubleshooting section of the Amazon ECS Developer "
    "Guide."
)


def test_SV_20_a_service_without_instances_waits_and_says_why() -> None:
    world = a_world(a_new_service(), instances=0)
    world.settle()
    assert world.events(WEB) == [
        "(service web) was unable to place a task because no container instance met all of its "
        "requirements. Reason: No Container Instances were found in your cluster. For more "
        "information, see the Troubleshooting section of the Amazon ECS Developer Guide."
    ]
    world.put(an_instance(1))
    assert len(world.tasks(WEB)) == 1


def test_identical_event_suppressed() -> None:
    world = a_world(a_new_service(desired_count=20), instances=1)
    world.settle()
    assert world.events(WEB) == [started(16), NO_CPU]
    world.pass_time(5 * 3600)
    assert world.events(WEB) == [started(16), NO_CPU]
    world.pass_time(3700)
    assert world.events(WEB) == [started(16), NO_CPU, NO_CPU]


def test_room_that_another_service_gives_back_is_taken_at_once() -> None:
    world = a_world(
        a_service("other", desired_count=16, deployments=(a_deployment(7),)),
        *(a_task(n, service="other", deployment=7) for n in range(16)),
        a_new_service(),
        instances=1,
    )
    world.settle()
    assert world.events(WEB) == [NO_CPU]
    world.update_service(service_arn("other"), desired_count=15)
    assert len(world.tasks(WEB)) == 1


def test_a_service_that_misses_nothing_any_more_does_not_wait() -> None:
    world = a_world(a_new_service(), instances=0)
    world.settle()
    world.update_service(WEB, desired_count=0)
    assert world.service(WEB).waiting_reason == ""


def test_with_min_0_an_old_task_makes_room_for_the_new_one_on_a_full_instance() -> None:
    world = a_running_world(1, instances=1, minimum_healthy_percent=0, maximum_percent=100)
    world.put(an_instance(1, cpu_units=128))
    roll_out(world)
    (task,) = world.tasks(WEB)
    assert task.task_definition_arn == definition_arn(revision=2)
