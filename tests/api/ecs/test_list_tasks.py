"""ListTasks."""

from typing import Any

import pytest
from registered import register
from reports import running, stopped

from given import a_service
from refusals import refused
from roadstead.ecs.records.service import SERVICES

pytestmark = pytest.mark.usefixtures("cluster")


def run(ecs: Any, family: str = "web", count: int = 1, **members: Any) -> list[str]:
    answer = ecs.run_task(taskDefinition=family, count=count, **members)
    return [task["taskArn"] for task in answer["tasks"]]


def listed(ecs: Any, **filters: Any) -> set[str]:
    return set(ecs.list_tasks(**filters)["taskArns"])


@pytest.fixture
def instances(ecs: Any, register_instances: Any) -> list[str]:
    register(ecs, "web")
    register(ecs, "job")
    arns: list[str] = register_instances(2)
    return arns


def test_filters_narrow_together(ecs: Any, instances: list[str]) -> None:
    web, job = run(ecs, "web", 4), run(ecs, "job", 2)
    assert listed(ecs) == {*web, *job}
    assert listed(ecs, family="job") == set(job)
    assert listed(ecs, family="none") == set()
    on_one = listed(ecs, containerInstance=instances[0])
    assert len(on_one) == 3
    assert listed(ecs, containerInstance=instances[0], family="web") == on_one & set(web)
    assert listed(ecs, containerInstance=instances[0].rpartition("/")[2]) == on_one
    assert listed(ecs, launchType="EC2", family="web") == set(web)
    assert listed(ecs, launchType="FARGATE") == set()


def test_started_by_is_a_filter_of_its_own(ecs: Any, instances: list[str]) -> None:
    mine = run(ecs, count=2, startedBy="me")
    run(ecs, startedBy="you")
    assert listed(ecs, startedBy="me") == set(mine)
    assert listed(ecs, startedBy="me", desiredStatus="STOPPED") == set()
    assert refused(ecs.list_tasks, startedBy="me", family="web") == (
        "InvalidParameterException",
        "startedBy must be the only filter.",
    )


def test_TK_61_the_status_asked_for_is_the_desired_one(ecs: Any, instances: list[str]) -> None:
    one, two = run(ecs, count=2)
    running(ecs, one)
    ecs.stop_task(task=one)
    assert listed(ecs) == {two}
    assert listed(ecs, desiredStatus="STOPPED") == {one}
    assert listed(ecs, desiredStatus="PENDING") == set()
    stopped(ecs, one)
    assert listed(ecs, desiredStatus="STOPPED") == {one}


def test_pages_follow_each_other(ecs: Any, instances: list[str]) -> None:
    tasks = run(ecs, count=7)
    pages = ecs.get_paginator("list_tasks").paginate(PaginationConfig={"PageSize": 3})
    found = [page["taskArns"] for page in pages]
    assert [len(page) for page in found] == [3, 3, 1]
    assert [arn for page in found for arn in page] == sorted(tasks)


def test_WI_05_a_token_of_another_question_is_refused(ecs: Any, instances: list[str]) -> None:
    run(ecs, count=3)
    token = ecs.list_tasks(maxResults=1)["nextToken"]
    for wrong in ({"nextToken": token, "family": "web"}, {"nextToken": "x"}):
        assert refused(ecs.list_tasks, **wrong)[0] == "InvalidParameterException"


@pytest.mark.parametrize("size", [0, 101])
def test_a_page_has_1_to_100(ecs: Any, size: int) -> None:
    assert refused(ecs.list_tasks, maxResults=size)[0] == "InvalidParameterException"


def test_words_that_are_no_status_or_launch_type_are_refused(ecs: Any) -> None:
    assert refused(ecs.list_tasks, desiredStatus="DANCING")[0] == "InvalidParameterException"
    assert refused(ecs.list_tasks, launchType="PAPER")[0] == "InvalidParameterException"


def test_TK_60_an_unknown_service_or_instance_is_refused(ecs: Any, server: Any) -> None:
    assert refused(ecs.list_tasks, serviceName="web")[0] == "ServiceNotFoundException"
    assert refused(ecs.list_tasks, containerInstance="0" * 32)[0] == "InvalidParameterException"
    assert refused(ecs.list_tasks, cluster="none")[0] == "ClusterNotFoundException"
    assert refused(ecs.list_tasks, daemonName="d")[0] == "UnsupportedFeatureException"
    server.update(lambda tx: tx.put(SERVICES, a_service(desired_count=0)))
    assert listed(ecs, serviceName="web") == set()
