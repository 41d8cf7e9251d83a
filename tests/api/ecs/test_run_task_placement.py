"""RunTask and StartTask with placement constraints and strategies."""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from registered import register

from refusals import refused

pytestmark = pytest.mark.usefixtures("cluster")

DISTINCT = {"type": "distinctInstance"}
MEMBER_OF = "MemberOf placement constraint unsatisfied."
DISTINCT_INSTANCE = "DistinctInstance placement constraint unsatisfied."


def member_of(expression: str) -> dict[str, str]:
    return {"type": "memberOf", "expression": expression}


def mark(ecs: Any, arn: str, value: str) -> None:
    ecs.put_attributes(attributes=[{"name": "stack", "value": value, "targetId": arn}])


def places(answer: dict[str, Any]) -> list[str]:
    return [task["containerInstanceArn"] for task in answer["tasks"]]


def test_memberOf_places_on_members_only(ecs: Any, register_instances: Any) -> None:
    prod, other = register_instances(2)
    mark(ecs, prod, "prod")
    register(ecs)
    answer = ecs.run_task(
        taskDefinition="web",
        count=3,
        placementConstraints=[member_of("attribute:stack =~ prod.*")],
    )
    assert places(answer) == [prod] * 3
    answer = ecs.run_task(
        taskDefinition="web", placementConstraints=[member_of("attribute:stack == test")]
    )
    assert answer["tasks"] == []
    assert answer["failures"] == [
        {"arn": prod, "reason": MEMBER_OF},
        {"arn": other, "reason": MEMBER_OF},
    ]


def test_distinct_instances_get_one_task_each(ecs: Any, register_instances: Any) -> None:
    arns = register_instances(3)
    register(ecs)
    answer = ecs.run_task(taskDefinition="web", count=5, placementConstraints=[DISTINCT])
    assert sorted(places(answer)) == sorted(arns)
    assert answer["failures"] == [{"arn": arn, "reason": DISTINCT_INSTANCE} for arn in arns]
    again = ecs.run_task(taskDefinition="web", placementConstraints=[DISTINCT])
    assert {each["reason"] for each in again["failures"]} == {DISTINCT_INSTANCE}
    apart = ecs.run_task(taskDefinition="web", group="other", placementConstraints=[DISTINCT])
    assert len(apart["tasks"]) == 1


def test_a_definitions_constraints_hold_for_RunTask_and_StartTask(
    ecs: Any, register_instances: Any
) -> None:
    prod, other = register_instances(2)
    mark(ecs, prod, "prod")
    register(ecs, placementConstraints=[member_of("attribute:stack exists")])
    assert places(ecs.run_task(taskDefinition="web", count=2)) == [prod, prod]
    answer = ecs.start_task(taskDefinition="web", containerInstances=[prod, other])
    assert places(answer) == [prod]
    assert answer["failures"] == [{"arn": other, "reason": MEMBER_OF}]
    described = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
    assert described["placementConstraints"] == [member_of("attribute:stack exists")]


def test_tasks_go_where_a_group_runs_or_does_not(ecs: Any, register_instances: Any) -> None:
    first, second = register_instances(2)
    register(ecs)
    ecs.start_task(taskDefinition="web", containerInstances=[first], group="databases")
    near = [member_of("task:group == databases")]
    apart = [member_of("not(task:group == databases)")]
    answer = ecs.run_task(taskDefinition="web", count=2, placementConstraints=near)
    assert places(answer) == [first] * 2
    answer = ecs.run_task(taskDefinition="web", count=2, placementConstraints=apart)
    assert places(answer) == [second] * 2


def test_strategies_choose_among_those_that_are_able(ecs: Any, register_instances: Any) -> None:
    in_a = register_instances(2, zone="us-east-1a")
    in_b = register_instances(2, zone="us-east-1b")
    register(ecs)
    packed = places(
        ecs.run_task(
            taskDefinition="web",
            count=6,
            placementStrategy=[
                {"type": "spread", "field": "attribute:ecs.availability-zone"},
                {"type": "binpack", "field": "MEMORY"},
            ],
        )
    )
    counted = Counter(packed)
    assert sorted(counted.values()) == [3, 3]
    assert len(set(in_a) & set(counted)) == len(set(in_b) & set(counted)) == 1
    spread = places(
        ecs.run_task(
            taskDefinition="web",
            count=4,
            group="other",
            placementStrategy=[{"type": "spread", "field": "host"}],
        )
    )
    assert sorted(spread) == sorted(in_a + in_b)
    anywhere = places(
        ecs.run_task(taskDefinition="web", count=10, placementStrategy=[{"type": "random"}])
    )
    assert len(anywhere) == 10
    assert set(anywhere) <= set(in_a + in_b)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"placementConstraints": [member_of("attribute:stack = prod")]},
            "Invalid expression in placementConstraints[0], at position 17: found '=',",
        ),
        ({"placementConstraints": [{"type": "memberOf"}]}, "placementConstraints[0].expression is"),
        (
            {"placementConstraints": [{**DISTINCT, "expression": "a"}]},
            "placementConstraints[0].expression should be absent",
        ),
        ({"placementConstraints": [{"type": "x"}]}, "placementConstraints[0].type should be one"),
        ({"placementConstraints": [DISTINCT] * 11}, "placementConstraints can have up to 10"),
        (
            {"placementConstraints": [DISTINCT] * 10},
            "The task definition has 1 placement constraints and the request 10",
        ),
        ({"placementStrategy": [{"type": "random"}] * 6}, "placementStrategy can have up to 5"),
        ({"placementStrategy": [{"type": "x"}]}, "placementStrategy[0].type should be one of"),
        (
            {"placementStrategy": [{"type": "binpack", "field": "disk"}]},
            "placementStrategy[0].field of the strategy binpack should be one of [cpu, memory]",
        ),
        (
            {"placementStrategy": [{"type": "random"}], "launchType": "FARGATE"},
            "Placement strategies are not supported with FARGATE launch type.",
        ),
        (
            {"placementConstraints": [DISTINCT], "launchType": "FARGATE"},
            "Placement constraints are not supported with FARGATE launch type.",
        ),
    ],
)
def test_wrong_wishes_are_refused_and_nothing_starts(
    ecs: Any, register_instances: Any, wrong: dict[str, Any], message: str
) -> None:
    register_instances()
    register(ecs, placementConstraints=[member_of("agentConnected == true")])
    code, said = refused(ecs.run_task, taskDefinition="web", **wrong)
    assert code == "InvalidParameterException"
    assert said.startswith(message)
    assert ecs.list_tasks()["taskArns"] == []


def test_an_invalid_expression_is_registered_in_no_definition(ecs: Any) -> None:
    for wrong in ([DISTINCT], [member_of("attribute:a")], [{"type": "memberOf"}]):
        code, _ = refused(partial(register, ecs), placementConstraints=wrong)
        assert code == "ClientException"
    assert register(ecs)["revision"] == 1
