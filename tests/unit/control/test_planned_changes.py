"""What a plan says of a change: who moves, for how long a service is short, what is left."""

import itertools
from typing import Any

from given import (
    a_call,
    a_cluster,
    a_deployment,
    a_family,
    a_service,
    a_task,
    a_task_definition,
    an_instance,
    definition_arn,
    given,
    later,
)
from roadstead.control.plans import plan_change
from roadstead.state.view import View

ONE = "i-00000000000000001"


def a_state(*more: Any, desired: int = 3, machines: int = 3, **service: Any) -> View:
    return given(
        a_cluster(),
        a_family(latest_revision=2),
        a_task_definition(),
        a_task_definition(revision=2),
        *(an_instance(number) for number in range(1, machines + 1)),
        a_service(desired_count=desired, is_steady=True, **service),
        *(
            a_task(number, instance=(number - 1) % machines + 1, service="web")
            for number in range(1, desired + 1)
        ),
        *more,
    )


def plan(view: View, operation: str, **request: Any) -> dict[str, Any]:
    question = {"operation": operation, "request": request}
    return plan_change(view, a_call(), question, lambda: 0.0)


def notes(answer: dict[str, Any]) -> list[str]:
    return [each["code"] for each in answer["notes"]]


def test_a_forced_deregistration_says_for_how_long_the_service_is_short() -> None:
    answer = plan(a_state(), "DeregisterContainerInstance", containerInstance=ONE, force=True)
    (web,) = answer["services"]
    assert (web["minimumHealthy"], web["healthyLowest"], web["healthyAfter"]) == (3, 2, 3)
    assert web["belowMinimumSeconds"] == 15 + 40
    assert notes(answer) == ["MACHINE_STAYS"]


def test_a_drain_keeps_the_minimum_by_starting_first() -> None:
    answer = plan(a_state(), "UpdateContainerInstancesState", containerInstances=[ONE])
    assert [(each["atSeconds"], each["kind"]) for each in answer["steps"]] == [
        (0.0, "STARTED"),
        (55.0, "STOPPED"),
    ]
    assert answer["services"][0]["belowMinimumSeconds"] == 0
    assert answer["containerInstances"][0]["emptyAtSeconds"] == 65


def test_assumptions_are_the_callers_to_make() -> None:
    question = {
        "operation": "UpdateContainerInstancesState",
        "request": {"containerInstances": [ONE]},
        "assumptions": {"startSeconds": 60.0, "stopSeconds": 2.0},
    }
    answer = plan_change(a_state(), a_call(), question, lambda: 0.0)
    assert answer["containerInstances"][0]["emptyAtSeconds"] == 60 + 40 + 2


def test_without_room_the_plan_says_who_came_closest() -> None:
    view = a_state(machines=1, desired=2)
    answer = plan(view, "UpdateContainerInstancesState", containerInstances=[ONE])
    assert answer["outcome"] == "WAITS_FOR_ROOM"
    assert answer["services"][0]["noPlace"]["falls"][0] == {
        "reason": "STATUS",
        "asks": "status ACTIVE",
        "fell": 1,
        "left": 0,
    }


def test_percentages_that_allow_nothing_block() -> None:
    view = a_state(
        desired=1, minimum_healthy_percent=60, maximum_percent=150, deployments=(a_deployment(),)
    )
    answer = plan(view, "UpdateService", service="web", taskDefinition="web:2")
    assert answer["outcome"] == "BLOCKED"
    assert "minimumHealthyPercent 60 lets no task be stopped" in answer["outcomeReason"]


def test_a_machine_without_agent_is_told_of() -> None:
    view = a_state(an_instance(4, agent_connected=False), a_task(8, instance=4, service="web"))
    answer = plan(view, "UpdateContainerInstancesState", containerInstances=["i-00000000000000004"])
    assert "AGENT_DISCONNECTED" in notes(answer)


def test_random_placement_and_protection_are_told_of() -> None:
    view = a_state(
        a_task(7, service="web", protection_enabled=True, protection_expires_at=later(600)),
        placement_strategy=({"type": "random"},),
    )
    answer = plan(view, "UpdateService", service="web", desiredCount=2)
    assert {"RANDOM_PLACEMENT", "PROTECTED_TASKS"} <= set(notes(answer))


def test_a_revision_in_use_names_who_uses_it() -> None:
    answer = plan(a_state(a_task(9)), "DeregisterTaskDefinition", taskDefinition="web:1")
    assert notes(answer) == ["USED_BY_SERVICES", "USED_BY_TASKS"]
    assert answer["outcome"] == "SETTLED"
    assert notes(
        plan(a_state(), "DeregisterTaskDefinition", taskDefinition=definition_arn(revision=2))
    ) == ["UNUSED"]


def test_a_standalone_task_is_not_started_again() -> None:
    answer = plan(a_state(a_task(9)), "StopTask", task=f"{9:032x}")
    assert [each["fate"] for each in answer["standaloneTasks"]] == ["STOPPED"]
    assert notes(answer) == ["STANDALONE_TASKS"]


def test_tasks_that_find_no_room_are_told_beside_those_that_do() -> None:
    view = given(
        a_cluster(), a_family(), a_task_definition(cpu_units=1500), an_instance(), an_instance(2)
    )
    answer = plan(view, "RunTask", taskDefinition="web", count=3)
    assert len(answer["standaloneTasks"]) == 2
    assert notes(answer) == ["FAILURES"]
    refused = plan(view, "RunTask", taskDefinition="web:1", launchType="EXTERNAL")
    assert refused["outcome"] == "REFUSED"


def test_who_was_not_steady_before_does_not_decide_how_a_change_ends() -> None:
    too_many = a_service("late", desired_count=200, deployments=(a_deployment(2),))
    view = a_state(too_many)
    answer = plan(view, "UpdateService", service="web", desiredCount=4)
    late, web = answer["services"]
    assert (late["serviceName"], late["bystander"], late["outcome"]) == (
        *("late", True),
        "WAITS_FOR_ROOM",
    )
    assert (web["serviceName"], web["bystander"]) == ("web", False)
    assert answer["outcome"] == "SETTLED"
    assert answer["outcomeReason"] == "Every service comes to rest: web."
    assert notes(answer) == ["BYSTANDERS"]
    asked = plan(view, "UpdateService", service="late", desiredCount=300)
    assert asked["outcome"] == "WAITS_FOR_ROOM"
    assert notes(asked) == ["NOT_STEADY"]


def test_others_that_take_longer_than_is_looked_ahead_do_not_cut_a_plan_off() -> None:
    view = a_state(a_service("late", desired_count=9, deployments=(a_deployment(2),)))
    slow = {"startSeconds": 7 * 3600.0}

    def outcome(service: str, count: int) -> str:
        request = {"service": service, "desiredCount": count}
        question = {"operation": "UpdateService", "request": request, "assumptions": slow}
        return str(plan_change(view, a_call(), question, lambda: 0.0)["outcome"])

    assert outcome("web", 2) == "SETTLED"
    assert outcome("late", 10) == "CUT_OFF"


def test_a_plan_that_takes_too_long_is_cut_off_and_says_so() -> None:
    ticks = itertools.count()
    question = {"operation": "UpdateService", "request": {"service": "web", "desiredCount": 9}}
    answer = plan_change(a_state(), a_call(), question, lambda: float(next(ticks)))
    assert answer["outcome"] == "CUT_OFF"
    assert "as long as it may" in answer["outcomeReason"]


def test_ids_that_a_rehearsal_made_up_are_not_told() -> None:
    answer = plan(a_state(), "UpdateService", service="web", taskDefinition="web:2")
    reasons = {each["reason"] for each in answer["steps"] if "reason" in each}
    assert reasons == {"Scaling activity initiated by (new deployment)"}
    assert all(each["taskArns"] == [] for each in answer["steps"] if each["kind"] == "STARTED")
