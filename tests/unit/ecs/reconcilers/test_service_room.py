"""Who gets the room when a service cannot have all it wants: the new revision comes first."""

from test_service_rolling import WEB, a_world, old_and_new, roll_out

from given import a_service, a_task, a_task_definition, an_instance


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
